"""What is behind a drift: which columns move the prediction, by which values, where, since when, and whether it is a
fault; pure."""
