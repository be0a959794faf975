"""`control.sock`: how a run is steered and looked at from other processes."""
