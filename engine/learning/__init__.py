"""The learner that computes: batches, loss, optimizer, averages of weights."""
