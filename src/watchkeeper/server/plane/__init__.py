"""The plane: prediction processes. Raw ASGI and msgspec, and no database on the path of a request."""
