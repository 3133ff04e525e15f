"""Versions of a question asked of data, and the models that answer it."""
