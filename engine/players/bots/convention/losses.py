"""What it costs to lose a card, in points: to the team, and by the convention, in the choice of a chop."""

from engine.game.kernels import Int, kernel
from engine.game.variants import MAX_RANKS
from engine.players.bots.board import Board
from engine.players.bots.convention.weights import Weights
from engine.players.bots.kinds import has, lowest, without_lowest
from engine.players.bots.sight import Counted


@kernel
def lost_kind(kind: Int, board: Board, weights: Weights) -> float:
    """What the loss of one copy of a kind costs."""
    return _cost(kind, board, weights.critical, weights.soon, weights.spare)


@kernel
def expected_loss(kinds: Int, cards: Counted, board: Board, weights: Weights) -> float:
    """What losing a card costs that may be of these kinds, by the copies left."""
    return _expected(kinds, cards, board, weights.critical, weights.soon, weights.spare)


@kernel
def chop_loss(kinds: Int, board: Board, weights: Weights) -> float:
    """The same by all that the whole table knows of the card, and by the numbers of the convention."""
    return _expected(kinds, board, board, weights.chop_critical, weights.chop_soon, weights.chop_spare)


@kernel
def _expected(kinds: Int, cards: Counted, board: Board, critical: float, soon: float, spare: float) -> float:
    """The mean of _cost over the copies left of some kinds."""
    total, copies = 0.0, 0
    while kinds != 0:
        kind = lowest(kinds)
        kinds = without_lowest(kinds)
        if cards.left[kind] > 0:
            copies += cards.left[kind]
            total += cards.left[kind] * _cost(kind, board, critical, soon, spare)
    return total / copies if copies > 0 else 0.0


@kernel
def _cost(kind: Int, board: Board, critical: float, soon: float, spare: float) -> float:
    """What the loss of one copy of a kind costs, by three of the weights."""
    ranks_above = board.ranks - kind % MAX_RANKS
    if has(board.dead, kind):
        return 0.0
    if has(board.critical, kind):
        return critical * ranks_above
    return soon if has(board.playable, kind) else spare * ranks_above
