"""Charts: a run's numbers over its life, read, made calm, looked at through a lens, drawn."""
