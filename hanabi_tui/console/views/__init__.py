"""What the console shows, a view a file."""
