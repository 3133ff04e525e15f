"""Watching a deployment: collecting its journal into counts, and judging these counts."""
