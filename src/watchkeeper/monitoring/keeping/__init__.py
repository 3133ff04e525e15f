"""What of a journal is kept: for how long, erased on request, and tidy."""
