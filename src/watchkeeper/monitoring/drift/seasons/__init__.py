"""A window held against the same season: the reference reweighted, and what its rows and the window's are worth."""
