"""Drift of all columns together: can rows of the window be told from the reference's at all? Pure."""
