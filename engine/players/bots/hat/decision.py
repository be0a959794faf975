"""Which move to make: a sure play, else a hint that somebody waits for, else a discard or another hint.

The order follows the program hanabi.rs (src/strategies/information.rs). Beyond it, the bot keeps a token
for others when its own discard might lose a card for good, uses lives it will not need, and counts known
cards out.
"""

import numpy as np

from engine.game.kernels import Int, kernel
from engine.game.rules import Game
from engine.players.bots.board import Board, survey
from engine.players.bots.hat.discards import danger, least_loss, spare_discards
from engine.players.bots.hat.hints import hint_for, numbers
from engine.players.bots.hat.inference import EVERYONE, has_turn, nobody_waits, sum_of_hands, useless_slots
from engine.players.bots.hat.knowledge import Layers, View, private_layers, public_layers, table_layers
from engine.players.bots.hat.plays import card_to_play, likeliest
from engine.players.bots.hat.questions import Desk, knows
from engine.players.bots.kinds import bit, copy_possible, lowest, size, without_lowest

SAFE = 0.05
"""A discard is safe if the chance that it loses the last card of a useful kind is no greater."""

RESERVE = 1
"""Tokens left for others when hinting only to put off a discard that is not safe."""


@kernel
def choose(game: Game, view: View, later: View, desk: Desk, cards: Board) -> Int:
    """A move for the player to move, whose view is given; the rest is scratch."""
    mover, hand_size = np.int64(game.to_move), np.int64(game.hand_size)
    survey(cards, game)
    table = table_layers(cards)
    mine = private_layers(game, view, table, mover)
    slot = card_to_play(game, view, mine, mover)
    if slot >= 0:
        return hand_size + slot
    board = public_layers(game, view, table)
    useless = useless_slots(game, view, mine, mover)
    can_discard = game.info < game.max_info
    if wants_to_hint(game, view, board, mine, useless):
        move = hint(game, view, later, desk, board)
        if move >= 0:
            return move
    if game.drawn == game.deck_size and game.lives > 1:
        slot, chance = likeliest(game, view, mine, mover)
        if chance > 0:
            return hand_size + slot
    if can_discard:
        return discard(game, view, later, desk, board, mine, useless)
    move = hint(game, view, later, desk, board)
    return move if move >= 0 else whatever_is_legal(game, view, mine, mover)


@kernel
def wants_to_hint(game: Game, view: View, board: Layers, mine: Layers, useless: Int) -> bool:
    """Whether to hint rather than to discard."""
    if game.info == 0:
        return False
    if someone_waits(game, view, board):
        return True
    if game.drawn == game.deck_size:
        return False
    spare = spare_discards(game)
    if useless != 0 and spare >= 0:
        return False
    if someone_can_play(game, board):
        return True
    mover = np.int64(game.to_move)
    if useless == 0 and danger(game, view, mine, mover, least_loss(game, view, mine, mover)) > SAFE:
        return bool(game.info > RESERVE)
    return bool(spare >= 0 and 2 * np.int64(game.info) > np.int64(game.max_info))


@kernel
def someone_waits(game: Game, view: View, board: Layers) -> bool:
    """Whether another seat will have a turn, has a playable card, and does not know of one."""
    for seat in range(np.int64(game.players)):
        if can_play(game, board, seat) and not knows(game, view, board, seat, board.playable):
            return True
    return False


@kernel
def someone_can_play(game: Game, board: Layers) -> bool:
    """Whether another seat will have a turn and has a playable card."""
    able = False
    for seat in range(np.int64(game.players)):
        able |= can_play(game, board, seat)
    return able


@kernel
def can_play(game: Game, board: Layers, seat: Int) -> bool:
    """Whether a seat is not the mover's, will have a turn, and has a playable card."""
    if seat == np.int64(game.to_move) or not has_turn(game, seat):
        return False
    first = seat * np.int64(game.hand_size)
    for i in range(first, first + np.int64(game.held[seat])):
        if bit(game.deck[game.hands[i]]) & board.playable != 0:
            return True
    return False


@kernel
def hint(game: Game, view: View, later: View, desk: Desk, board: Layers) -> Int:
    """The hint that tells every other seat its number; −1 if there is none."""
    bound = numbers(game, view, board)
    if game.info == 0 or bound == 0:
        return -1
    copy_possible(view, later)
    number = sum_of_hands(game, later, desk, board, bound, EVERYONE)
    return hint_for(game, view, later, board, number)


@kernel
def discard(
    game: Game, view: View, later: View, desk: Desk, board: Layers, mine: Layers, useless: Int
) -> Int:
    """A discard; one that carries a number if everybody knows of several useless cards."""
    mover = np.int64(game.to_move)
    known = useless_slots(game, view, board, mover)
    if size(known) > 1:
        copy_possible(view, later)
        if game.info > 0:
            nobody_waits(game, later, board)
        return nth_slot(known, sum_of_hands(game, later, desk, board, size(known), EVERYONE))
    if useless != 0:
        return nth_slot(useless, 0)
    return least_loss(game, view, mine, mover)


@kernel
def whatever_is_legal(game: Game, view: View, mine: Layers, mover: Int) -> Int:
    """Where no hint carries the number and no discard is allowed: the first hint, or else a play."""
    first_hint = 2 * np.int64(game.hand_size)
    hints = game.legal >> np.uint64(first_hint)
    if hints != 0:
        return first_hint + nth_slot(hints, 0)
    slot, _ = likeliest(game, view, mine, mover)
    return np.int64(game.hand_size) + slot


@kernel
def nth_slot(slots: Int, n: Int) -> Int:
    """The n-th (from 0) of a set of slots."""
    for _ in range(n):
        slots = without_lowest(slots)
    return lowest(slots)
