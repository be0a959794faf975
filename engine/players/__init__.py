"""Who plays a seat, how well, and by which conventions."""
