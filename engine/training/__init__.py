"""The loop of training: how much is learned from what was played, and in which order."""
