"""How a move is chosen: each legal one is scored in points, and the best is made.

A hint is scored by trying it: it is heard in a copy of the notes, and what the others would then do with
their cards, which the mover sees, is forecast. A play or discard is scored by what the mover knows of the
card, and by what the others would do without a hint.
"""

import numpy as np

from engine.game.kernels import Int, kernel
from engine.game.moves import MAX_MOVES
from engine.game.rules import Game
from engine.game.variants import MAX_RANKS
from engine.players.bots.board import Board, put_on_stack
from engine.players.bots.convention.forecast import forecast_others, strike_cost
from engine.players.bots.convention.hints import hear
from engine.players.bots.convention.losses import expected_loss
from engine.players.bots.convention.notes import CALLED, SPARED, Notes, copy_notes, looks_playable
from engine.players.bots.convention.weights import Weights
from engine.players.bots.kinds import is_single, lowest, place_of
from engine.players.bots.sight import Sight, share


@kernel
def choose(
    notes: Notes,
    game: Game,
    board: Board,
    sight: Sight,
    trial_notes: Notes,
    trial_board: Board,
    weights: Weights,
) -> Int:
    """The id of the best move.

    Args:
      notes: of the game, settled.
      game: of which only the others' hands and what lies open are read.
      board: what lies open.
      sight: what the mover sees, and knows of its own cards.
      trial_notes: to try hints in.
      trial_board: to try plays on.
      weights: what things are worth.
    """
    hand_size, info = np.int64(game.hand_size), np.int64(game.info)
    after_play = forecast_others(notes, game, board, info, weights)
    after_discard = forecast_others(notes, game, board, info + 1, weights)
    best, most = -1, -1e9
    for move in range(MAX_MOVES):
        if not (game.legal >> np.uint64(move)) & np.uint64(1):
            continue
        if move >= 2 * hand_size:
            points = _score_hint(notes, game, board, trial_notes, move, weights)
        elif move >= hand_size:
            slot = move - hand_size
            points = _score_play(notes, game, board, sight, slot, weights)
            known = sight.own[slot]
            if is_single(known) and known & board.playable != 0:
                put_on_stack(trial_board, board, lowest(known))
                points += forecast_others(notes, game, trial_board, info, weights)
            else:
                points += after_play
        else:
            points = after_discard + _score_discard(notes, game, board, sight, move, weights)
        if points > most + 1e-9:
            best, most = move, points
    return best


@kernel
def _score_hint(
    notes: Notes, game: Game, board: Board, trial_notes: Notes, hint: Int, weights: Weights
) -> float:
    """Points expected of a hint."""
    copy_notes(notes, trial_notes)
    hear(trial_notes, game, board, hint, weights)
    info = np.int64(game.info) - 1
    cost = _token_worth(game, info, weights) + (weights.last_token if info == 0 else 0.0)
    return forecast_others(trial_notes, game, board, info, weights) - cost


@kernel
def _score_play(notes: Notes, game: Game, board: Board, sight: Sight, slot: Int, weights: Weights) -> float:
    """Points expected of playing an own card, without what the others do then."""
    place = place_of(game, np.int64(game.to_move), slot)
    possible = sight.own[slot]
    if notes.flags[place] & CALLED and possible & ~board.dead != 0:
        possible &= ~board.dead
    if possible & ~board.playable == 0:
        secret = 0.0 if looks_playable(notes, place, board) else weights.secret
        return weights.own_play + secret - weights.low_first * (lowest(possible) % MAX_RANKS)
    chance = share(sight, possible, board.playable)
    failure = strike_cost(game, weights) + _unsaved_turn(game, weights)
    failure += expected_loss(possible & ~board.playable, sight, board, weights)
    if game.drawn < game.deck_size:
        failure += weights.early_strike
    return chance * weights.own_play - (1.0 - chance) * failure


@kernel
def _score_discard(
    notes: Notes, game: Game, board: Board, sight: Sight, slot: Int, weights: Weights
) -> float:
    """Points expected of discarding an own card, without what the others do then."""
    info = np.int64(game.info)
    loss = expected_loss(sight.own[slot], sight, board, weights)
    if notes.flags[place_of(game, np.int64(game.to_move), slot)] & SPARED:
        loss *= weights.spared
    gain = _token_worth(game, info, weights) + (weights.no_token if info == 0 else 0.0)
    return gain - loss - _unsaved_turn(game, weights)


@kernel
def _token_worth(game: Game, info: Int, weights: Weights) -> float:
    """What one token more than `info` is worth: nothing, if too few turns are left to spend it."""
    turns = np.int64(game.deck_size) - np.int64(game.drawn) + np.int64(game.players)
    if game.drawn == game.deck_size or turns < weights.glut * (info + 1):
        return 0.0
    return weights.token


@kernel
def _unsaved_turn(game: Game, weights: Weights) -> float:
    """What it costs to draw a card, or use up a last turn, without a point: `pace`, if none is to spare."""
    turns = np.int64(game.turns_left)
    if game.drawn < game.deck_size:
        turns += np.int64(game.deck_size) - np.int64(game.drawn)
    missing = np.int64(game.colours) * np.int64(game.ranks) - np.int64(game.points)
    return weights.pace if turns <= missing else 0.0
