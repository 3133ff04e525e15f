"""What the watcher sees of a deployment."""
