"""The console's themes: data, one palette a file."""
