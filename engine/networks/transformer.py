"""`transformer`: tokens of cards, board and last moves look at each other, and answer each for itself.

Vaswani et al., "Attention is all you need", 2017; layer norm goes before each step as in Xiong et al., "On
layer normalization in the transformer architecture", 2020. One set of weights serves all numbers of players
and all variants, for nothing depends on how many tokens there are: seats and slots that a game lacks are left
out where no game of the batch has them, and else are masked.

Letters: B batch · P seats · H slots · T = 1 + P·H tokens of board and cards · L last moves · D width.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import pad, relu, scaled_dot_product_attention

from engine.errors import EngineError
from engine.game import rules
from engine.game.observation import SLOTS
from engine.game.variants import MAX_COLOURS, MAX_PLAYERS, MAX_RANKS
from engine.networks.largest import Largest
from engine.networks.network import Network
from engine.networks.tokens import Expansion

_WIDER = 4  # how much wider the hidden layer of a block is
_EVEN = 16
"""Attention looks at a multiple of so many places: on a CPU, 15 take five times as long as 16."""
_FIRST_SCALE = 0.01  # of the heads' first weights: first values lie near 0
_VALUES = MAX_COLOURS + MAX_RANKS


class ModelError(EngineError):
    """Numbers that make no network."""


class Thoughts(NamedTuple):
    """What the body makes of rows: a vector for each token that answers; 0 where there is no card."""

    board: Tensor  # float32[B, D]
    cards: Tensor  # float32[B, P, H, D]


class Block(nn.Module):
    """One layer: tokens look at each other, then each thinks for itself.

    Args:
      width: D.
      heads: of attention, a divisor of D.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.before_looking = nn.LayerNorm(width)
        # no biases: norms and tokens have their own, and on a CPU each costs a pass over memory
        self.queries = nn.Linear(width, width, bias=False)
        self.keys_values = nn.Linear(width, 2 * width, bias=False)
        self.looked = nn.Linear(width, width, bias=False)
        self.before_thinking = nn.LayerNorm(width)
        self.wide = nn.Linear(width, _WIDER * width, bias=False)
        self.narrow = nn.Linear(_WIDER * width, width, bias=False)

    def forward(self, x: Tensor, there: Tensor, asking: int) -> Tensor:
        """float32[B, asking, D]: what becomes of the first `asking` tokens.

        Args:
          x: float32[B, tokens, D].
          there: bool[B, 1, 1, at least as many] which of them may be looked at.
          asking: how many of the tokens look, and are needed afterwards.
        """
        normed = self.before_looking(x)
        looked_at = self.keys_values(normed)
        spare = there.shape[3] - x.shape[1]
        nothing = looked_at.new_zeros(1).expand(len(x), spare, looked_at.shape[2])
        looked_at = torch.cat([looked_at, nothing], 1)
        keys, values = self._by_head(looked_at, 2)
        if asking < x.shape[1]:
            x, normed = x[:, :asking], normed[:, :asking]
        (queries,) = self._by_head(self.queries(normed), 1)
        seen = scaled_dot_product_attention(queries, keys, values, there)
        x = x + self.looked(seen.transpose(1, 2).flatten(2))
        # flat, so that what is overwritten is no view, which would be copied in learning
        wide = relu(self.wide(self.before_thinking(x).flatten(0, 1)), inplace=True)
        return x + self.narrow(wide).view_as(x)

    def _by_head(self, x: Tensor, parts: int) -> tuple[Tensor, ...]:
        """float32[B, heads, tokens, D / heads] for each part of float32[B, tokens, parts · D]."""
        return x.reshape(*x.shape[:2], parts, self.heads, -1).permute(2, 0, 3, 1, 4).unbind()


class Transformer(Network):
    """Attention over tokens; the advantage of a move is read where it happens.

    A play or discard is judged by the token of the card, hints by the hand hinted at and the board, the
    position by the board; beliefs about own cards by their tokens.

    Args:
      largest: the largest games it shall see; rows of larger ones are the caller's error.
      width: D, numbers of a token.
      heads: of attention in each layer.
      layers: of attention.

    Raises:
      ModelError: the heads do not divide the width.
    """

    def __init__(self, largest: Largest, width: int = 128, heads: int = 4, layers: int = 4) -> None:
        if width % heads:
            raise ModelError(f"num_heads = {heads} does not divide d_model = {width}")
        super().__init__()
        self.expansion = Expansion(largest)
        self.of_board = nn.Linear(self.expansion.board_width, width)
        self.of_card = nn.Linear(self.expansion.card_width, width)
        self.of_move = nn.Linear(self.expansion.move_width, width)
        self.of_seat = nn.Parameter(torch.randn(largest.players, 1, width) * width**-0.5)
        self.of_slot = nn.Parameter(torch.randn(largest.hand_size, width) * width**-0.5)
        self.of_time = nn.Parameter(torch.randn(rules.HISTORY, width) * width**-0.5)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.last_norm = nn.LayerNorm(width)
        self.position_head = nn.Linear(width, 1)
        self.play_head = nn.Linear(width, 2)  # discard, play
        self.hint_head = nn.Linear(width, _VALUES)  # of the cards of a hand
        self.any_hint_head = nn.Linear(width, _VALUES)  # of the board
        self.belief_head = nn.Linear(width, _VALUES)
        for head in (
            self.position_head,
            self.play_head,
            self.hint_head,
            self.any_hint_head,
            self.belief_head,
        ):
            nn.init.normal_(head.weight, std=_FIRST_SCALE)
            nn.init.zeros_(head.bias)

    def body(self, rows: Tensor) -> Thoughts:
        """Thoughts about rows, uint8[B, 169], B > 0, on the device of the weights."""
        board, cards, moves, held, made = self.expansion(rows)
        count, players, hand_size, _ = cards.shape
        places = self.of_seat[:players] + self.of_slot[:hand_size]
        x = torch.cat(
            [
                self.of_board(board)[:, None],
                (self.of_card(cards) + places).flatten(1, 2),
                self.of_move(moves) + self.of_time,
            ],
            1,
        )
        there = torch.cat([held.new_ones(count, 1), held.flatten(1), made], 1)
        there = pad(there, (0, -x.shape[1] % _EVEN))[:, None, None]
        answering = 1 + players * hand_size
        for block in self.blocks[:-1]:
            x = block(x, there, x.shape[1])
        x = self.blocks[-1](x, there, answering)  # nobody asks the moves for their last word
        x = self.last_norm(x).float()  # it may be reckoned in less
        return Thoughts(x[:, 0], x[:, 1:].reshape(cards.shape[:3] + x.shape[2:]) * held[..., None])

    def appraise(self, made: Thoughts) -> tuple[Tensor, Tensor]:
        """float32[B, 1], float32[B, M]: of the position, and of moves by shared number."""
        own, others = made.cards[:, 0], made.cards[:, 1:]
        acts = pad(self.play_head(own), (0, 0, 0, SLOTS - own.shape[1]))
        hints = self.hint_head(others.sum(2) * SLOTS**-0.5) + self.any_hint_head(made.board)[:, None]
        hints = pad(hints, (0, 0, 0, MAX_PLAYERS - 1 - others.shape[1]))
        of_colours, of_ranks = hints[:, :, :MAX_COLOURS], hints[:, :, MAX_COLOURS:]
        advantages = [acts[:, :, 0], acts[:, :, 1], of_colours.flatten(1), of_ranks.flatten(1)]
        return self.position_head(made.board), torch.cat(advantages, 1)

    def guess(self, made: Thoughts) -> Tensor:
        """float32[B, S, C + R]: beliefs; of slots without a card, always the same."""
        own = made.cards[:, 0]
        return self.belief_head(pad(own, (0, 0, 0, SLOTS - own.shape[1])))
