"""Is the data still sound: what is expected of it, what broke that, and which fault would explain it. Pure."""
