"""What lies open on the table, counted: which kinds of cards score, never will, or must not be lost."""

from typing import Any, TypeAlias

import numpy as np

from engine.game.kernels import Int, kernel
from engine.game.rules import Game, copies_of
from engine.game.variants import KINDS, MAX_COLOURS, MAX_RANKS
from engine.players.bots.kinds import bit

BOARD = np.dtype(
    [
        ("stacks", np.int64, (MAX_COLOURS,)),  # cards on each colour's stack
        ("left", np.int64, (KINDS,)),  # copies neither played nor discarded
        ("gone", np.uint64),  # the set of kinds (engine.players.bots.kinds) without such a copy
        ("playable", np.uint64),  # the set of kinds that score now
        ("dead", np.uint64),  # the set of kinds that can never score any more
        ("critical", np.uint64),  # the set of kinds still wanted of which one copy is left
        ("colours", np.int64),  # of the variant
        ("ranks", np.int64),
    ],
    align=True,
)
"""The open cards of one game, counted."""

Board: TypeAlias = Any
"""One BOARD record, inside a kernel."""


@kernel
def survey(board: Board, game: Game) -> None:
    """Fill a BOARD record with what lies open in a GAME record."""
    board.colours = game.colours
    board.ranks = game.ranks
    for kind in range(KINDS):
        board.left[kind] = 0
    for colour in range(board.colours):
        board.stacks[colour] = game.stacks[colour]
        for rank in range(board.ranks):
            kind = colour * MAX_RANKS + rank
            board.left[kind] = copies_of(rank, board.ranks) - np.int64(game.discards[kind])
            if rank < board.stacks[colour]:
                board.left[kind] -= 1
    judge(board)


@kernel
def judge(board: Board) -> None:
    """Sort the kinds into playable, dead and critical ones, by `stacks` and `left`."""
    playable, dead, critical, gone = np.uint64(0), np.uint64(0), np.uint64(0), np.uint64(0)
    for colour in range(board.colours):
        reachable = True
        for rank in range(board.ranks):
            kind = colour * MAX_RANKS + rank
            if board.left[kind] <= 0:
                gone |= bit(kind)
            if rank < board.stacks[colour]:
                dead |= bit(kind)
                continue
            if not reachable or board.left[kind] <= 0:
                reachable = False
                dead |= bit(kind)
                continue
            if rank == board.stacks[colour]:
                playable |= bit(kind)
            if board.left[kind] == 1:
                critical |= bit(kind)
    board.gone = gone
    board.playable = playable
    board.dead = dead
    board.critical = critical


@kernel
def put_on_stack(to: Board, board: Board, kind: Int) -> None:
    """Fill the BOARD record `to` with what `board` is once a playable kind has been played."""
    for colour in range(MAX_COLOURS):
        to.stacks[colour] = board.stacks[colour]
    for other in range(KINDS):
        to.left[other] = board.left[other]
    to.colours, to.ranks = board.colours, board.ranks
    to.stacks[kind // MAX_RANKS] += 1
    to.left[kind] -= 1
    judge(to)
