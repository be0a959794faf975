"""A sitting: one game on the table, from its deal on, recorded or being played."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine import chance
from engine.game import observation
from engine.game.games import PASS
from engine.game.moves import COLOUR_LETTERS, Kind, Move, number, table
from engine.players.evaluation import chosen
from engine.records.position import COLOUR, DISCARD, PLAY, RANK
from engine.records.reading import position_of
from engine.records.recording import Recording, in_words, why_illegal
from engine.records.text import result
from hanabi_tui.table.messages import Choice, Game, TableError, Turn
from hanabi_tui.table.seats import Seat

_DEEDS = {PLAY: Kind.PLAY, DISCARD: Kind.DISCARD, COLOUR: Kind.COLOUR, RANK: Kind.RANK}
_WORDS = {kind: deed for deed, kind in _DEEDS.items()}
_RANKS = "12345"


class Sitting:
    """A game, and who plays on in it.

    Args:
      title: what people call it.
      recording: how far it was played.
      seats: who sits where, for a game that is being played; empty: one that was recorded.
      seed: of the lots that players draw.

    Attributes:
      rows: uint8[T + 1, 169] what the player to move saw in each turn; None for hands too large for rows.
      records: the GAME record (engine.game.rules) of each turn.
      moves: made so far.
    """

    def __init__(self, title: str, recording: Recording, seats: Sequence[Seat] = (), seed: int = 0) -> None:
        self.title, self._seats, self._seed = title, tuple(seats), seed
        self._recording = recording
        self._begin()
        for move in recording.moves:
            self._go(move)

    def _begin(self) -> None:
        games = replace(self._recording, moves=(), stop=None).games_at(0)
        made = {seat.make: seat.make(games) for seat in self._seats if seat.make}
        for agent in made.values():
            agent.begin(games, np.arange(1))
        # not before: whatever an agent raises, the table is as it was
        self._games, self._lots = games, chance.stream(self._seed, 1)
        self._agents = [made[seat.make] if seat.make else None for seat in self._seats]
        self._everyone = list(made.values())
        self.moves: list[int] = []
        self.records: list[Any] = []
        self._rows: list[NDArray[np.uint8]] = []
        self._look()

    @property
    def over(self) -> bool:
        """Whether the game is over by the rules."""
        return bool(self._games.over[0])

    @property
    def recording(self) -> Recording:
        """The game so far."""
        return replace(self._recording, moves=tuple(self.moves))

    @property
    def rows(self) -> NDArray[np.uint8] | None:
        """See above."""
        return np.concatenate(self._rows) if self._rows else None

    @property
    def people(self) -> tuple[int, ...]:
        """Seats that people have."""
        return tuple(seat for seat, who in enumerate(self._seats) if who.make is None)

    def play_on(self) -> None:
        """Let the others play until it is a person's turn, or the game is over."""
        while self._seats and not self.over:
            agent = self._agents[int(self._games.to_move[0])]
            if agent is None:
                return
            self._go(int(chosen(self._games, [agent], self._lots)[0]))

    def make(self, deed: str, slot: int, target: int, value: str) -> int:
        """Make the move of the person whose turn it is, and play on; the turn in which it was made.

        Raises TableError for what is no move, or not allowed now; and whatever the others raise, after which
        the game stands where it stood.
        """
        turn = len(self.moves)
        if not self._seats:
            raise TableError("this game was recorded: it can be looked at, not played")
        if self.over:
            raise TableError("the game is over; deal a new one to play again")
        if (mover := int(self._games.to_move[0])) not in self.people:
            raise TableError(f"it is {self._names[mover]}'s turn; deal a new game to play again")
        move = self._number(deed, slot, target, value)
        if not int(self._games.legal[0]) >> move & 1:
            why = why_illegal(self._games.table[0], self._recording.variant, move, self._names)
            raise TableError(f"not allowed: {why.replace(chr(39), '')}")
        try:
            self._go(move)
            self.play_on()
        except Exception:
            self._return_to(turn)
            raise
        return turn

    def take_back(self) -> int:
        """Go back to the person's turn before; that turn. Raises TableError where there is none."""
        people = self.people
        for turn in range(len(self.moves) - 1, -1, -1):
            if int(self.records[turn]["to_move"]) in people:
                self._return_to(turn)
                return turn
        raise TableError("there is no move of yours to take back")

    def _return_to(self, turn: int) -> None:
        """Set the table anew, and go as far as to a turn: what agents remember cannot be taken back."""
        kept = self.moves[:turn]
        self._begin()
        for move in kept:
            self._go(move)

    def _go(self, move: int) -> None:
        moves = np.array([move])
        for agent in self._everyone:
            agent.watch(self._games, moves)
        self._games.step(moves)
        self.moves.append(move)
        self._look()

    def _look(self) -> None:
        self.records.append(self._games.table[0].copy())
        if self._recording.variant.hand_size <= observation.SLOTS:
            self._rows.append(observation.observe(self._games))

    def _number(self, deed: str, slot: int, target: int, value: str) -> int:
        variant, game = self._recording.variant, self._games.table[0]
        if deed not in _DEEDS:
            raise TableError(f"deed {deed!r}: allowed are {', '.join(_DEEDS)}")
        mover = int(game["to_move"])
        if deed in (PLAY, DISCARD):
            held = int(game["held"][mover])
            if not 0 <= slot < held:
                raise TableError(f"slot {slot + 1}: there are cards in slots 1 to {held}")
            return number(Move(_DEEDS[deed], slot=slot), variant)
        names = (COLOUR_LETTERS[: variant.colours], _RANKS[: variant.ranks])[deed == RANK]
        if not 0 <= target < variant.players or target == mover:
            raise TableError(f"seat {target + 1}: a hint is for another player, 1 to {variant.players}")
        if len(value) != 1 or value not in names:
            raise TableError(f"hint {value!r}: allowed are {', '.join(names)}")
        offset = (target - mover) % variant.players
        return number(Move(_DEEDS[deed], offset=offset, value=names.index(value)), variant)

    # for people

    @property
    def _names(self) -> tuple[str, ...]:
        return self._recording.players

    def turns(self, since: int = 0) -> tuple[Turn, ...]:
        """What there is to see, from a turn on."""
        made = [*self.moves, PASS]
        return tuple(
            Turn(position=position_of(self.records[turn]), choices=self._choices(turn), made=made[turn])
            for turn in range(since, len(self.records))
        )

    def _choices(self, turn: int) -> tuple[Choice, ...]:
        game, variant = self.records[turn], self._recording.variant
        legal, mover = int(game["legal"]), int(game["to_move"])
        return tuple(
            _choice(index, move, mover, self._names)
            for index, move in enumerate(table(variant))
            if legal >> index & 1
        )

    @property
    def result(self) -> str:
        """How it stands, in words."""
        return result(self.recording)

    def game(self) -> Game:
        """All of it."""
        return Game(
            title=self.title,
            variant=str(self._recording.variant),
            names=self._names,
            people=self.people,
            notes=self._recording.notes,
            turns=self.turns(),
            result=self.result,
        )


def _choice(index: int, move: Move, mover: int, names: Sequence[str]) -> Choice:
    deed = _WORDS[move.kind]
    words = in_words(move, mover, names).replace("'", "")
    if deed in (PLAY, DISCARD):
        return Choice(move=index, deed=deed, words=words, slot=move.slot)
    value = COLOUR_LETTERS[move.value] if deed == COLOUR else _RANKS[move.value]
    target = (mover + move.offset) % len(names)
    return Choice(move=index, deed=deed, words=words, target=target, value=value)
