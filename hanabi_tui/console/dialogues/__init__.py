"""What asks a person something: each a small window above the view."""
