"""What a person runs and looks at: the console and the command line."""
