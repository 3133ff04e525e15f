"""The pages: server-rendered, readable before any script, one handler module a room beside its templates."""
