"""The ways by which messages go out; another kind is one file and one line where they are put together."""
