"""The truth as it arrives: labels, by a prediction's id or the caller's own, at any time, corrected at any time."""
