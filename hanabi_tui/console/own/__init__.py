"""A user's own files: keys, preferences, themes."""
