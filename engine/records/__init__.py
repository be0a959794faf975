"""Games that were played: kept, read, drawn, linked to."""
