"""How things are kept: tables and their SQL, files, the journal's segments, migrations; one unit of work over all."""
