"""How the tables came to be, a file a step (Alembic)."""
