"""Who calls a deployment, how often, and how fast it answers."""
