"""What is known of a table: its columns and their kinds, how it is read, its summary, its bins. No I/O but files."""
