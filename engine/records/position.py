"""A position of one game in plain words and numbers: what there is to see on a table, for whoever shows it.

It is made of a GAME record by `engine.records.reading`, drawn by `engine.records.drawing`, and small enough
to be sent: neither this nor drawing it needs the rules or their kernels.
"""

import msgspec

PLAY, DISCARD, COLOUR, RANK = "play", "discard", "colour", "rank"
"""What a move does."""

PLAYS, LAST, SPARE, DEAD = "plays", "last", "spare", "dead"
"""What a card is worth: the values of engine.records.worth.Worth."""


class Card(msgspec.Struct, frozen=True, array_like=True):
    """A card in a hand, and what its holder knows of it by hints."""

    name: str  # `R1`
    colours: str  # letters of the colours that hints left possible
    ranks: str  # digits likewise
    colour_named: bool  # a hint named its colour, not only excluded others
    rank_named: bool
    age: int  # moves since a hint last pointed it out: 1 the last move; 0: none did
    worth: str  # to someone who sees it
    place: int  # in the deck


class LastMove(msgspec.Struct, frozen=True, omit_defaults=True):
    """The move that led to a position."""

    mover: int  # seat
    deed: str
    slot: int = -1  # played or discarded, from 0
    card: str = ""  # `R1`, likewise
    target: int = -1  # the seat hinted at
    value: str = ""  # what was named: `red`, `2s`
    touched: tuple[int, ...] = ()  # slots that the hint pointed out
    outcome: str = ""  # `misplay, a life lost`; empty: nothing to say
    mistake: bool = False  # a misplay, or a needed card lost for good


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """One game after some moves."""

    turn: int  # moves made
    colours: str  # letters of the colours in play
    ranks: str  # digits of the ranks
    hand_size: int
    info: int  # tokens for hints
    max_info: int
    lives: int
    max_lives: int
    deck: int  # cards not drawn yet
    turns_left: int  # moves left once the deck is empty
    points: int  # cards on the stacks
    over: bool
    struck_out: bool
    to_move: int  # seat
    stacks: tuple[int, ...]  # by colour
    discards: tuple[str, ...]  # by colour: `1124`
    hands: tuple[tuple[Card, ...], ...]  # by seat, oldest card first
    last: LastMove | None = None

    @property
    def best(self) -> int:
        """Points of a perfect game."""
        return len(self.colours) * len(self.ranks)

    @property
    def score(self) -> int:
        """Strict: 0 once the last life is lost."""
        return 0 if self.struck_out else self.points
