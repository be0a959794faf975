"""What processes say to each other: the learner's calls, workers' orders, a run's events and commands."""
