"""Work done later: a record written in the same transaction as the change that wants it, then run durably."""
