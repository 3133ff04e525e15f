"""A sum of one effect an input: the numbers' are curves of straight pieces, the levels' and the calendar's tables."""
