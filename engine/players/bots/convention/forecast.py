"""What the other players will do with the cards they hold, and what that is worth, in points."""

import numpy as np

from engine.game.kernels import Int, kernel
from engine.game.rules import Game
from engine.players.bots.board import Board
from engine.players.bots.convention.losses import lost_kind
from engine.players.bots.convention.notes import Notes, chop_of, looks_dead, looks_playable, playable_slots
from engine.players.bots.convention.weights import Weights
from engine.players.bots.kinds import bit, has, place_of, size


@kernel
def forecast_others(notes: Notes, game: Game, board: Board, info: Int, weights: Weights) -> float:
    """Points that the others' cards are worth, if the notes and the board were these.

    Args:
      notes: after the mover's move.
      game: before it; no hand but the mover's changes by it.
      board: after it, or before it where the mover cannot know better.
      info: tokens after it.
      weights: what things are worth.
    """
    players, total = np.int64(game.players), 0.0
    for offset in range(1, players):
        if game.drawn == game.deck_size and offset >= np.int64(game.turns_left):
            break  # these players have no turn left
        seat = (np.int64(game.to_move) + offset) % players
        total += _worth_of_hand(notes, game, board, seat, weights)
        if offset > 1 or game.drawn == game.deck_size:
            continue  # only the next player's discard is at hand
        if playable_slots(notes, game, board, seat) == 0:
            chop = chop_of(notes, game, board, seat, weights)
            if chop >= 0:
                risk = weights.discard_risk if info > 0 else weights.forced_risk
                kind = np.int64(game.deck[place_of(game, seat, chop)])
                total -= risk * lost_kind(kind, board, weights)
    return total


@kernel
def _worth_of_hand(notes: Notes, game: Game, board: Board, seat: Int, weights: Weights) -> float:
    """What another player's cards are worth: plays and misplays to come, and what it knows of the rest."""
    total, played = 0.0, np.uint64(0)
    last_round = game.drawn == game.deck_size
    for slot in range(np.int64(game.held[seat])):
        place = place_of(game, seat, slot)
        kind = np.int64(game.deck[place])
        if looks_playable(notes, place, board):
            if has(board.playable & ~played, kind):
                if played == 0:
                    total += weights.play
                elif not last_round:
                    total += weights.next_play
                played |= bit(kind)
            else:
                total -= strike_cost(game, weights) + lost_kind(kind, board, weights)
        elif last_round:
            continue
        elif looks_dead(notes, place, board):
            total += weights.trash - lost_kind(kind, board, weights)
        else:
            doubt = size(np.uint64(notes.possible[place]))
            total -= doubt * (weights.learn_dead if has(board.dead, kind) else weights.learn)
    return total


@kernel
def strike_cost(game: Game, weights: Weights) -> float:
    """What the loss of a life costs: with the last one go all points."""
    if game.lives == 1:
        return np.float64(game.points) + weights.last_life
    return weights.second_strike if game.lives == 2 else weights.strike
