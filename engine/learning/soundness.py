"""Whether samples are what acting makes: those that come over a wire may be anything.

Networks take indices from rows without asking, in compiled code. So each number that becomes an index is
looked at once, when a sample comes in: 0.1 µs for each.
"""

import numpy as np
from numpy.typing import NDArray

from engine.errors import RowError
from engine.game import observation, rules
from engine.game.kernels import Int, kernel
from engine.game.moves import SHARED
from engine.game.variants import KINDS, MAX_PLAYERS
from engine.settings.config import ModelSection
from engine.store.sample import SAMPLE

_ROW = observation.ROW
_NESTED = np.dtype([(name, _ROW if name == "row" else SAMPLE[name]) for name in SAMPLE.names or ()])
_FIRST_HINT = 2  # Kind.COLOUR; the kinds below are of cards
_MOST_DECK, _MOST_COPIES = 50, 3
_MOVES = SHARED.moves


def check(samples: NDArray[np.void], model: ModelSection) -> None:
    """Raise RowError for the first of SAMPLE[N] that is none, or of a game too large for a model."""
    largest = (model.max_players, model.max_colors, model.max_ranks, model.max_hand_size)
    found = _first_unsound(samples.view(_NESTED), *largest)
    if found >= 0:
        row = samples["row"][found].view(_ROW)[0]
        raise RowError(
            f"sample {found} of {len(samples)} cannot be learned from: row version {row['version']}, "
            f"{row['players']} players, {row['colours']} colours, {row['ranks']} ranks, hands of "
            f"{row['hand_size']}, "
            f"move {samples['move'][found]}; allowed: version {observation.VERSION}, up to "
            f"{largest[0]} players, "
            f"{largest[1]} colours, {largest[2]} ranks, hands of {largest[3]}, moves below "
            f"{_MOVES}, and what "
            "can happen in such a game"
        )


def check_rows(rows: NDArray[np.uint8], model: ModelSection) -> None:
    """The same of uint8[N, 169], for rows that are no samples yet."""
    samples = np.zeros(len(rows), SAMPLE)
    samples["row"] = rows
    check(samples, model)


@kernel
def _first_unsound(samples: NDArray[np.void], players: int, colours: int, ranks: int, hand_size: int) -> Int:
    for n in range(len(samples)):
        sample = samples[n]
        row = sample.row
        bad = row.version != observation.VERSION
        bad |= (row.players < 2) | (row.players > players)
        bad |= (row.colours < 1) | (row.colours > colours)
        bad |= (row.ranks < 1) | (row.ranks > ranks)
        bad |= (row.hand_size < 1) | (row.hand_size > hand_size)
        bad |= (row.deck_left > _MOST_DECK) | (row.turns_left > MAX_PLAYERS)
        bad |= sample.move >= _MOVES
        if bad or _unsound_cards(row, sample.own) or _unsound_moves(row):
            return n
    return -1


@kernel
def _unsound_cards(row: observation.Row, own: NDArray[np.uint8]) -> bool:
    bad = False
    for colour in range(len(row.stacks)):
        bad |= row.stacks[colour] > row.ranks
        for rank in range(row.discards.shape[1]):
            bad |= row.discards[colour, rank] > _MOST_COPIES
    for seat in range(row.cards.shape[0]):
        for slot in range(row.cards.shape[1]):
            bad |= row.cards[seat, slot] > (observation.HIDDEN if seat == 0 else KINDS)
    for slot in range(len(own)):
        bad |= own[slot] > KINDS
    return bad


@kernel
def _unsound_moves(row: observation.Row) -> bool:
    bad = False
    for back in range(rules.HISTORY):
        actor = row.last[back, rules.ACTOR]
        kind, where = row.last[back, rules.KIND], row.last[back, rules.WHERE]
        what = row.last[back, rules.WHAT]
        if actor == 0:
            continue
        bad |= (actor > row.players) | (kind > _FIRST_HINT + 1)
        if kind < _FIRST_HINT:
            bad |= (where >= observation.SLOTS) | (what < 1) | (what > KINDS)
        else:
            bad |= (where >= row.players) | (what >= 5)
    return bad
