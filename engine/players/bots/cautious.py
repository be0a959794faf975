"""The cautious player: plays what it knows to be playable, and tells others of playable cards.

It follows the rule-based players of Osawa ("Solving Hanabi", AAAI Workshop 2015, the one that keeps the
outer state) and of Walton-Rivers et al. ("Evaluating and Modelling Hanabi-Playing Agents", IEEE CEC 2017,
https://arxiv.org/abs/1704.07069). In this order, it

  1. plays a card that its hints and the cards it sees prove playable, the lowest rank first;
  2. hints at a playable card whose owner cannot prove that yet, if there is a token;
  3. discards a card proved dead, or else its oldest;
  4. hints at anything, if it may not discard.

Only where the rules leave nothing but plays does it play a card it is not sure of.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.game import chance, rules
from engine.game.games import PASS, Games
from engine.game.kernels import Int, kernel
from engine.game.moves import MAX_MOVES
from engine.game.rules import Game, Table
from engine.game.variants import MAX_RANKS
from engine.players.agents import Moves
from engine.players.bots.board import BOARD, Board, survey
from engine.players.bots.kinds import (
    has,
    lowest,
    named_kinds,
    place_of,
    ranks_of,
    size,
    told_kinds,
    touched_slots,
)
from engine.players.bots.sight import SIGHT, Sight, count_own, look_around, share

PROVES = 1000
"""What a hint is worth that proves a card playable."""
NARROWS = 20
"""What a hint is worth that touches a playable card its owner is not sure of."""


class Cautious:
    """Keeps no notes: every choice follows from the table."""

    def __init__(self, games: Games) -> None:
        self._board = np.zeros(1, dtype=BOARD)
        self._sight = np.zeros(1, dtype=SIGHT)

    def begin(self, games: Games, which: Moves) -> None:
        """Nothing to forget."""

    def act(self, games: Games, stream: chance.Stream) -> Moves:
        """int64[G]: a move for the player to move in each game, PASS where the game is over."""
        moves = np.full(len(games), PASS, dtype=np.int64)
        _choose_all(games.table, self._board, self._sight, moves)
        return moves

    def watch(self, games: Games, moves: Moves) -> None:
        """Nothing to remember."""


@kernel
def _choose_all(games: Table, boards: NDArray[Any], sights: NDArray[Any], moves: Moves) -> None:
    """Fill int64[G] `moves` for the games that run; boards, sights: BOARD[1], SIGHT[1] to work in."""
    board, sight = boards[0], sights[0]
    for g in range(len(games)):
        game = games[g]
        if game.ending != rules.RUNNING:
            continue
        seat = np.int64(game.to_move)
        survey(board, game)
        look_around(sight, game, board, seat)
        for slot in range(np.int64(game.held[seat])):
            sight.own[slot] = told_kinds(game, place_of(game, seat, slot))
        count_own(sight, np.int64(game.held[seat]))
        moves[g] = _choose(game, board, sight, seat)


@kernel
def _choose(game: Game, board: Board, sight: Sight, seat: Int) -> Int:
    """The move of one game, by the rules above."""
    hand_size = np.int64(game.hand_size)
    slot = _sure_play(game, board, sight, seat)
    if slot >= 0:
        return hand_size + slot
    hint, worth = _best_hint(game, board)
    if worth >= NARROWS:
        return hint
    if game.legal & np.uint64(1):  # slot 0 may be discarded, so every slot may
        slot = _dead_card(game, board, sight, seat)
        return slot if slot >= 0 else np.int64(0)
    if hint >= 0:
        return hint
    return hand_size + _likeliest_play(game, board, sight, seat)


@kernel
def _sure_play(game: Game, board: Board, sight: Sight, seat: Int) -> Int:
    """The slot of a card that is surely playable, of the lowest rank it may have; −1 if there is none."""
    best, best_rank = -1, MAX_RANKS
    for slot in range(np.int64(game.held[seat])):
        if sight.own[slot] & ~board.playable == 0:
            rank = lowest(ranks_of(sight.own[slot]))
            if rank < best_rank:
                best, best_rank = slot, rank
    return best


@kernel
def _dead_card(game: Game, board: Board, sight: Sight, seat: Int) -> Int:
    """The oldest slot whose card is surely dead, −1 if there is none."""
    for slot in range(np.int64(game.held[seat])):
        if sight.own[slot] & ~board.dead == 0:
            return slot
    return -1


@kernel
def _likeliest_play(game: Game, board: Board, sight: Sight, seat: Int) -> Int:
    """The slot whose card is playable with the best chance."""
    best, best_chance = 0, -1.0
    for slot in range(np.int64(game.held[seat])):
        chance_of_it = share(sight, sight.own[slot], board.playable)
        if chance_of_it > best_chance:
            best, best_chance = slot, chance_of_it
    return best


@kernel
def _best_hint(game: Game, board: Board) -> tuple[Int, Int]:
    """The legal hint worth most, the next player's first, and its worth; −1 if no hint is legal."""
    best, most = -1, -1
    for move in range(2 * np.int64(game.hand_size), MAX_MOVES):
        if (game.legal >> np.uint64(move)) & np.uint64(1):
            hint_kind, seat, value = rules.read_hint(game, move)
            worth = _worth(game, board, seat, hint_kind, value)
            if worth > most:
                best, most = move, worth
    return best, most


@kernel
def _worth(game: Game, board: Board, seat: Int, hint_kind: Int, value: Int) -> Int:
    """What a hint tells its receiver: playable cards proved, playable cards touched, kinds excluded."""
    named = named_kinds(hint_kind, value)
    touched = touched_slots(game, seat, hint_kind, value)
    worth = 0
    for slot in range(np.int64(game.held[seat])):
        place = place_of(game, seat, slot)
        before = told_kinds(game, place) & ~board.gone
        after = before & (named if has(touched, slot) else ~named)
        playable = has(board.playable, game.deck[place])
        if after == before or not playable or before & ~board.playable == 0:
            continue
        if after & ~board.playable == 0:
            worth += PROVES
        elif has(touched, slot):
            worth += NARROWS + size(before) - size(after)
    return worth
