"""What a run looks like at a glance, as lines of text: pure functions, one file a subject."""
