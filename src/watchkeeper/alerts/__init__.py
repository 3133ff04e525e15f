"""When to tell, what was told, and by which way: rules, firings, channels, and deliveries that are never lost."""
