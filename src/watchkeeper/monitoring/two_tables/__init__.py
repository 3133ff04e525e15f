"""Two tables compared in a notebook or a script, without a server."""
