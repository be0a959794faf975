"""A run from its start to its end: what it stands on, what it is told, and what may go wrong."""
