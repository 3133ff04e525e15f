"""Is the data that comes in sound: what breaks what is expected of it, and which faults show."""
