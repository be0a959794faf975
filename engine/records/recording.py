"""A game that was played, kept whole: the deck, the moves, who sat where.

A recording is checked when it is made, by playing it: whoever holds one holds a game that the rules allow,
from its first deal to its last move. It need not be over.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import index as whole_number
from typing import Any, SupportsIndex

import numpy as np

from engine.errors import DeckError, RecordingError
from engine.game import rules
from engine.game.games import Games
from engine.game.moves import COLOUR_NAMES, Kind, Move, table
from engine.game.variants import KINDS, MAX_DECK, NO_CARD, Variant
from engine.records.worth import is_needed_and_lost

DEFAULT_NAMES = ("Alice", "Bob", "Cathy", "Donald", "Emily")
"""Players without a name, as hanab.live calls them."""

MAX_NAME = 100
"""Characters of a player's name."""

MAX_NUMBER = 2**53
"""Up to here programs that keep all numbers as floats, as hanab.live's pages do, tell every number apart."""

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
    """One recorded game. Lists, arrays and numpy's numbers are taken too, and kept as tuples of plain ones.

    Attributes:
      variant: what was played.
      deck: kinds of all cards (5 · colour + rank), first dealt first, the undrawn ones included.
      moves: move ids, in order; seat 0 begins.
      players: a name for each seat; left empty, hanab.live's usual names.
      notes: what each player wrote on each card, by its place in the deck; empty where nobody wrote any.
        hanab.live keeps notes on the stacks after those on cards.
      seed: what the deck was shuffled from, free text.
      number: hanab.live's number of the game, at most MAX_NUMBER, 0 for none.
      stop: why it ended early, None for a game that ended by the rules or is not over.

    Raises RecordingError, naming what is wrong and where: a deck of other cards, an illegal move (its
    number from 1, the player, why), names or notes that fit no player or are no text, a stop after the
    game's own end.
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
        if not isinstance(self.variant, Variant):
            raise _refusal("variant", self.variant, "a Variant, such as preset('full')")
        names = _texts("players", self.players) or DEFAULT_NAMES[: self.variant.players]
        notes = [_texts(f"notes[{seat}]", each) for seat, each in enumerate(_list("notes", self.notes))]
        plain = {
            "deck": _numbers("deck", self.deck, KINDS - 1),
            "moves": _numbers("moves", self.moves, self.variant.moves - 1),
            "players": names,
            # notes that say nothing are not kept, so that equal games compare equal
            "notes": _without_blanks(notes),
            "seed": _text("seed", self.seed),
            "number": _number("number", self.number, 0, MAX_NUMBER),
            "stop": self._plain_stop(),
        }
        for field, value in plain.items():
            object.__setattr__(self, field, value)
        self._check_names()
        self._check_notes()
        self._check_stop(self.positions[-1])

    @cached_property
    def positions(self) -> Any:
        """GAME[T+1] (game.rules), read-only: the position before each of the T moves, and the last one."""
        games = self._deal()
        positions = np.empty(len(self.moves) + 1, dtype=rules.GAME)
        positions[0] = games.table[0]
        for index, move in enumerate(self.moves):
            self._make(games, index, move)
            positions[index + 1] = games.table[0]
        positions.flags.writeable = False
        return positions

    def check_turn(self, turn: int) -> None:
        """Raise RecordingError for a number of moves after which this game has no position."""
        if not 0 <= turn <= len(self.moves):
            raise RecordingError(f"turn {turn}: this game has turns 0 to {len(self.moves)}")

    def games_at(self, turn: int) -> Games:
        """A batch of this one game after `turn` moves, to play on from. Raises RecordingError."""
        self.check_turn(turn)
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
        deck = np.full((1, MAX_DECK), NO_CARD, dtype=np.uint8)
        deck[0, :size] = self.deck
        try:
            return Games([self.variant], deck)
        except DeckError as error:  # which names the game of a batch; here there is but one
            raise RecordingError(f"deck ({self.variant}): {str(error).rpartition('): ')[2]}") from None

    def _make(self, games: Games, index: int, move: int) -> None:
        if not int(games.legal[0]) >> move & 1:
            game = games.table[0]
            reason = why_illegal(game, self.variant, move, self.players)
            raise RecordingError(f"action {index + 1}, by {self.players[int(game['to_move'])]!r}: {reason}")
        games.step([move])

    def _plain_stop(self) -> Stop | None:
        if self.stop is None:
            return None
        if not isinstance(self.stop, Stop):
            raise _refusal("stop", self.stop, "None or a Stop, such as Stop(4, seat=0)")
        reason = _number("stop.reason", self.stop.reason, None, None)
        if reason not in STOPS:
            raise _refusal("stop.reason", reason, ", ".join(map(str, STOPS)))
        return Stop(reason, _number("stop.seat", self.stop.seat, -1, self.variant.players - 1))

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
        if self.stop is not None and end["ending"] != rules.RUNNING:
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


def why_illegal(game: Any, variant: Variant, move: int, names: Sequence[str]) -> str:
    """What is wrong with a move that is not legal in a GAME record, in words.

    Args:
      game: the record before the move.
      variant: what is played.
      move: a move id of the variant.
      names: of the players, by seat.
    """
    made = table(variant)[move]
    words = in_words(made, int(game["to_move"]), names)
    if game["ending"] != rules.RUNNING:
        return f"{words}, but the game was over after {int(game['turn'])} actions"
    match made:
        case Move(kind=Kind.DISCARD):
            most = int(game["max_info"])
            return f"{words}, but all {most} information tokens are there: allowed are plays and hints"
        case Move(kind=Kind.COLOUR | Kind.RANK) if game["info"] == 0:
            return f"{words}, but no information token is left: allowed are plays and discards"
        case Move(kind=Kind.COLOUR, value=colour):
            return f"{words}, but that hand holds no {COLOUR_NAMES[colour]} card"
        case Move(kind=Kind.RANK, value=rank):
            return f"{words}, but that hand holds no {rank + 1}"
    return f"{words} is not legal"


def in_words(move: Move, mover: int, names: Sequence[str]) -> str:
    """A move that the seat `mover` makes, with the name of the player hinted at."""
    if move.kind in (Kind.PLAY, Kind.DISCARD):
        return str(move)
    what = COLOUR_NAMES[move.value] if move.kind is Kind.COLOUR else f"{move.value + 1}s"
    return f"hint {what} to {names[(mover + move.offset) % len(names)]!r}"


def told(given: object) -> str:
    """What was given, as errors say it: cut short, and of huge numbers only the size."""
    if isinstance(given, int) and abs(given) > 10**20:
        return "a number of more than 20 digits"
    words = repr(given).replace("\n", " ")
    return words if len(words) <= 100 else f"{words[:100]}…"


def _refusal(field: str, given: object, allowed: str) -> RecordingError:
    return RecordingError(f"{field}: {told(given)} given; allowed: {allowed}")


def _list(field: str, given: object) -> list[Any]:
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        raise _refusal(field, given, "a list or tuple")
    return list(given)


def _number(field: str, given: object, low: int | None, high: int | None) -> int:
    """Any whole number (Python's, numpy's) as a plain int; None is no bound."""
    allowed = "whole numbers" if low is None else f"whole numbers {low} to {high}"
    if isinstance(given, bool) or not isinstance(given, SupportsIndex):
        raise _refusal(field, given, allowed)
    try:
        number = whole_number(given)
    except TypeError:  # an array, which is no single number
        raise _refusal(field, given, allowed) from None
    if (low is not None and number < low) or (high is not None and number > high):
        raise _refusal(field, given, allowed)
    return number


def _numbers(field: str, given: object, high: int) -> tuple[int, ...]:
    return tuple(_number(f"{field}[{n}]", each, 0, high) for n, each in enumerate(_list(field, given)))


def _text(field: str, given: object) -> str:
    if not isinstance(given, str):
        raise _refusal(field, given, "text")
    try:
        given.encode()
    except UnicodeEncodeError:
        raise _refusal(field, given, "text that UTF-8 can hold, without half characters") from None
    return str(given)


def _texts(field: str, given: object) -> tuple[str, ...]:
    return tuple(_text(f"{field}[{n}]", each) for n, each in enumerate(_list(field, given)))


def _without_blanks(notes: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Notes without the empty ones at the end of each player's, and of the whole."""
    kept = [list(each) for each in notes]
    for each in kept:
        while each and not each[-1]:
            each.pop()
    while kept and not kept[-1]:
        kept.pop()
    return tuple(map(tuple, kept))
