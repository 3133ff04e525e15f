"""All columns of a deployment together."""
