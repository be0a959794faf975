"""What each seat concludes from a move, each from what it sees.

A move that carries a number carries the sum of the numbers of all hands but the mover's (questions.py),
modulo how many numbers there are. Every seat sees all the summands but its own, and so learns its own.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.game.kernels import Int, kernel
from engine.game.rules import Game
from engine.players.bots.board import Board, survey
from engine.players.bots.hat.hints import number_of, numbers
from engine.players.bots.hat.knowledge import (
    Layers,
    View,
    all_agree,
    narrow,
    possible,
    public_layers,
    table_layers,
)
from engine.players.bots.hat.questions import TRUTH, Desk, knows, learn_hand
from engine.players.bots.kinds import bit, copy_possible, is_single, size

EVERYONE = -1
"""In place of a seat whose own cards are not looked at: a look at all hands."""


@kernel
def sum_of_hands(game: Game, view: View, desk: Desk, board: Layers, bound: Int, unseen: Int) -> Int:
    """The sum, modulo `bound`, of the numbers of hands: of all but the mover's and that of `unseen`.

    The view learns these numbers.
    """
    total = 0
    for seat in range(np.int64(game.players)):
        if seat != np.int64(game.to_move) and seat != unseen:
            total += learn_hand(game, view, desk, board, seat, bound, TRUTH)
    return total % bound


@kernel
def useless_slots(game: Game, view: View, board: Layers, seat: Int) -> Int:
    """The slots of a hand known to be dead, or to be known twins, as bits."""
    first = seat * np.int64(game.hand_size)
    once, twice = np.uint64(0), np.uint64(0)
    for i in range(first, first + np.int64(game.held[seat])):
        kinds = possible(game, view, board, np.int64(game.hands[i]))
        if is_single(kinds):
            twice |= once & kinds
            once |= kinds
    slots = np.uint64(0)
    for slot in range(np.int64(game.held[seat])):
        kinds = possible(game, view, board, np.int64(game.hands[first + slot]))
        if kinds & ~board.dead == 0 or (is_single(kinds) and kinds & twice != 0):
            slots |= bit(slot)
    return slots


@kernel
def has_turn(game: Game, seat: Int) -> bool:
    """Whether another seat will have a turn after this one."""
    players = np.int64(game.players)
    return (seat - np.int64(game.to_move)) % players < np.int64(game.turns_left)


@kernel
def nobody_waits(game: Game, view: View, board: Layers) -> None:
    """Note that nobody but the mover has a playable card without knowing of one: else it had hinted."""
    for seat in range(np.int64(game.players)):
        waits = seat != np.int64(game.to_move) and has_turn(game, seat)
        if waits and not knows(game, view, board, seat, board.playable):
            first = seat * np.int64(game.hand_size)
            for i in range(first, first + np.int64(game.held[seat])):
                narrow(game, view, board, np.int64(game.hands[i]), ~board.playable)


@kernel
def message(game: Game, view: View, board: Layers, move: Int) -> tuple[Int, Int]:
    """The number that a move carries, and out of how many: (0, 1) if none."""
    if move >= 2 * np.int64(game.hand_size):
        return number_of(game, view, board, move), numbers(game, view, board)
    if move < np.int64(game.hand_size):
        useless = useless_slots(game, view, board, np.int64(game.to_move))
        slot = bit(move)
        if size(useless) > 1 and useless & slot != 0:
            return size(useless & (slot - np.uint64(1))), size(useless)
    return 0, 1


@kernel
def conclude(game: Game, view: View, table: Layers, desk: Desk, move: Int, unseen: Int) -> bool:
    """Change a view by a move, seen by everyone but `unseen`, or by EVERYONE.

    Returns: whether the number carried was right, as far as can be seen; if not, the view is of no use.
    """
    board = public_layers(game, view, table)
    number, bound = message(game, view, board, move)
    if move < np.int64(game.hand_size) and game.info > 0:
        nobody_waits(game, view, board)
    if bound == 1:
        return True
    rest = (number - sum_of_hands(game, view, desk, board, bound, unseen)) % bound
    if unseen != EVERYONE and unseen != np.int64(game.to_move):
        rest = learn_hand(game, view, desk, board, unseen, bound, rest)
    return rest == 0


@kernel
def watch_game(
    game: Game, views: NDArray[Any], g: Int, later: View, desk: Desk, cards: Board, move: Int
) -> None:
    """Change every seat's view of game g by the move to be made.

    Where all agree on what is known and the number is right, a seat that subtracts what it sees gets what
    the others see in its hand: all will agree again, and it is enough to reckon once. This saves time and
    changes nothing. Otherwise every seat concludes for itself; where the number makes no sense, nothing.
    """
    if np.int64(game.hand_size) <= move < 2 * np.int64(game.hand_size):
        return
    survey(cards, game)
    table, players = table_layers(cards), np.int64(game.players)
    if all_agree(views, g, players):
        copy_possible(views[g, 0], later)
        if conclude(game, later, table, desk, move, EVERYONE):
            for seat in range(players):
                copy_possible(later, views[g, seat])
            return
    for seat in range(players):
        copy_possible(views[g, seat], later)
        if conclude(game, later, table, desk, move, seat):
            copy_possible(later, views[g, seat])
