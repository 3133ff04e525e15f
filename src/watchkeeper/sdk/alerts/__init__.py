"""When to tell, what was told, and by which way: rules, firings and channels."""
