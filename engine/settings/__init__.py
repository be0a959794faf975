"""What can be set about a run, and how it is written down."""
