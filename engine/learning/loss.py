"""What learning makes small: the error of values, and of beliefs about one's own cards.

Letters: B batch · M shared moves (50) · S slots (5) · C colours (5) · R ranks (5).
"""

import torch
from torch import Tensor
from torch.nn import functional

from engine.game.variants import MAX_COLOURS, MAX_RANKS


def value_loss(values: Tensor, moves: Tensor, targets: Tensor, bend: float) -> Tensor:
    """Mean Huber loss, in points, of the values of the moves that were made.

    Huber, "Robust Estimation of a Location Parameter", 1964: quadratic up to the bend, then a line. With a
    small bend learning is quick, for the −20 of a late strike-out does not drown the rest; but then values
    lean towards the median, which hardly knows of rare strike-outs. With a large one they are means.

    Args:
      values: float32[B, M].
      moves: int64[B] shared numbers.
      targets: float32[B] returns.
      bend: points.
    """
    made = values.gather(1, moves[:, None])[:, 0]
    return functional.huber_loss(made, targets, delta=bend)


def belief_loss(beliefs: Tensor, own: Tensor) -> Tensor:
    """Mean cross-entropy, in nats a card, of colour and rank of one's own cards; 0 where nobody holds one.

    Args:
      beliefs: float32[B, S, C + R] logits of the colour, then of the rank.
      own: uint8[B, S] the true cards, 1 + 5 · colour + rank; 0 for an empty slot.
    """
    own = own.reshape(-1)  # a slice of samples is not contiguous
    held = own > 0
    kinds = own.long().sub(1).clamp(min=0)
    colours, ranks = torch.split(
        beliefs.reshape(-1, MAX_COLOURS + MAX_RANKS), [MAX_COLOURS, MAX_RANKS], dim=1
    )
    surprise = functional.cross_entropy(
        colours, kinds // MAX_RANKS, reduction="none"
    ) + functional.cross_entropy(ranks, kinds % MAX_RANKS, reduction="none")
    return torch.where(held, surprise, 0.0).sum() / held.sum().clamp(min=1)
