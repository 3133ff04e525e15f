"""A project: the scope of everything, and of who may see it."""
