"""Reading the journal back: which rows, how many of them, and which have gone."""
