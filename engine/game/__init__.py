"""The game, exact and fast: rules, decks, batches of games, and what a player sees of them."""
