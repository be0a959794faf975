"""What the console knows of a run, and where it knows it from."""
