"""Which numbers hints carry, and which hint to give for a number.

A hint to a player says one of up to four things, told apart by everyone from whether it touches one agreed
card of that hand, its pointer: rank of the pointer; colour of the pointer; a rank beside it; a colour beside
it. The last two count as one, or not at all, where the hand might be such that one could not say them. The
things to say to the first player after the mover come first, then the next player's, and so on
(Cox et al. 2015 used two things a player; the program hanabi.rs three or four).
"""

import numpy as np

from engine.game.kernels import Int, kernel
from engine.game.moves import Kind
from engine.game.rules import Game, read_hint
from engine.players.bots.hat.knowledge import Layers, View, possible, share
from engine.players.bots.kinds import bit, colours_of, is_single, named_kinds, ranks_of, size

RANK, COLOUR, OTHER_RANK, OTHER_COLOUR = 0, 1, 2, 3
OTHER = 2
"""Of a hand with only three things to say: any hint that does not touch the pointer."""

_COLOUR = int(Kind.COLOUR)


@kernel
def things_to_say(game: Game, view: View, board: Layers, seat: Int) -> Int:
    """How many different things a hint to a seat can certainly say: 0, 2, 3 or 4."""
    held = np.int64(game.held[seat])
    if held < 2:
        return 2 * held
    common, colours, ranks = ~np.uint64(0), ~np.uint64(0), ~np.uint64(0)
    first = seat * np.int64(game.hand_size)
    for i in range(first, first + held):
        kinds = possible(game, view, board, np.int64(game.hands[i]))
        common &= kinds
        colours &= colours_of(kinds)
        ranks &= ranks_of(kinds)
    if held <= 3 and common & (board.two if held == 2 else board.three) != 0:
        return 2
    return 4 if colours == 0 and ranks == 0 else 3


@kernel
def numbers(game: Game, view: View, board: Layers) -> Int:
    """How many different numbers a hint by the mover can carry."""
    count = 0
    for seat in range(np.int64(game.players)):
        if seat != np.int64(game.to_move):
            count += things_to_say(game, view, board, seat)
    return count


@kernel
def pointer(game: Game, view: View, board: Layers, seat: Int) -> Int:
    """The slot of a hand's pointer: the oldest of the cards about which a hint can tell most."""
    best, most = 0, -1
    first = seat * np.int64(game.hand_size)
    for slot in range(np.int64(game.held[seat])):
        kinds = possible(game, view, board, np.int64(game.hands[first + slot]))
        open_questions = 0
        if kinds & ~board.dead != 0 and not is_single(kinds):
            open_questions = 1 + (size(colours_of(kinds)) > 1) + (size(ranks_of(kinds)) > 1)
        if open_questions > most:
            best, most = slot, open_questions
    return best


@kernel
def number_of(game: Game, view: View, board: Layers, move: Int) -> Int:
    """The number that a hint of the mover carries."""
    kind, seat, value = read_hint(game, move)
    players, mover = np.int64(game.players), np.int64(game.to_move)
    number, other = 0, (mover + 1) % players
    while other != seat:
        number += things_to_say(game, view, board, other)
        other = (other + 1) % players
    place = game.hands[seat * np.int64(game.hand_size) + pointer(game, view, board, seat)]
    touches = bit(game.deck[place]) & named_kinds(kind, value) != 0
    what = COLOUR if kind == _COLOUR else RANK
    if not touches and things_to_say(game, view, board, seat) == 4:
        what += OTHER
    elif not touches:
        what = OTHER
    return number + what


@kernel
def hint_for(game: Game, view: View, later: View, board: Layers, number: Int) -> Int:
    """The hint that carries a number, the most telling if several do; −1 if none does: wrong notes.

    `view` is what is known, by which numbers are read; `later` is the same, once this one is understood.
    """
    best, most = -1, -1.0
    first_hint = 2 * np.int64(game.hand_size)
    hints = (np.int64(game.players) - 1) * (np.int64(game.colours) + np.int64(game.ranks))
    for move in range(first_hint, first_hint + hints):
        if (game.legal >> np.uint64(move)) & np.uint64(1) and number_of(game, view, board, move) == number:
            telling = how_telling(game, later, board, move)
            if telling > most:
                best, most = move, telling
    return best


@kernel
def how_telling(game: Game, view: View, board: Layers, move: Int) -> float:
    """By what factor a hint itself thins out what cards may be; twice that for each that becomes clear."""
    kind, seat, value = read_hint(game, move)
    named = named_kinds(kind, value)
    telling = 1.0
    first = seat * np.int64(game.hand_size)
    for i in range(first, first + np.int64(game.held[seat])):
        place = np.int64(game.hands[i])
        kinds = possible(game, view, board, place)
        after = kinds & (named if bit(game.deck[place]) & named != 0 else ~named)
        if is_single(kinds) or kinds & ~board.dead == 0 or after == 0:
            continue
        telling /= share(board, kinds, after)
        if is_single(after) or after & ~board.dead == 0:
            telling *= 2
    return telling
