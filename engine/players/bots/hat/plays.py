"""Which card to play, if any."""

import numpy as np

from engine.game.kernels import Int, kernel
from engine.game.rules import Game
from engine.game.variants import MAX_RANKS
from engine.players.bots.hat.knowledge import Layers, View, possible, share, weight
from engine.players.bots.kinds import bit, lowest, without_lowest

RISK = 0.6
"""A card that is playable or else dead is played if the chance is greater, and a life can be spared."""

FOLLOWED = 8
"""What it adds to a card's urgency that another seat holds the next card of its stack."""

LAST = 5
"""What it adds to a card's urgency that it completes a stack, which returns a token."""


@kernel
def card_to_play(game: Game, view: View, mine: Layers, mover: Int) -> Int:
    """The slot of the most urgent playable card, else of one worth the risk; −1 if there is none."""
    surest, most = -1, -1.0
    riskiest, chance = -1, RISK
    first = mover * np.int64(game.hand_size)
    for slot in range(np.int64(game.held[mover])):
        kinds = possible(game, view, mine, np.int64(game.hands[first + slot]))
        if kinds & ~mine.playable == 0:
            urgent = urgency(game, mine, mover, kinds)
            if urgent > most:
                surest, most = slot, urgent
        elif kinds & ~(mine.playable | mine.dead) == 0:
            likely = share(mine, kinds, mine.playable)
            if likely > chance:
                riskiest, chance = slot, likely
    return riskiest if surest < 0 and game.lives > 1 else surest


@kernel
def urgency(game: Game, mine: Layers, mover: Int, kinds: Int) -> float:
    """float64: how much others wait for a card, which may be of some kinds, to be played from this hand.

    Low ranks count more, and cards less that others could play as well.
    """
    total, cards = 0.0, 0
    while kinds != 0:
        kind = lowest(kinds)
        card = bit(kind)
        kinds = without_lowest(kinds)
        rank, last = kind % MAX_RANKS, np.int64(game.ranks) - 1
        others = holders(game, mover, card) if game.drawn < game.deck_size else 0
        need = (2 * last + 1 - rank) / (1 + others)
        if rank == last:
            need += LAST
        elif holders(game, mover, bit(kind + 1)) > 0:
            need += FOLLOWED
        copies = max(weight(mine, card), 1)
        total += copies * need
        cards += copies
    return total / cards


@kernel
def holders(game: Game, mover: Int, card: Int) -> Int:
    """How many other seats hold a kind of card."""
    count = 0
    for seat in range(np.int64(game.players)):
        first = seat * np.int64(game.hand_size)
        for i in range(first, first + np.int64(game.held[seat])):
            if seat != mover and bit(game.deck[game.hands[i]]) == card:
                count += 1
                break
    return count


@kernel
def likeliest(game: Game, view: View, mine: Layers, mover: Int) -> tuple[Int, float]:
    """The slot likeliest to be playable, and how likely that is."""
    best, most = 0, -1.0
    first = mover * np.int64(game.hand_size)
    for slot in range(np.int64(game.held[mover])):
        kinds = possible(game, view, mine, np.int64(game.hands[first + slot]))
        chance = share(mine, kinds, mine.playable)
        if chance > most:
            best, most = slot, chance
    return best, most
