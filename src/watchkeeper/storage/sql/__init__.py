"""Each room's tables and how they are read and written, a file a room."""
