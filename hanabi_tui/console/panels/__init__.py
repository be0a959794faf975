"""What the dashboard says, as lines of text: pure functions of what the console knows, one file a subject."""
