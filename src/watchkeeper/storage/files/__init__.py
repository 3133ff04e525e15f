"""Where files are, under one data directory."""
