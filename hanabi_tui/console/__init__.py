"""The console: a Textual program that shows a live run and steers it, as one of its clients."""
