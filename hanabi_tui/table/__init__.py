"""The table: a process that holds games, players and what they think, for consoles, which load none of it."""
