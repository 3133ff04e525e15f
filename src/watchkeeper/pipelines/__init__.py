"""Graphs of typed steps, versioned; their schedules; and their runs, which go on whatever is killed."""
