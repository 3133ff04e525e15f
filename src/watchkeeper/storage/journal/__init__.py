"""The journal's segments: what each process has answered, appended before the answer leaves."""
