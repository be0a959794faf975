"""A run in the foreground: its learner, what it says, what goes on beside it, when it ends."""
