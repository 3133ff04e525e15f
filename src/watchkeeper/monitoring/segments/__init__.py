"""A deployment's rows apart, segment by segment."""
