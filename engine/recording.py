"""A game that was played, kept whole: the deck, the moves, who sat where.

A recording is checked when it is made, by playing it: whoever holds one holds a game that the rules allow,
from its first deal to its last move. It need not be over.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from engine import rules
from engine.errors import RecordingError
from engine.games import Games
from engine.moves import COLOUR_NAMES, MAX_MOVES, Kind, Move, card_name, table
from engine.variants import KINDS, MAX_DECK, NO_CARD, Variant
from engine.worth import is_needed_and_lost

DEFAULT_NAMES = ("Alice", "Bob", "Cathy", "Donald", "Emily")
"""Players without a name, as hanab.live calls them."""

MAX_NAME = 100
"""Characters of a player's name."""

NORMAL_END = 1
STOPS = {
    NORMAL_END: "nothing more could be scored",
    3: "time ran out",
    4: "a player ended it",
    5: "perfection was out of reach",
    6: "nobody moved for too long",
    7: "nobody could move",
    8: "perfection was out of reach",
    9: "nobody could move",
    10: "the players voted to end it",
}
"""Why a game was stopped before its end by the rules: hanab.live's numbers (`EndCondition`), in words."""


@dataclass(frozen=True)
class Stop:
    """A game that was stopped before its end: why (a key of STOPS), and by which seat, −1 for none."""

    reason: int
    seat: int = -1


@dataclass(frozen=True)
class Recording:
    """One recorded game.

    Attributes:
      variant: what was played.
      deck: kinds of all cards (5 · colour + rank), first dealt first, the undrawn ones included.
      moves: move ids, in order; seat 0 begins.
      players: a name for each seat; left empty, hanab.live's usual names.
      notes: what each player wrote on each card, by its place in the deck; empty where nobody wrote any.
        hanab.live keeps notes on the stacks behind those on cards.
      seed: what the deck was shuffled from, free text.
      number: hanab.live's number of the game, 0 for none.
      stop: why it ended early, None for a game that ended by the rules or is not over.

    Raises RecordingError, naming what is wrong and where: a deck of other cards, an illegal move (its
    number from 1, the player, why), names or notes that fit no player, a stop after the game's own end.
    """

    variant: Variant
    deck: tuple[int, ...]
    moves: tuple[int, ...]
    players: tuple[str, ...] = ()
    notes: tuple[tuple[str, ...], ...] = ()
    seed: str = ""
    number: int = 0
    stop: Stop | None = None

    def __post_init__(self) -> None:
        if not self.players:
            object.__setattr__(self, "players", DEFAULT_NAMES[: self.variant.players])
        # notes that say nothing are not kept, so that equal games compare equal
        object.__setattr__(self, "notes", _without_blanks(self.notes))
        self._check_names()
        self._check_notes()
        self._check_stop(self.positions[-1])

    @cached_property
    def positions(self) -> Any:
        """GAME[T+1] (engine.rules), read-only: the position before each of the T moves, and the last one."""
        games = self._deal()
        positions = np.empty(len(self.moves) + 1, dtype=rules.GAME)
        positions[0] = games.table[0]
        for index, move in enumerate(self.moves):
            self._make(games, index, move)
            positions[index + 1] = games.table[0]
        positions.flags.writeable = False
        return positions

    def games_at(self, turn: int) -> Games:
        """A batch of this one game after `turn` moves, to play on from. Raises RecordingError."""
        if not 0 <= turn <= len(self.moves):
            raise RecordingError(f"turn {turn}: this game has turns 0 to {len(self.moves)}")
        games = self._deal()
        for index, move in enumerate(self.moves[:turn]):
            self._make(games, index, move)
        return games

    @cached_property
    def mistakes(self) -> tuple[int, ...]:
        """The moves, counted from 0, that misplayed a card or discarded the last copy of a needed one."""
        return tuple(index for index, game in enumerate(self.positions[1:]) if is_mistake(game))

    def _deal(self) -> Games:
        size = self.variant.deck_size
        if len(self.deck) != size:
            raise RecordingError(f"deck: {len(self.deck)} cards given; {self.variant} has {size}")
        for place, kind in enumerate(self.deck):
            if type(kind) is not int or not 0 <= kind < KINDS:
                raise RecordingError(f"deck[{place}]: {kind!r} given; kinds of cards are 0 to {KINDS - 1}")
        given, wanted = Counter(self.deck), Counter(self.variant.full_deck.tolist())
        for kind in sorted(given | wanted):
            if given[kind] != wanted[kind]:
                raise RecordingError(
                    f"deck: {given[kind]} × {card_name(kind)} given; {self.variant} has {wanted[kind]}"
                )
        deck = np.full((1, MAX_DECK), NO_CARD, dtype=np.uint8)
        deck[0, :size] = self.deck
        return Games([self.variant], deck)

    def _make(self, games: Games, index: int, move: int) -> None:
        if type(move) is not int or not 0 <= move < MAX_MOVES or not int(games.legal[0]) >> move & 1:
            player = self.players[int(games.to_move[0])]
            reason = why_illegal(games.table[0], self.variant, move)
            raise RecordingError(f"action {index + 1}, by {player!r}: {reason}")
        games.step([move])

    def _check_names(self) -> None:
        if len(self.players) != self.variant.players:
            raise RecordingError(
                f"players: {len(self.players)} names given; {self.variant} needs {self.variant.players}"
            )
        for seat, name in enumerate(self.players):
            if not 0 < len(name) <= MAX_NAME:
                raise RecordingError(f"players[{seat}]: {len(name)} characters; allowed are 1 to {MAX_NAME}")

    def _check_notes(self) -> None:
        if len(self.notes) > self.variant.players:
            raise RecordingError(f"notes: for {len(self.notes)} players; there are {self.variant.players}")
        most = self.variant.deck_size + self.variant.colours
        for seat, notes in enumerate(self.notes):
            if len(notes) > most:
                raise RecordingError(f"notes[{seat}]: {len(notes)} notes; there are {most} cards and stacks")

    def _check_stop(self, end: Any) -> None:
        if self.stop is None:
            return
        if self.stop.reason not in STOPS:
            raise RecordingError(f"stop: reason {self.stop.reason}; allowed are {', '.join(map(str, STOPS))}")
        if not -1 <= self.stop.seat < self.variant.players:
            raise RecordingError(f"stop: seat {self.stop.seat}; allowed are −1 to {self.variant.players - 1}")
        if end["ending"] != rules.RUNNING:
            raise RecordingError(f"stop: after {len(self.moves)} actions the game was over by the rules")


def is_mistake(game: Any) -> bool:
    """Whether the move that led to a GAME record misplayed, or discarded the last copy of a needed card."""
    if not game["turn"]:
        return False
    last = game["last"][(int(game["turn"]) - 1) % rules.HISTORY]
    match int(last[rules.KIND]):
        case Kind.PLAY:
            return not last[rules.EFFECT]
        case Kind.DISCARD:
            return is_needed_and_lost(game, int(last[rules.WHAT]))
    return False


def why_illegal(game: Any, variant: Variant, move: object) -> str:
    """What is wrong with a move that is not legal in a GAME record, in words."""
    moves = table(variant)
    if type(move) is not int or not 0 <= move < len(moves):
        return f"move {move!r}; move ids are whole numbers 0 to {len(moves) - 1}"
    made = moves[move]
    if game["ending"] != rules.RUNNING:
        return f"{made}, but the game was over after {int(game['turn'])} actions"
    match made:
        case Move(kind=Kind.DISCARD):
            most = int(game["max_info"])
            return f"{made}, but all {most} information tokens are there: allowed are plays and hints"
        case Move(kind=Kind.COLOUR | Kind.RANK) if game["info"] == 0:
            return f"{made}, but no information token is left: allowed are plays and discards"
        case Move(kind=Kind.COLOUR, value=colour):
            return f"{made}, but that hand holds no {COLOUR_NAMES[colour]} card"
        case Move(kind=Kind.RANK, value=rank):
            return f"{made}, but that hand holds no {rank + 1}"
    return f"{made} is not legal"


def _without_blanks(notes: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """Notes without the empty ones at the end of each player's, and of the whole."""
    kept = [list(each) for each in notes]
    for each in kept:
        while each and not each[-1]:
            each.pop()
    while kept and not kept[-1]:
        kept.pop()
    return tuple(map(tuple, kept))
