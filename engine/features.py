"""What a multilayer perceptron sees of a compact row: numbers from 0 to 1, and marks that are set or not.

Beside what HLE's vector says, it spells out what follows from it: for each card that its holder does not
see, how likely each kind is, given what hints left possible and which cards are already seen (the "V0 belief"
of Foerster et al., "Bayesian Action Decoder", 2019, section 5.1, in its first round), and whether a card can
be played, is of no more use, or is the last one that is needed.

For two players that makes 266 numbers, about half of them not 0, and 746 marks, of which some 60 are set. So
numbers stand in a matrix, and marks in a list of those that are set: that is two thirds less to multiply.

Letters: N rows · A numbers · M marks set in all the rows together.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeAlias

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

_OWN_NUMBERS = KINDS + _FACTS
_KNOWN = MAX_COLOURS + MAX_RANKS + _AGES  # what hints named, and how long ago
_OTHER = KINDS + _FACTS + _KNOWN
_TOKENS, _LIVES, _DECK = 16, 8, 51
_MOVE = 4 + SLOTS + KINDS + MAX_COLOURS + MAX_RANKS + SLOTS + 2  # and, twice, a seat

_POSSIBLE = (rules.POSSIBLE.astype(np.uint32) << np.arange(KINDS, dtype=np.uint32)).sum(-1, dtype=np.uint32)
"""uint32[32, 32]: which kinds of card colours and ranks not excluded leave possible, as bits."""

Planes: TypeAlias = tuple[Int, Int]
"""Of counts of kinds: the kinds with an odd one, as bits of a uint32, and those with a 2 in theirs."""

_HINT = int(Kind.COLOUR)
_RANK_HINT = int(Kind.RANK)


@dataclass(frozen=True)
class Layout:
    """Where each group of features stands, for games of up to `players` players.

    A feature of a colour, rank or slot that a game does not have stays 0, so smaller games need no layout of
    their own; players cost the most features, so their number is set.
    """

    players: int = MAX_PLAYERS

    @property
    def numbers(self) -> int:
        """A: how many numbers there are: of one's own cards, of the others', and the share of the deck."""
        return SLOTS * _OWN_NUMBERS + (self.players - 1) * SLOTS * KINDS + 1

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """int64[11]: the first mark of each group, and the number of all marks."""
        sizes = [
            SLOTS * _KNOWN,
            (self.players - 1) * SLOTS * _OTHER,
            MAX_COLOURS * (MAX_RANKS + 1),
            KINDS * 3,
            _TOKENS,
            _LIVES,
            _DECK,
            MAX_PLAYERS + 1,
            MAX_PLAYERS + MAX_COLOURS + MAX_RANKS + SLOTS,
            rules.HISTORY * (_MOVE + 2 * self.players),
        ]
        return np.cumsum([0, *sizes])

    @property
    def marks(self) -> int:
        """How many marks there are."""
        return int(self.starts[-1])

    @property
    def most(self) -> int:
        """No row sets more marks than this."""
        known = MAX_COLOURS + MAX_RANKS + 1
        hands = SLOTS * known + (self.players - 1) * SLOTS * (known + 2)
        return hands + MAX_COLOURS + KINDS * 3 + 4 + 4 + rules.HISTORY * (4 + SLOTS)


class Features(NamedTuple):
    """What is seen of N rows."""

    numbers: NDArray[np.float32]  # [N, A] from 0 to 1
    marks: NDArray[np.int32]  # [M] the marks that are set, row after row
    starts: NDArray[np.int32]  # [N + 1] where each row's marks start in `marks`, and M


def expand(rows: Rows, layout: Layout, numbers: NDArray[np.float32] | None = None) -> Features:
    """Features of rows.

    Args:
      rows: uint8[N, 169], contiguous.
      layout: for at least as many players as the rows' games have.
      numbers: float32[N, layout.numbers] to write into; None: a new array.
    """
    if numbers is None:
        numbers = np.empty((len(rows), layout.numbers), dtype=np.float32)
    marks = np.empty(len(rows) * layout.most + 1, dtype=np.int32)
    starts = np.empty(len(rows) + 1, dtype=np.int32)
    _expand(rows.view(observation.ROW)[:, 0], layout.players, layout.starts, numbers, marks, starts)
    return Features(numbers, marks[: starts[-1]], starts)


def own_beliefs(features: Features) -> NDArray[np.float32]:
    """float32[N, S, K]: how likely each own card is of each kind, as `features` say; 0 for an empty slot."""
    own = features.numbers[:, : SLOTS * _OWN_NUMBERS].reshape(-1, SLOTS, _OWN_NUMBERS)
    return own[:, :, :KINDS]


@kernel
def _expand(
    rows: NDArray[np.void],
    players: int,
    groups: NDArray[np.int64],
    numbers: NDArray[np.float32],
    marks: NDArray[np.int32],
    starts: NDArray[np.int32],
) -> None:
    unseen = np.empty(KINDS, dtype=np.int32)  # copies of each kind that nobody holding it can rule out
    hidden = np.empty(KINDS, dtype=np.int32)  # the same for the observer, who also sees the other hands
    worth = np.empty(1 + _FACTS, dtype=np.uint32)  # the kinds of each worth, as bits
    n = 0
    for i in range(len(rows)):
        row, x = rows[i], numbers[i]
        starts[i] = n
        for j in range(len(x)):
            x[j] = 0
        _weigh(row, unseen, worth)
        _take_out_seen(row, unseen, hidden)
        planes = _planes(hidden)
        for slot in range(np.int64(row.hand_size)):
            if row.cards[0, slot] != 0:
                possible, share = _belief(row, 0, slot, hidden, planes, x, slot * _OWN_NUMBERS)
                for fact in range(_FACTS):
                    copies = _count(possible & worth[1 + fact], planes)
                    x[slot * _OWN_NUMBERS + KINDS + fact] = np.float32(copies) * share
                n = _known(row, 0, slot, marks, n, groups[0] + slot * _KNOWN)
        planes = _planes(unseen)
        for seat in range(1, np.int64(row.players)):
            for slot in range(np.int64(row.hand_size)):
                code = np.int64(row.cards[seat, slot])
                if code != 0:
                    place = (seat - 1) * SLOTS + slot
                    at = groups[1] + place * _OTHER
                    _belief(row, seat, slot, unseen, planes, x, SLOTS * _OWN_NUMBERS + place * KINDS)
                    n = _mark(marks, n, at + code - 1)
                    for fact in range(_FACTS):
                        n = _mark_if(worth[1 + fact] >> np.uint32(code - 1), marks, n, at + KINDS + fact)
                    n = _known(row, seat, slot, marks, n, at + KINDS + _FACTS)
        x[len(x) - 1] = np.float32(row.deck_left) / np.float32(50)
        n = _board(row, marks, n, groups)
        n = _variant(row, marks, n, groups[8])
        n = _last_moves(row, players, marks, n, groups[9])
    starts[len(rows)] = n


@kernel
def _weigh(row: Row, unseen: NDArray[np.int32], worth: NDArray[np.uint32]) -> None:
    """Copies of each kind not on the table, and which kinds are worth what."""
    for kind in range(KINDS):
        unseen[kind] = 0
    playable, useless, last = np.uint32(0), np.uint32(0), np.uint32(0)
    ranks = np.int64(row.ranks)
    for colour in range(np.int64(row.colours)):
        stack, within_reach = np.int64(row.stacks[colour]), True
        for rank in range(ranks):
            kind = colour * MAX_RANKS + rank
            left = rules.copies_of(rank, ranks) - np.int64(row.discards[colour, rank])
            played = rank < stack
            unseen[kind] = left - played
            within_reach &= played | (left > 0)
            needed = within_reach & (not played)
            playable |= np.uint32(needed & (rank == stack)) << np.uint32(kind)
            last |= np.uint32(needed & (rank > stack) & (left == 1)) << np.uint32(kind)
            useless |= np.uint32(not needed) << np.uint32(kind)
    worth[PLAYABLE], worth[USELESS], worth[LAST] = playable, useless, last


@kernel
def _take_out_seen(row: Row, unseen: NDArray[np.int32], hidden: NDArray[np.int32]) -> None:
    hidden[:] = unseen
    for seat in range(1, np.int64(row.players)):
        for slot in range(np.int64(row.hand_size)):
            code = np.int64(row.cards[seat, slot])
            if code != 0:
                hidden[code - 1] -= 1


@kernel
def _planes(counts: NDArray[np.int32]) -> Planes:
    """Counts up to 3 in binary, so that a sum of some of them takes two counts of bits."""
    odd, two = np.uint32(0), np.uint32(0)
    for kind in range(KINDS):
        odd |= np.uint32(counts[kind] & 1) << np.uint32(kind)
        two |= np.uint32((counts[kind] >> 1) & 1) << np.uint32(kind)
    return odd, two


@kernel
def _count(kinds: Int, planes: Planes) -> Int:
    """How many copies there are of some kinds, given as bits."""
    return _ones(kinds & planes[0]) + 2 * _ones(kinds & planes[1])


@kernel
def _ones(bits: Int) -> Int:
    """How many bits of a uint32 are set; LLVM makes one instruction of it."""
    bits = np.uint32(bits)
    bits -= (bits >> np.uint32(1)) & np.uint32(0x55555555)
    bits = (bits & np.uint32(0x33333333)) + ((bits >> np.uint32(2)) & np.uint32(0x33333333))
    bits = (bits + (bits >> np.uint32(4))) & np.uint32(0x0F0F0F0F)
    return np.int64(np.uint32(bits * np.uint32(0x01010101)) >> np.uint32(24))


@kernel
def _belief(
    row: Row, seat: Int, slot: Int, counts: NDArray[np.int32], planes: Planes, x: NDArray[np.float32], at: Int
) -> tuple[Int, Int]:
    """How likely a card is of each kind: copies left of it over copies left of all that hints leave.

    Returns the possible kinds as bits, and how much one copy makes likely.
    """
    possible = _POSSIBLE[row.colours_left[seat, slot] & 31, row.ranks_left[seat, slot] & 31]
    total = _count(possible, planes)
    share = np.float32(1) / np.float32(total) if total > 0 else np.float32(0)
    start = np.uint64(at)  # unsigned, so that numba does not ask whether it counts from the end
    for kind in range(KINDS):
        left = counts[kind] * np.int32((possible >> np.uint32(kind)) & np.uint32(1))
        x[start + np.uint64(kind)] = np.float32(left) * share
    return possible, share


@kernel
def _known(row: Row, seat: Int, slot: Int, marks: NDArray[np.int32], n: Int, at: Int) -> Int:
    """What hints named of a card, and the age of the last one."""
    age = np.int64(_AGE_GROUP[row.hint_age[seat, slot]])
    if age == 0:
        return n
    of_colour, of_rank = np.int64(row.colours_left[seat, slot]), np.int64(row.ranks_left[seat, slot])
    n = _mark_bits(of_colour if of_colour & rules.HINTED else 0, MAX_COLOURS, marks, n, at)
    n = _mark_bits(of_rank if of_rank & rules.HINTED else 0, MAX_RANKS, marks, n, at + MAX_COLOURS)
    return _mark(marks, n, at + MAX_COLOURS + MAX_RANKS + age - 1)


@kernel
def _mark(marks: NDArray[np.int32], n: Int, mark: Int) -> Int:
    marks[np.uint64(n)] = mark
    return n + 1


@kernel
def _mark_if(bit: Int, marks: NDArray[np.int32], n: Int, mark: Int) -> Int:
    """Set a mark if the lowest bit is set; no branch, since the processor would often guess it wrong."""
    marks[np.uint64(n)] = mark
    return n + np.int64(bit & np.uint32(1))


@kernel
def _mark_bits(bits: Int, count: Int, marks: NDArray[np.int32], n: Int, at: Int) -> Int:
    """Set the marks from `at` on as the lowest bits are."""
    for bit in range(count):
        n = _mark_if(np.uint32(bits) >> np.uint32(bit), marks, n, at + bit)
    return n


@kernel
def _board(row: Row, marks: NDArray[np.int32], n: Int, groups: NDArray[np.int64]) -> Int:
    for colour in range(np.int64(row.colours)):
        n = _mark(marks, n, groups[2] + colour * (MAX_RANKS + 1) + np.int64(row.stacks[colour]))
        for rank in range(np.int64(row.ranks)):
            at = groups[3] + (colour * MAX_RANKS + rank) * 3
            gone = np.int64(row.discards[colour, rank])
            for copy in range(3):
                n = _mark_if(np.uint32(gone > copy), marks, n, at + copy)
    n = _mark(marks, n, groups[4] + min(np.int64(row.info), _TOKENS - 1))
    n = _mark(marks, n, groups[5] + min(np.int64(row.lives), _LIVES - 1))
    n = _mark(marks, n, groups[6] + np.int64(row.deck_left))
    if row.deck_left == 0:
        n = _mark(marks, n, groups[7] + np.int64(row.turns_left))
    return n


@kernel
def _variant(row: Row, marks: NDArray[np.int32], n: Int, at: Int) -> Int:
    n = _mark(marks, n, at + np.int64(row.players) - 1)
    n = _mark(marks, n, at + MAX_PLAYERS + np.int64(row.colours) - 1)
    n = _mark(marks, n, at + MAX_PLAYERS + MAX_COLOURS + np.int64(row.ranks) - 1)
    return _mark(marks, n, at + MAX_PLAYERS + MAX_COLOURS + MAX_RANKS + np.int64(row.hand_size) - 1)


@kernel
def _last_moves(row: Row, players: int, marks: NDArray[np.int32], n: Int, at: Int) -> Int:
    for back in range(rules.HISTORY):
        actor = np.int64(row.last[back, rules.ACTOR])
        if actor == 0:
            return n
        kind, where = np.int64(row.last[back, rules.KIND]), np.int64(row.last[back, rules.WHERE])
        what, effect = np.int64(row.last[back, rules.WHAT]), np.int64(row.last[back, rules.EFFECT])
        n = _mark(marks, n, at + actor - 1)
        target, one = at + players, at + 2 * players
        n = _mark(marks, n, one + kind)
        slots = one + 4
        kinds = slots + SLOTS
        named = kinds + KINDS
        touched = named + MAX_COLOURS + MAX_RANKS
        if kind < _HINT:
            n = _mark(marks, n, slots + where)
            n = _mark(marks, n, kinds + what - 1)
            n = _mark_bits(effect, 2, marks, n, touched + SLOTS)
        else:
            n = _mark(marks, n, target + where)
            n = _mark(marks, n, named + (MAX_COLOURS + what if kind == _RANK_HINT else what))
            n = _mark_bits(effect, SLOTS, marks, n, touched)
        at = touched + SLOTS + 2
    return n
