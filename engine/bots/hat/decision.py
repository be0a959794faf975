"""Which move to make: plays that are sure, hints that somebody waits for, then discards.

The order follows the program hanabi.rs (src/strategies/information.rs); numbers that its author tuned for
the full game are written as what they are there.
"""

import numpy as np

from engine.bots.hat.hints import hint_for, numbers
from engine.bots.hat.inference import EVERYONE, nobody_waits, sum_of_hands, useless_slots
from engine.bots.hat.knowledge import bit, copy_view, possible, private_board, public_board, share, size, weight
from engine.bots.hat.questions import knows
from engine.kernels import kernel
from engine.variants import KINDS, MAX_RANKS

RISK = 0.75
"""A card that is playable or else dead is played if it is playable with a greater chance, lives permitting."""


@kernel
def choose(game, view, later, desk):  # type: ignore[no-untyped-def]
    """A move for the player to move, from its view.

    Args:
      view: VIEW of the player to move.
      later: VIEW, scratch.
      desk: DESK, scratch.
    """
    mover, hand_size = np.int64(game.to_move), np.int64(game.hand_size)
    board = public_board(game, view)
    mine = private_board(game, view, mover)
    slot = card_to_play(game, view, mine, mover)
    if slot >= 0:
        return hand_size + slot
    public_useless = useless_slots(game, view, board, mover)
    useless = useless_slots(game, view, mine, mover)
    can_discard = game.info < game.max_info
    if not can_discard or wants_to_hint(game, view, board, useless):
        move = hint(game, view, later, desk, board)
        if move >= 0:
            return move
    if (game.drawn == game.deck_size and game.lives > 1):
        slot = likeliest(game, view, mine, mover)
        if slot >= 0:
            return hand_size + slot
    if not can_discard:
        return any_move(game, view, mine, mover)
    if size(public_useless) > 1:
        copy_view(view, later)
        if game.info > 0:
            nobody_waits(game, later, board)
        number = sum_of_hands(game, later, desk, board, size(public_useless), EVERYONE)
        return nth_slot(public_useless, number)
    if useless != 0:
        return nth_slot(useless, 0)
    return least_loss(game, view, mine, mover)


@kernel
def nth_slot(slots, n):  # type: ignore[no-untyped-def]
    """The n-th (from 0) of a set of slots."""
    for _ in range(n):
        slots &= slots - np.uint64(1)
    return size((slots & (~slots + np.uint64(1))) - np.uint64(1))


@kernel
def spare_discards(game):  # type: ignore[no-untyped-def]
    """How many more cards can be discarded before the last round would come too early to play all stacks."""
    cards = np.int64(game.deck_size) - np.int64(game.colours) * np.int64(game.ranks)
    cards -= np.int64(game.players) * np.int64(game.hand_size)
    for kind in range(KINDS):
        cards -= np.int64(game.discards[kind])
    return cards


@kernel
def card_to_play(game, view, mine, mover):  # type: ignore[no-untyped-def]
    """The slot of the most urgent playable card, or of one worth the risk; −1 if there is none."""
    best, most = -1, -1.0
    riskiest, chance = -1, RISK
    first = mover * np.int64(game.hand_size)
    for slot in range(np.int64(game.held[mover])):
        kinds = possible(game, view, mine, np.int64(game.hands[first + slot]))
        if kinds & ~mine.playable == 0:
            urgent = urgency(game, mine, mover, kinds)
            if urgent > most:
                best, most = slot, urgent
        elif kinds & ~(mine.playable | mine.dead) == 0:
            likely = share(mine, kinds, mine.playable)
            if likely > chance:
                riskiest, chance = slot, likely
    if best < 0 and game.lives > 1 and spare_discards(game) >= 0:
        return riskiest
    return best


@kernel
def urgency(game, mine, mover, kinds):  # type: ignore[no-untyped-def]
    """How much a card is needed on its stack: low ranks more, cards that others hold as well less."""
    total, cards = 0.0, 0
    while kinds != 0:
        card = kinds & (~kinds + np.uint64(1))
        kinds ^= card
        kind = size(card - np.uint64(1))
        copies = max(weight(mine, card), 1)
        holders = 1 + (holders_of(game, mover, kind) if game.drawn < game.deck_size else 0)
        cards += copies
        total += copies * (2 * np.int64(game.ranks) - 1 - kind % MAX_RANKS) / holders
    return total / cards


@kernel
def holders_of(game, mover, kind):  # type: ignore[no-untyped-def]
    """How many others hold a kind of card."""
    count = 0
    for seat in range(np.int64(game.players)):
        first = seat * np.int64(game.hand_size)
        for i in range(first, first + np.int64(game.held[seat])):
            if seat != mover and np.int64(game.deck[game.hands[i]]) == kind:
                count += 1
                break
    return count


@kernel
def wants_to_hint(game, view, board, useless):  # type: ignore[no-untyped-def]
    """Whether to hint rather than to discard."""
    if game.info == 0:
        return False
    someone_can_play = False
    for seat in range(np.int64(game.players)):
        if seat != np.int64(game.to_move) and holds(game, seat, board.playable):
            if not knows(game, view, board, seat, board.playable):
                return True
            someone_can_play = True
    if useless != 0 and spare_discards(game) >= 0:
        return False
    return someone_can_play or 2 * np.int64(game.info) > np.int64(game.max_info)


@kernel
def holds(game, seat, kinds):  # type: ignore[no-untyped-def]
    """Whether another seat has a card of a set of kinds."""
    first = seat * np.int64(game.hand_size)
    for i in range(first, first + np.int64(game.held[seat])):
        if bit(game.deck[game.hands[i]]) & kinds != 0:
            return True
    return False


@kernel
def hint(game, view, later, desk, board):  # type: ignore[no-untyped-def]
    """The hint that tells every other seat its number; −1 if there is none."""
    bound = numbers(game, view, board)
    if game.info == 0 or bound == 0:
        return -1
    copy_view(view, later)
    number = sum_of_hands(game, later, desk, board, bound, EVERYONE)
    return hint_for(game, view, later, board, number)


@kernel
def least_loss(game, view, mine, mover):  # type: ignore[no-untyped-def]
    """The slot to discard: likely seen in another hand, or likely not the last of its kind, or high."""
    seen = np.uint64(0)
    for seat in range(np.int64(game.players)):
        first = seat * np.int64(game.hand_size)
        for i in range(first, first + np.int64(game.held[seat])):
            if seat != mover:
                seen |= bit(game.deck[game.hands[i]])
    best, most = 0, -1.0
    first = mover * np.int64(game.hand_size)
    for slot in range(np.int64(game.held[mover])):
        kinds = possible(game, view, mine, np.int64(game.hands[first + slot]))
        worth = 20 * share(mine, kinds, seen) + 10 * share(mine, kinds, mine.dead | ~mine.single)
        rest = kinds
        while rest != 0:
            card = rest & (~rest + np.uint64(1))
            rest ^= card
            worth += share(mine, kinds, card) * (size(card - np.uint64(1)) % MAX_RANKS)
        if worth > most:
            best, most = slot, worth
    return best


@kernel
def any_move(game, view, mine, mover):  # type: ignore[no-untyped-def]
    """With nothing better allowed: any hint, else the card that is likeliest playable."""
    first_hint = 2 * np.int64(game.hand_size)
    hints = game.legal >> np.uint64(first_hint)
    if hints != 0:
        return first_hint + nth_slot(hints, 0)
    best, most = 0, -1.0
    first = mover * np.int64(game.hand_size)
    for slot in range(np.int64(game.held[mover])):
        kinds = possible(game, view, mine, np.int64(game.hands[first + slot]))
        chance = share(mine, kinds, mine.playable)
        if chance > most:
            best, most = slot, chance
    return np.int64(game.hand_size) + best


@kernel
def likeliest(game, view, mine, mover):  # type: ignore[no-untyped-def]
    best, most = -1, 0.0
    first = mover * np.int64(game.hand_size)
    for slot in range(np.int64(game.held[mover])):
        kinds = possible(game, view, mine, np.int64(game.hands[first + slot]))
        chance = share(mine, kinds, mine.playable)
        if chance > most:
            best, most = slot, chance
    return best
