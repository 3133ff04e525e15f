"""How the values of one kind of column are laid out in bins; one file a kind, registered in `tables.bins`."""
