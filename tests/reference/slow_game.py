"""The rules and the compact row, slowly and obviously: one game in lists, sets and words."""

from engine.game.moves import SHARED, Kind, Move, number, table
from engine.game.variants import Variant


class SlowGame:
    """One game, kept as a person would keep it."""

    def __init__(self, variant: Variant, deck: list[int]) -> None:
        self.variant = variant
        self.deck = [self._card(kind) for kind in deck]
        self.hands: list[list[dict]] = [
            [self.deck.pop(0) for _ in range(variant.hand_size)] for _ in range(variant.players)
        ]
        self.stacks = [0] * variant.colours
        self.gone: list[tuple[int, int]] = []
        self.info, self.lives = variant.info_tokens, variant.life_tokens
        self.seat, self.turns_left = 0, variant.players
        self.history: list[dict] = []

    def _card(self, kind: int) -> dict:
        return {
            "colour": kind // 5,
            "rank": kind % 5,
            "colours": set(range(self.variant.colours)),
            "ranks": set(range(self.variant.ranks)),
            "told_colour": False,
            "told_rank": False,
            "told_in_move": 0,
        }

    @property
    def over(self) -> bool:
        complete = self.stacks == [self.variant.ranks] * self.variant.colours
        return self.lives == 0 or complete or self.turns_left == 0

    def legal(self) -> list[Move]:
        moves = []
        for move in table(self.variant):
            if move.kind in (Kind.PLAY, Kind.DISCARD):
                possible = move.slot < len(self.hands[self.seat])
                if move.kind == Kind.DISCARD and self.info == self.variant.info_tokens:
                    possible = False
            else:
                hand = self.hands[(self.seat + move.offset) % self.variant.players]
                aspect = "colour" if move.kind == Kind.COLOUR else "rank"
                possible = self.info > 0 and any(card[aspect] == move.value for card in hand)
            if possible and not self.over:
                moves.append(move)
        return moves

    def make(self, move: Move) -> None:
        if not self.deck:
            self.turns_left -= 1
        hand = self.hands[self.seat]
        entry = {"actor": self.seat, "kind": int(move.kind)}
        if move.kind in (Kind.COLOUR, Kind.RANK):
            self.info -= 1
            target = (self.seat + move.offset) % self.variant.players
            entry |= {"where": target, "what": move.value, "effect": self._tell(target, move)}
        else:
            card = hand.pop(move.slot)
            code = 1 + 5 * card["colour"] + card["rank"]
            entry |= {"where": move.slot, "what": code, "effect": 0}
            if move.kind == Kind.PLAY:
                entry["effect"] = self._play(card)
            else:
                self.gone.append((card["colour"], card["rank"]))
                self.info += 1
            if self.deck and not self.over:
                hand.append(self.deck.pop(0))
        self.history.append(entry)
        self.seat = (self.seat + 1) % self.variant.players

    def _tell(self, target: int, move: Move) -> int:
        aspect, left = ("colour", "colours") if move.kind == Kind.COLOUR else ("rank", "ranks")
        touched = 0
        for slot, card in enumerate(self.hands[target]):
            if card[aspect] == move.value:
                card[left], card[f"told_{aspect}"] = {move.value}, True
                card["told_in_move"] = len(self.history) + 1
                touched |= 1 << slot
            else:
                card[left].discard(move.value)
        return touched

    def _play(self, card: dict) -> int:
        if self.stacks[card["colour"]] != card["rank"]:
            self.gone.append((card["colour"], card["rank"]))
            self.lives -= 1
            return 0
        self.stacks[card["colour"]] += 1
        if card["rank"] == self.variant.ranks - 1 and self.info < self.variant.info_tokens:
            self.info += 1
            return 1 | 2
        return 1

    def row(self, observer: int) -> list[int]:
        """169 numbers."""
        v = self.variant
        numbers = [1, v.players, v.colours, v.ranks, v.hand_size, v.info_tokens, v.life_tokens]
        numbers += [self.info, self.lives, len(self.deck), self.turns_left]
        numbers += self.stacks + [0] * (5 - v.colours)
        numbers += [self.gone.count((colour, rank)) for colour in range(5) for rank in range(5)]
        codes, of_colour, of_rank, ages = [], [], [], []
        for offset in range(5):
            hand = self.hands[(observer + offset) % v.players] if offset < v.players else []
            for slot in range(5):
                card = hand[slot] if slot < len(hand) else None
                codes.append(
                    0 if card is None else 26 if offset == 0 else 1 + 5 * card["colour"] + card["rank"]
                )
                of_colour.append(bits(card, "colours", "told_colour"))
                of_rank.append(bits(card, "ranks", "told_rank"))
                told_in_move = 0 if card is None else card["told_in_move"]
                ages.append(min(len(self.history) - told_in_move + 1, 255) if told_in_move else 0)
        numbers += codes + of_colour + of_rank + ages
        for back in range(1, 5):
            numbers += self._told_by(observer, self.history[-back] if back <= len(self.history) else None)
        legal = 0
        if observer == self.seat:
            legal = sum(1 << number(move, SHARED) for move in self.legal())
        numbers += [legal >> 8 * byte & 255 for byte in range(7)]
        return [*numbers, observer]

    def _told_by(self, observer: int, entry: dict | None) -> list[int]:
        if entry is None:
            return [0] * 5
        where = entry["where"]
        if entry["kind"] >= Kind.COLOUR:
            where = (where - observer) % self.variant.players
        actor = 1 + (entry["actor"] - observer) % self.variant.players
        return [actor, entry["kind"], where, entry["what"], entry["effect"]]


def bits(card: dict | None, left: str, told: str) -> int:
    if card is None:
        return 0
    return sum(1 << value for value in card[left]) + 32 * card[told]
