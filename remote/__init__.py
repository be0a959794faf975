"""The way from a run to its learner: frames, connections, the service and its client."""
