"""Processes that play, and the crew that starts, watches and replaces them."""
