"""Games on the screen: the process that holds them, moves typed, turns to jump to."""
