"""Is a deployment running: loaded, answering, and what went wrong last."""
