"""Which card to discard, when all may be of use, and what that might cost."""

import numpy as np

from engine.game.kernels import Int, kernel
from engine.game.rules import Game
from engine.game.variants import KINDS, MAX_RANKS
from engine.players.bots.hat.knowledge import Layers, View, possible, share
from engine.players.bots.kinds import bit, lowest, without_lowest


@kernel
def spare_discards(game: Game) -> Int:
    """How many more cards can be discarded before the last round would come too early to play all stacks."""
    cards = np.int64(game.deck_size) - np.int64(game.colours) * np.int64(game.ranks)
    cards -= np.int64(game.players) * np.int64(game.hand_size)
    for kind in range(KINDS):
        cards -= np.int64(game.discards[kind])
    return cards


@kernel
def in_others_hands(game: Game, mover: Int) -> Int:
    """The kinds of cards that other seats hold."""
    kinds = np.uint64(0)
    for seat in range(np.int64(game.players)):
        first = seat * np.int64(game.hand_size)
        for i in range(first, first + np.int64(game.held[seat])):
            if seat != mover:
                kinds |= bit(game.deck[game.hands[i]])
    return kinds


@kernel
def least_loss(game: Game, view: View, mine: Layers, mover: Int) -> Int:
    """The slot to discard: likely seen in another hand, or likely not the last of its kind, or high."""
    seen, spare = in_others_hands(game, mover), ~mine.critical
    best, most = 0, -1.0
    first = mover * np.int64(game.hand_size)
    for slot in range(np.int64(game.held[mover])):
        kinds = possible(game, view, mine, np.int64(game.hands[first + slot]))
        worth = 20 * share(mine, kinds, seen) + 10 * share(mine, kinds, spare)
        rest = kinds
        while rest != 0:
            kind = lowest(rest)
            rest = without_lowest(rest)
            worth += share(mine, kinds, bit(kind)) * (kind % MAX_RANKS)
        if worth > most:
            best, most = slot, worth
    return best


@kernel
def danger(game: Game, view: View, mine: Layers, mover: Int, slot: Int) -> float:
    """float64: how likely a card is the last of a kind that can still score."""
    place = np.int64(game.hands[mover * np.int64(game.hand_size) + slot])
    needed = mine.critical & ~in_others_hands(game, mover)
    return share(mine, possible(game, view, mine, place), needed)
