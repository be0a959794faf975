"""The features of `engine.networks.features` as one matrix, reckoned in torch, on whatever device.

A GPU multiplies zeros faster than it finds out where none are, and no row need come back to the CPU to be
spelled out. A test compares every feature with those of the kernels, bit for bit.

Letters: B batch · P seats · H slots (5) · A numbers · F marks.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from engine.game import rules
from engine.game.moves import Kind
from engine.game.observation import SLOTS
from engine.game.variants import KINDS, MAX_COLOURS, MAX_PLAYERS, MAX_RANKS
from engine.networks.largest import Largest
from engine.networks.layout import Layout
from engine.networks.marks import COPIES, DECK, LIVES, TOKENS
from engine.networks.tokens import Expansion, Hands, Odds, field


class Dense(NamedTuple):
    """Features of B rows as matrices: of numbers, then of marks."""

    whole: Tensor  # float32[B, A + F]
    own: Tensor  # float32[B, H, …] of each own card
    hints: Tensor  # float32[B, hints, …] of each hint


class DenseFeatures(nn.Module):
    """Rows → features, without weights; a module, so that its tables move to a device with the network.

    Args:
      layout: for games at least as large as the rows'.
    """

    fifty: Tensor
    named: Tensor

    def __init__(self, layout: Layout) -> None:
        super().__init__()
        self.layout = layout
        # all kinds: marks have as many for each card, however few colours there are
        largest = Largest(players=layout.players, hand_size=layout.hand_size)
        self.reckoning = Expansion(largest, whole=True)
        kinds = torch.arange(KINDS)
        named = torch.cat([one_hot(kinds // MAX_RANKS), one_hot(kinds % MAX_RANKS)], 1).float()
        self.register_buffer("named", named, persistent=False)  # [K, C + R] what hints name of each kind
        # a tensor: some devices multiply by the inverse of a plain number, which rounds otherwise
        self.register_buffer("fifty", torch.tensor(50.0), persistent=False)

    def forward(self, rows: Tensor) -> Dense:
        """Numbers, then each mark as 0 or 1, of rows, uint8[B, 169]; of moves, how often each is set."""
        hands = self.reckoning.hands(rows)
        odds = self.reckoning.odds_of(rows, hands)
        known = _known(hands)
        numbers, seen = self._numbers(rows, hands, odds), self._seen(hands, odds, known)
        features = [
            *numbers,
            known[:, 0],
            seen,
            *self._board(rows),
            *self._variant(rows),
            self._moves(rows),
        ]
        whole = torch.cat([feature.flatten(1).float() for feature in features], 1)
        return Dense(whole, self._own(rows, hands, numbers[0], known[:, 0]), self._hints(hands, seen))

    @property
    def _slots(self) -> Tensor:
        """bool[H, S]: which slot each of a hand's is."""
        return self.reckoning.one_hot(self.reckoning.numbers[: self.layout.hand_size], SLOTS)

    def _own(self, rows: Tensor, hands: Hands, numbers: Tensor, known: Tensor) -> Tensor:
        """float32[B, H, …]: each own card; 0 where there is none."""
        held = hands.held[:, 0, :, None]
        last = field(rows, "last")
        actor, kind, where, _, effect = last.unbind(2)
        to_me = (kind >= int(Kind.COLOUR)) & (where == 0) & (actor > 0)
        touched = self.reckoning.bits(effect, self.layout.hand_size) & to_me[..., None]
        touched = touched.transpose(1, 2)
        slots = self._slots.expand(len(rows), -1, -1)
        return torch.cat([numbers, known & held, slots & held, touched & held], -1)

    def _hints(self, hands: Hands, seen: Tensor) -> Tensor:
        """float32[B, hints, …]: each hint, colours first; 0 where it touches no card."""
        kinds = hands.seen[:, 1:]  # [B, P − 1, H, K]
        touches = (kinds.float() @ self.named).transpose(2, 3)  # [B, P − 1, C + R, H]
        cards = torch.cat([seen.float(), self._slots.expand(*kinds.shape[:2], -1, -1).float()], -1)
        bags, any_card = self._by_value(touches @ cards), self._by_value(touches.amax(3, keepdim=True))
        return torch.cat([bags, torch.eye(bags.shape[1], device=bags.device) * any_card], -1)

    def _by_value(self, hints: Tensor) -> Tensor:
        """float32[B, hints, …] of float32[B, P − 1, C + R, …]: colours to all first, then ranks."""
        colours = hints[:, :, : self.layout.colours]
        ranks = hints[:, :, MAX_COLOURS : MAX_COLOURS + self.layout.ranks]
        return torch.cat([colours.flatten(1, 2), ranks.flatten(1, 2)], 1)

    def _numbers(self, rows: Tensor, hands: Hands, odds: Odds) -> list[Tensor]:
        """How likely cards are of each kind; of one's own, also how likely they are of each worth."""
        chances = odds.beliefs[..., : self.layout.told] * hands.held[..., None]
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
        flag, numbers = self.reckoning.one_hot, self.reckoning.numbers
        exists = field(rows, "colours") > numbers[:MAX_COLOURS]
        deck = field(rows, "deck_left")
        return [
            flag(field(rows, "stacks"), MAX_RANKS + 1) & exists[..., None],
            field(rows, "discards")[..., None] > numbers[:COPIES],
            flag(field(rows, "info").clamp(max=TOKENS - 1), TOKENS),
            flag(field(rows, "lives").clamp(max=LIVES - 1), LIVES),
            flag(deck, DECK),
            flag(field(rows, "turns_left"), MAX_PLAYERS + 1) & (deck == 0)[..., None],
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
        flag = self.reckoning.one_hot
        actor, kind, where, what, effect = field(rows, "last").unbind(2)
        hint = (kind >= int(Kind.COLOUR))[..., None]
        flags = [
            flag(actor - 1, self.layout.players),
            flag(where, self.layout.players) & hint,
            flag(kind, len(Kind)),
            flag(where, SLOTS) & ~hint,
            (what[..., None] == self.reckoning.codes) & ~hint,
            flag(what, MAX_COLOURS) & (kind == int(Kind.COLOUR))[..., None],
            flag(what, MAX_RANKS) & (kind == int(Kind.RANK))[..., None],
            self.reckoning.bits(effect, SLOTS) & hint,
            self.reckoning.bits(effect, 2) & ~hint,
        ]
        return torch.cat(flags, -1) & (field(rows, "last")[:, :, rules.ACTOR] > 0)[..., None]


def _known(hands: Hands) -> Tensor:
    """bool[B, P, H, 18]: what hints named of each card, and the group of the last one's age."""
    youngest = torch.cat([hands.ages[..., 1:], torch.zeros_like(hands.ages[..., :1])], -1)
    return torch.cat([hands.named & hands.ages[..., :1], hands.ages & ~youngest], -1)
