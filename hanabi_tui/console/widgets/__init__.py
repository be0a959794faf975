"""What views are made of, and Textual does not have."""
