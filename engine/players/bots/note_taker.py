"""What players that keep notes on each game have in common: the notes fit no games but their own."""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from engine.errors import AgentError
from engine.game import chance, rules
from engine.game.games import PASS, Games
from engine.players.agents import Moves


class NoteTaker(ABC):
    """An agent (engine.players.agents) with notes on G games, ready once it is made.

    Its kernels trust what they are given, so every call is checked here first. Each raises AgentError for
    another number of games, and as Games does for numbers that are no games or no legal moves; the notes
    stay as they were.
    """

    name: ClassVar[str]
    """By which players find it."""

    def __init__(self, games: Games) -> None:
        """Begin all G games; the notes must exist by now."""
        self._count = len(games)
        self.begin(games, np.arange(len(games)))

    def begin(self, games: Games, which: Moves) -> None:
        """Forget what was known of these games (int64[N])."""
        self._check_games(games)
        self._forget(games.chosen(which))

    def act(self, games: Games, stream: chance.Stream) -> Moves:
        """int64[G]: a move for the player to move in each game, PASS where it is over; no lots are drawn."""
        self._check_games(games)
        moves = np.full(len(games), PASS, dtype=np.int64)
        self._choose(games.table, moves)
        return moves

    def watch(self, games: Games, moves: Moves) -> None:
        """Note what the moves (int64[G], PASS: none) that are made next mean."""
        self._check_games(games)
        self._note(games.table, games.checked(moves))

    @abstractmethod
    def _forget(self, which: Moves) -> None:
        """Start the notes of some games (int64[N]) anew."""

    @abstractmethod
    def _choose(self, games: rules.Table, moves: Moves) -> None:
        """Fill int64[G] `moves`, all PASS so far, for the games (GAME[G]) that run."""

    @abstractmethod
    def _note(self, games: rules.Table, moves: Moves) -> None:
        """Take note of legal moves (int64[G], negative: none) in the games (GAME[G])."""

    def _check_games(self, games: Games) -> None:
        if len(games) != self._count:
            raise AgentError(
                f"agent {self.name!r} keeps notes on the {self._count} games it was made for, "
                f"{len(games)} games given"
            )
