"""Data brought in and kept: immutable, content-hashed, downloadable."""
