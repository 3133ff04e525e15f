"""The REST API, `/api/v1`: a file a room. Doors only: parse, permit, call one use case, render."""
