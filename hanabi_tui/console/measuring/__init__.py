"""Checkpoints and bots, measured by processes of their own."""
