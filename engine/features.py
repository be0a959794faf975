"""What a multilayer perceptron sees of a compact row: some nine hundred numbers from 0 to 1.

Beside what HLE's vector says, it spells out what follows from it: for each card that its holder does not
see, how likely each kind is, given what hints left possible and which cards are already seen (the "V0 belief"
of Foerster et al., "Bayesian Action Decoder", 2019, section 5.1, in its first round), and whether a card can
be played, is of no more use, or is the last one that is needed.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine import observation, rules
from engine.kernels import Int, kernel
from engine.moves import Kind
from engine.observation import Row, Rows
from engine.variants import KINDS, MAX_COLOURS, MAX_PLAYERS, MAX_RANKS

SLOTS = observation.SLOTS
PLAYABLE, USELESS, LAST = 1, 2, 3
"""What a kind of card is worth now: it can be played; it can never score any more; it is needed, and no other
copy is left. 0: none of these."""

_FACTS = 3  # playable, useless, last
_AGES = 8
_AGE_GROUP = np.array([0, 1, 2, 3, 4, *[5] * 2, *[6] * 4, *[7] * 8, *[8] * 237], dtype=np.uint8)
"""uint8[256]: the group, from 1, of each age of a hint; 0 for never."""

_OWN = KINDS + MAX_COLOURS + MAX_RANKS + _FACTS + _AGES
_OTHER = KINDS + _OWN
_TOKENS, _LIVES, _DECK = 16, 8, 51
_MOVE = 4 + SLOTS + KINDS + MAX_COLOURS + MAX_RANKS + SLOTS + 2  # and, twice, a seat

_HINT = int(Kind.COLOUR)
_RANK_HINT = int(Kind.RANK)


@dataclass(frozen=True)
class Layout:
    """Where each group of features stands, for games of up to `players` players.

    A feature of a colour, rank or slot that a game does not have stays 0, so smaller games need no layout of
    their own; players cost the most features, so their number is set.
    """

    players: int = MAX_PLAYERS

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """int64[11]: the first feature of each group, and the number of all features."""
        sizes = [
            SLOTS * _OWN,
            (self.players - 1) * SLOTS * _OTHER,
            MAX_COLOURS * (MAX_RANKS + 1),
            KINDS * 3,
            _TOKENS,
            _LIVES,
            _DECK + 1,
            MAX_PLAYERS + 1,
            MAX_PLAYERS + MAX_COLOURS + MAX_RANKS + SLOTS,
            rules.HISTORY * (_MOVE + 2 * self.players),
        ]
        return np.cumsum([0, *sizes])

    @property
    def width(self) -> int:
        """How many features there are."""
        return int(self.starts[-1])


def expand(rows: Rows, layout: Layout, out: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
    """Features of rows.

    Args:
      rows: uint8[N, 169], contiguous.
      layout: for at least as many players as the rows' games have.
      out: float32[N, layout.width] to write into; None: a new array.

    Returns:
      float32[N, layout.width].
    """
    if out is None:
        out = np.empty((len(rows), layout.width), dtype=np.float32)
    _expand(rows.view(observation.ROW)[:, 0], layout.players, layout.starts, out)
    return out


@kernel
def _expand(
    rows: NDArray[np.void], players: int, starts: NDArray[np.int64], out: NDArray[np.float32]
) -> None:
    unseen = np.empty(KINDS, dtype=np.int32)  # copies of each kind that nobody holding it can rule out
    hidden = np.empty(KINDS, dtype=np.int32)  # the same for the observer, who also sees the other hands
    worth = np.empty(KINDS, dtype=np.uint8)
    for n in range(len(rows)):
        row, x = rows[n], out[n]
        for i in range(len(x)):
            x[i] = 0
        _weigh(row, unseen, worth)
        _take_out_seen(row, unseen, hidden)
        for slot in range(np.int64(row.hand_size)):
            if row.cards[0, slot] != 0:
                _card(row, 0, slot, hidden, worth, x, starts[0] + slot * _OWN)
        for seat in range(1, np.int64(row.players)):
            for slot in range(np.int64(row.hand_size)):
                code = np.int64(row.cards[seat, slot])
                if code != 0:
                    at = starts[1] + ((seat - 1) * SLOTS + slot) * _OTHER
                    x[at + code - 1] = 1
                    _card(row, seat, slot, unseen, worth, x, at + KINDS)
                    _seen_worth(worth[code - 1], x, at + KINDS)
        _board(row, x, starts)
        _variant(row, x, starts[8])
        _last_moves(row, players, x, starts[9])


@kernel
def _weigh(row: Row, unseen: NDArray[np.int32], worth: NDArray[np.uint8]) -> None:
    """Copies of each kind not on the table, and what each kind is worth."""
    for colour in range(MAX_COLOURS):
        stack, within_reach = np.int64(row.stacks[colour]), True
        for rank in range(MAX_RANKS):
            kind = colour * MAX_RANKS + rank
            unseen[kind], worth[kind] = 0, 0
            if colour >= row.colours or rank >= row.ranks:
                continue
            left = rules.copies_of(rank, np.int64(row.ranks)) - np.int64(row.discards[colour, rank])
            unseen[kind] = left - 1 if rank < stack else left
            if rank < stack:
                worth[kind] = USELESS
                continue
            within_reach = within_reach and left > 0
            if not within_reach:
                worth[kind] = USELESS
            elif rank == stack:
                worth[kind] = PLAYABLE
            elif left == 1:
                worth[kind] = LAST


@kernel
def _take_out_seen(row: Row, unseen: NDArray[np.int32], hidden: NDArray[np.int32]) -> None:
    for kind in range(KINDS):
        hidden[kind] = unseen[kind]
    for seat in range(1, np.int64(row.players)):
        for slot in range(np.int64(row.hand_size)):
            code = np.int64(row.cards[seat, slot])
            if code != 0:
                hidden[code - 1] -= 1


@kernel
def _card(
    row: Row,
    seat: Int,
    slot: Int,
    counts: NDArray[np.int32],
    worth: NDArray[np.uint8],
    x: NDArray[np.float32],
    at: Int,
) -> None:
    """What its holder can know of a card: belief, what hints named, its worth, the age of the last hint."""
    facts = at + KINDS + MAX_COLOURS + MAX_RANKS
    _belief(row, seat, slot, counts, x, at)
    if seat == 0:  # of a card that others hold, the observer sees the worth
        for kind in range(KINDS):
            if worth[kind] != 0 and x[at + kind] > 0:
                x[facts + worth[kind] - 1] += x[at + kind]
    of_colour, of_rank = np.int64(row.colours_left[seat, slot]), np.int64(row.ranks_left[seat, slot])
    for value in range(5):
        if of_colour & rules.HINTED:
            x[at + KINDS + value] = (of_colour >> value) & 1
        if of_rank & rules.HINTED:
            x[at + KINDS + MAX_COLOURS + value] = (of_rank >> value) & 1
    age = np.int64(_AGE_GROUP[row.hint_age[seat, slot]])
    if age > 0:
        x[facts + _FACTS + age - 1] = 1


@kernel
def _belief(
    row: Row, seat: Int, slot: Int, counts: NDArray[np.int32], x: NDArray[np.float32], at: Int
) -> None:
    """How likely a card is of each kind: copies left of it over copies left of all that hints leave."""
    of_colour, of_rank = np.int64(row.colours_left[seat, slot]), np.int64(row.ranks_left[seat, slot])
    possible = rules.POSSIBLE[of_colour & 31, of_rank & 31]
    total = 0
    for kind in range(KINDS):
        total += counts[kind] * np.int32(possible[kind])
    if total > 0:
        share = np.float32(1) / np.float32(total)
        start = np.uint64(at)  # unsigned, so that numba does not ask whether it counts from the end
        for kind in range(KINDS):
            x[start + np.uint64(kind)] = np.float32(counts[kind] * np.int32(possible[kind])) * share


@kernel
def _seen_worth(worth: Int, x: NDArray[np.float32], at: Int) -> None:
    if worth != 0:
        x[at + KINDS + MAX_COLOURS + MAX_RANKS + np.int64(worth) - 1] = 1


@kernel
def _board(row: Row, x: NDArray[np.float32], starts: NDArray[np.int64]) -> None:
    for colour in range(np.int64(row.colours)):
        x[starts[2] + colour * (MAX_RANKS + 1) + np.int64(row.stacks[colour])] = 1
        for rank in range(np.int64(row.ranks)):
            at = starts[3] + (colour * MAX_RANKS + rank) * 3
            for copy in range(np.int64(row.discards[colour, rank])):
                x[at + copy] = 1
    x[starts[4] + min(np.int64(row.info), _TOKENS - 1)] = 1
    x[starts[5] + min(np.int64(row.lives), _LIVES - 1)] = 1
    deck = np.int64(row.deck_left)
    x[starts[6] + deck] = 1
    x[starts[6] + _DECK] = np.float32(deck) / np.float32(50)
    if deck == 0:
        x[starts[7] + np.int64(row.turns_left)] = 1


@kernel
def _variant(row: Row, x: NDArray[np.float32], at: Int) -> None:
    x[at + np.int64(row.players) - 1] = 1
    x[at + MAX_PLAYERS + np.int64(row.colours) - 1] = 1
    x[at + MAX_PLAYERS + MAX_COLOURS + np.int64(row.ranks) - 1] = 1
    x[at + MAX_PLAYERS + MAX_COLOURS + MAX_RANKS + np.int64(row.hand_size) - 1] = 1


@kernel
def _last_moves(row: Row, players: int, x: NDArray[np.float32], at: Int) -> None:
    for back in range(rules.HISTORY):
        actor = np.int64(row.last[back, rules.ACTOR])
        if actor == 0:
            return
        kind, where = np.int64(row.last[back, rules.KIND]), np.int64(row.last[back, rules.WHERE])
        what, effect = np.int64(row.last[back, rules.WHAT]), np.int64(row.last[back, rules.EFFECT])
        x[at + actor - 1] = 1
        target, one = at + players, at + 2 * players
        x[one + kind] = 1
        slots = one + 4
        kinds = slots + SLOTS
        named = kinds + KINDS
        touched = named + MAX_COLOURS + MAX_RANKS
        if kind < _HINT:
            x[slots + where] = 1
            x[kinds + what - 1] = 1
            x[touched + SLOTS] = effect & 1
            x[touched + SLOTS + 1] = (effect >> 1) & 1
        else:
            x[target + where] = 1
            x[named + (MAX_COLOURS + what if kind == _RANK_HINT else what)] = 1
            for slot in range(SLOTS):
                x[touched + slot] = (effect >> slot) & 1
        at = touched + SLOTS + 2
