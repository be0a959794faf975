"""Networks: what they see of a row, what they say of it, and how they reckon."""
