"""When a column's drift began, from its counts by day; pure."""
