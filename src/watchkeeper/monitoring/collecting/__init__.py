"""From the journal's segments to rows that are kept and counted, each exactly once."""
