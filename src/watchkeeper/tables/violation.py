"""The words for how values break a schema, the same at call time and in the counts of a window."""

MISSING_COLUMN = "missing-column"
MISSING_VALUE = "missing-value"
WRONG_TYPE = "wrong-type"
NOT_FINITE = "not-finite"
EXTRA_COLUMN = "extra-column"
NEW_LEVEL = "new-level"
OUT_OF_RANGE = "out-of-range"
REPEATED_VALUE = "repeated-value"
STALE = "stale"
AHEAD = "ahead"
OF_TYPE = frozenset({MISSING_COLUMN, MISSING_VALUE, WRONG_TYPE, NOT_FINITE, EXTRA_COLUMN})
