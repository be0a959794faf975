"""What a transformer sees of compact rows: a board, cards and last moves, each a list of numbers from 0 to 1.

All is reckoned in torch, on the device where the rows lie: a few elementwise steps over the whole batch. It
says what `features.py` says, and the beliefs and worths of kinds are the same numbers; a test compares them.

Letters: B batch · P seats · H slots · C colours · R ranks · K = C·R kinds · L last moves (4).
"""

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from engine.game import rules
from engine.game.moves import Kind
from engine.game.observation import ROW
from engine.game.variants import MAX_PLAYERS, MAX_RANKS, copies
from engine.networks.largest import Largest
from engine.networks.marks import AGES, COPIES, DECK, FACTS, LIVES, TOKENS

_FIELDS: Any = ROW.fields
_BOARD_NUMBERS = 2 * TOKENS + LIVES + DECK + MAX_PLAYERS + 1  # one-hot


class Tokens(NamedTuple):
    """Rows taken apart; P and H are the most seats and slots that any game of the batch has."""

    board: Tensor  # float32[B, board_width]
    cards: Tensor  # float32[B, P, H, card_width], the observer's own first
    moves: Tensor  # float32[B, L, move_width], the newest first
    held: Tensor  # bool[B, P, H] where there is a card
    made: Tensor  # bool[B, L] where there was a move


class Hands(NamedTuple):
    """What is known of cards without reckoning."""

    held: Tensor  # bool[B, P, H] whether there is a card
    seen: Tensor  # bool[B, P, H, K] its kind, if the observer sees it
    colours: Tensor  # bool[B, P, H, C] which colours hints leave possible
    ranks: Tensor  # bool[B, P, H, R] which ranks
    named: Tensor  # bool[B, P, H, C + R] which of them a hint named
    ages: Tensor  # bool[B, P, H, 8] whether the last hint is at least so old; all False: never hinted


class Odds(NamedTuple):
    """What can be reckoned of hidden cards, and what kinds of cards are worth."""

    unseen: Tensor  # float32[B, K] copies of each kind that the observer sees nowhere
    copies: Tensor  # float32[B, P, H, K] copies of each kind that a card may be one of, for who knows no hand
    # but hints; of own cards, for the observer, who sees the other hands
    share: Tensor  # float32[B, P, H, 1] how likely each such copy is the card
    worth: Tensor  # float32[B, K, 3] whether a kind is playable, useless, the last of its kind and needed

    @property
    def beliefs(self) -> Tensor:
        """float32[B, P, H, K]: how likely a card is of each kind."""
        return self.copies * self.share


def field(rows: Tensor, name: str) -> Tensor:
    """uint8[B, …]: a field of rows (uint8[B, 169]); a field of one number is uint8[B, 1]."""
    kind, at = _FIELDS[name][:2]
    columns = rows[:, at : at + kind.itemsize]
    return columns.view(len(rows), *kind.shape) if kind.shape else columns


class Expansion(nn.Module):
    """Rows → tokens, without weights; a module, so that its tables move to a device with the network.

    Args:
      largest: no row may be of a larger game; this is not checked.
      whole: tokens always for the largest game, so that their number is known without a look at the rows.
    """

    numbers: Tensor
    ages: Tensor
    codes: Tensor
    copies: Tensor

    def __init__(self, largest: Largest, *, whole: bool = False) -> None:
        super().__init__()
        self.largest, self.whole = largest, whole
        codes = [
            1 + MAX_RANKS * colour + rank
            for colour in range(largest.colours)
            for rank in range(largest.ranks)
        ]
        counts = [
            [copies(rank, ranks) if rank < ranks else 0 for rank in range(largest.ranks)]
            for ranks in range(MAX_RANKS + 1)
        ]
        self._table("numbers", torch.arange(DECK + 1, dtype=torch.uint8))
        self._table("ages", torch.tensor(AGES, dtype=torch.uint8))
        self._table("codes", torch.tensor(codes, dtype=torch.uint8))  # of each kind, as in rows
        self._table("copies", torch.tensor(counts, dtype=torch.float32))  # [ranks of the game, R]

    @property
    def board_width(self) -> int:
        """Numbers of a board."""
        heights = self.largest.colours * (self.largest.ranks + 1)
        variant = self.largest.players + self.largest.colours + self.largest.ranks + self.largest.hand_size
        return heights + self.largest.kinds * (COPIES + COPIES + FACTS) + _BOARD_NUMBERS + variant + 1

    @property
    def card_width(self) -> int:
        """Numbers of a card."""
        values = self.largest.colours + self.largest.ranks
        return 2 * self.largest.kinds + 2 * values + 2 * FACTS + len(AGES)

    @property
    def move_width(self) -> int:
        """Numbers of a move."""
        seats, values = 2 * self.largest.players, self.largest.colours + self.largest.ranks
        return seats + len(Kind) + 2 * self.largest.hand_size + self.largest.kinds + values + 2

    def forward(self, rows: Tensor) -> Tokens:
        """Tokens of rows, uint8[B, 169], B > 0."""
        hands = self.hands(rows)
        odds = self.odds_of(rows, hands)
        moved = field(rows, "last")[:, :, rules.ACTOR] > 0
        board, cards, moves = self._board(rows, odds), self._cards(hands, odds), self._moves(rows)
        return Tokens(board, cards, moves, hands.held, moved)

    def _table(self, name: str, table: Tensor) -> None:
        self.register_buffer(name, table, persistent=False)

    def one_hot(self, numbers: Tensor, count: int) -> Tensor:
        """bool[…, count]: which of 0 … count − 1 each of some numbers is."""
        return numbers[..., None] == self.numbers[:count]

    def bits(self, bits: Tensor, count: int) -> Tensor:
        """bool[…, count]: the lowest bits of each of some numbers."""
        return ((bits[..., None] >> self.numbers[:count]) & 1).bool()

    def hands(self, rows: Tensor) -> Hands:
        """What is known without reckoning, of rows, uint8[B, 169], B > 0."""
        players, hand_size = self.largest.players, self.largest.hand_size
        if not self.whole:  # what no game of the batch has costs nothing
            sizes = torch.cat([field(rows, "players"), field(rows, "hand_size")], 1)
            players, hand_size = sizes.amax(0).tolist()
        cards, of_colour, of_rank, ages = (
            field(rows, name)[:, :players, :hand_size]
            for name in ("cards", "colours_left", "ranks_left", "hint_age")
        )
        colours = self.bits(of_colour, self.largest.colours)
        ranks = self.bits(of_rank, self.largest.ranks)
        named = [
            colours & (of_colour >= rules.HINTED)[..., None],
            ranks & (of_rank >= rules.HINTED)[..., None],
        ]
        return Hands(
            cards > 0,
            cards[..., None] == self.codes,
            colours,
            ranks,
            torch.cat(named, -1),
            ages[..., None] >= self.ages,
        )

    def odds_of(self, rows: Tensor, hands: Hands) -> Odds:
        """Beliefs and worths of rows, whose hands were looked at."""
        stacks = field(rows, "stacks")[:, : self.largest.colours, None]
        discards = field(rows, "discards")[:, : self.largest.colours, : self.largest.ranks]
        exists = (field(rows, "colours") > self.numbers[: self.largest.colours])[..., None]
        exists = exists & (field(rows, "ranks") > self.numbers[: self.largest.ranks])[:, None]
        left = (self.copies[field(rows, "ranks")[:, 0].int()][:, None] - discards) * exists
        on_stack = (stacks > self.numbers[: self.largest.ranks]) & exists
        reach = ((left > 0) | on_stack).float().cumprod(2) > 0  # every card before it can still be played
        needed = exists & reach & ~on_stack
        playable = needed & (stacks == self.numbers[: self.largest.ranks])
        worth = torch.stack([playable, exists & ~needed, needed & ~playable & (left == 1)], -1)

        untold = (left - on_stack.float()).flatten(1)
        unseen = untold - hands.seen[:, 1:].sum((1, 2))
        counts = torch.cat([unseen[:, None], untold[:, None].expand(-1, hands.seen.shape[1] - 1, -1)], 1)
        possible = (hands.colours[..., :, None] & hands.ranks[..., None, :]).flatten(3)
        weights = possible * counts[:, :, None]
        total = weights.sum(3, keepdim=True)
        share = (1 / total).masked_fill(total <= 0, 0.0)
        return Odds(unseen, weights, share, worth.flatten(1, 2).float())

    def _cards(self, hands: Hands, odds: Odds) -> Tensor:
        kinds = torch.cat([hands.seen.float(), odds.beliefs], -1)
        # what a seen card is worth, and what its holder may hope that it is
        facts = kinds.view(len(kinds), -1, self.largest.kinds) @ odds.worth
        known = torch.cat([hands.colours, hands.ranks, hands.named, hands.ages], -1).float()
        return torch.cat([kinds, facts.view(*kinds.shape[:3], 2 * FACTS), known], -1)

    def _board(self, rows: Tensor, odds: Odds) -> Tensor:
        heights = self.one_hot(field(rows, "stacks")[:, : self.largest.colours], self.largest.ranks + 1)
        discards = field(rows, "discards")[:, : self.largest.colours, : self.largest.ranks, None]
        deck = field(rows, "deck_left")
        turns = self.one_hot(field(rows, "turns_left"), MAX_PLAYERS + 1) & (deck == 0)[..., None]
        of_variant = [
            self.one_hot(field(rows, name) - 1, count)
            for name, count in (
                ("players", self.largest.players),
                ("colours", self.largest.colours),
                ("ranks", self.largest.ranks),
                ("hand_size", self.largest.hand_size),
            )
        ]
        flags = [
            heights,
            discards > self.numbers[:COPIES],
            odds.unseen[..., None] > self.numbers[:COPIES],
            self.one_hot(field(rows, "info").clamp(max=TOKENS - 1), TOKENS),
            self.one_hot(field(rows, "max_info").clamp(max=TOKENS - 1), TOKENS),
            self.one_hot(field(rows, "lives").clamp(max=LIVES - 1), LIVES),
            self.one_hot(deck, DECK),
            turns,
            *of_variant,
        ]
        numbers = torch.cat([flag.flatten(1) for flag in flags], 1).float()
        return torch.cat([numbers, odds.worth.flatten(1), deck / 50], 1)

    def _moves(self, rows: Tensor) -> Tensor:
        last = field(rows, "last")
        actor, kind, where, what, effect = last.unbind(2)
        hint = (kind >= int(Kind.COLOUR))[..., None]
        players, hand_size = self.largest.players, self.largest.hand_size
        flags = [
            self.one_hot(actor - 1, players),
            self.one_hot(kind, len(Kind)),
            self.one_hot(where, players) & hint,
            self.one_hot(where, hand_size) & ~hint,
            (what[..., None] == self.codes) & ~hint,
            self.one_hot(what, self.largest.colours) & (kind == int(Kind.COLOUR))[..., None],
            self.one_hot(what, self.largest.ranks) & (kind == int(Kind.RANK))[..., None],
            self.bits(effect, hand_size) & hint,  # touched
            self.bits(effect, 2) & ~hint,  # scored, token returned
        ]
        return torch.cat(flags, -1).float()
