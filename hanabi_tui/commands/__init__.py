"""What commands do: measure, look on, check, report."""
