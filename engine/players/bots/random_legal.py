"""The player without a thought: any legal move."""

from engine.game import chance
from engine.game.games import Games
from engine.players.agents import Moves


class RandomLegal:
    """Chooses uniformly among the legal moves."""

    def __init__(self, games: Games) -> None:
        pass

    def begin(self, games: Games, which: Moves) -> None:
        """Nothing to forget."""

    def act(self, games: Games, stream: chance.Stream) -> Moves:
        """int64[G]: a legal move a game."""
        return games.random_moves(stream)

    def watch(self, games: Games, moves: Moves) -> None:
        """Nothing to remember."""
