"""The features of `engine.features` as one matrix, reckoned in torch, on whatever device the rows lie on.

A GPU multiplies zeros faster than it finds out where none are, and no row need come back to the CPU to be
spelled out. A test compares every feature with those of the kernels, bit for bit.

Letters: B batch · P seats · H slots (5) · A numbers · F marks.
"""

import torch
from torch import Tensor, nn

from engine import rules
from engine.features import Layout
from engine.moves import Kind
from engine.observation import SLOTS
from engine.tokens import Expansion, Hands, Largest, Odds, field
from engine.variants import MAX_COLOURS, MAX_PLAYERS, MAX_RANKS

_TOKENS, _LIVES, _DECK, _COPIES = 16, 8, 51, 3


class DenseFeatures(nn.Module):
    """Rows → features, without weights; a module, so that its tables move to a device with the network.

    Args:
      layout: for at least as many players as the rows' games have.
    """

    fifty: Tensor

    def __init__(self, layout: Layout) -> None:
        super().__init__()
        self.players = layout.players
        self.reckoning = Expansion(Largest(layout.players), whole=True)
        # a tensor: some devices multiply by the inverse of a plain number, which rounds otherwise
        self.register_buffer("fifty", torch.tensor(50.0), persistent=False)

    def forward(self, rows: Tensor) -> Tensor:
        """float32[B, A + F]: numbers, then each mark as 0 or 1, of rows, uint8[B, 169]."""
        hands = self.reckoning.hands(rows)
        odds = self.reckoning.odds_of(rows, hands)
        known = _known(hands)
        features = [
            *self._numbers(rows, hands, odds),
            known[:, 0],
            self._seen(hands, odds, known),
            *self._board(rows),
            *self._variant(rows),
            self._moves(rows),
        ]
        return torch.cat([feature.flatten(1).float() for feature in features], 1)

    def _numbers(self, rows: Tensor, hands: Hands, odds: Odds) -> list[Tensor]:
        """How likely cards are of each kind; of one's own, also how likely they are of each worth."""
        chances = odds.beliefs * hands.held[..., None]
        # counted before they are made a share, so that nothing is rounded on the way
        facts = (odds.copies[:, 0] @ odds.worth) * odds.share[:, 0] * hands.held[:, 0, :, None]
        own = torch.cat([chances[:, 0], facts], -1)
        return [own, chances[:, 1:], field(rows, "deck_left").float() / self.fifty]

    def _seen(self, hands: Hands, odds: Odds, known: Tensor) -> Tensor:
        """bool[B, P − 1, H, …]: the others' cards, what they are worth, what their holders know."""
        kinds = hands.seen[:, 1:]
        worth = kinds.flatten(1, 2).float() @ odds.worth
        return torch.cat([kinds, worth.view(*kinds.shape[:3], -1) > 0, known[:, 1:]], -1)

    def _board(self, rows: Tensor) -> list[Tensor]:
        one_hot, numbers = self.reckoning.one_hot, self.reckoning.numbers
        exists = field(rows, "colours") > numbers[:MAX_COLOURS]
        deck = field(rows, "deck_left")
        return [
            one_hot(field(rows, "stacks"), MAX_RANKS + 1) & exists[..., None],
            field(rows, "discards")[..., None] > numbers[:_COPIES],
            one_hot(field(rows, "info").clamp(max=_TOKENS - 1), _TOKENS),
            one_hot(field(rows, "lives").clamp(max=_LIVES - 1), _LIVES),
            one_hot(deck, _DECK),
            one_hot(field(rows, "turns_left"), MAX_PLAYERS + 1) & (deck == 0)[..., None],
        ]

    def _variant(self, rows: Tensor) -> list[Tensor]:
        sizes = (
            ("players", MAX_PLAYERS),
            ("colours", MAX_COLOURS),
            ("ranks", MAX_RANKS),
            ("hand_size", SLOTS),
        )
        return [self.reckoning.one_hot(field(rows, name) - 1, most) for name, most in sizes]

    def _moves(self, rows: Tensor) -> Tensor:
        """bool[B, L, …]: the last moves."""
        one_hot = self.reckoning.one_hot
        actor, kind, where, what, effect = field(rows, "last").unbind(2)
        hint = (kind >= int(Kind.COLOUR))[..., None]
        flags = [
            one_hot(actor - 1, self.players),
            one_hot(where, self.players) & hint,
            one_hot(kind, len(Kind)),
            one_hot(where, SLOTS) & ~hint,
            (what[..., None] == self.reckoning.codes) & ~hint,
            one_hot(what, MAX_COLOURS) & (kind == int(Kind.COLOUR))[..., None],
            one_hot(what, MAX_RANKS) & (kind == int(Kind.RANK))[..., None],
            self.reckoning.bits(effect, SLOTS) & hint,
            self.reckoning.bits(effect, 2) & ~hint,
        ]
        return torch.cat(flags, -1) & (field(rows, "last")[:, :, rules.ACTOR] > 0)[..., None]


def _known(hands: Hands) -> Tensor:
    """bool[B, P, H, 18]: what hints named of each card, and the group of the last one's age."""
    youngest = torch.cat([hands.ages[..., 1:], torch.zeros_like(hands.ages[..., :1])], -1)
    return torch.cat([hands.named & hands.ages[..., :1], hands.ages & ~youngest], -1)
