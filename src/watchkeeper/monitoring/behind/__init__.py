"""What is behind a drift."""
