"""Spelling a move with keys: `p 2` plays slot 2, `d 1` discards slot 1, `h r` hints red, `h 3 r` to seat 3.

Only what the rules allow now can be spelled; for what they do not, the reason is said at the first key that
settles it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.records.position import COLOUR, DISCARD, PLAY, RANK, Position
from hanabi_tui.table.messages import Choice

HINT = "hint"
NAMES = {"R": "red", "Y": "yellow", "G": "green", "W": "white", "B": "blue"}


@dataclass(frozen=True)
class Spelling:
    """A move that is being spelled.

    Attributes:
      deed: PLAY, DISCARD or HINT; empty: not known yet.
      slot: of one's own card, from 0; −1: not known yet.
      target: the seat hinted at; −1: not known yet.
      word: why the last key was none.
      done: the move, once it is whole.
    """

    deed: str = ""
    slot: int = -1
    target: int = -1
    word: str = ""
    done: Choice | None = None

    @property
    def begun(self) -> bool:
        """Whether there is anything of it."""
        return bool(self.deed) or self.slot >= 0 or self.target >= 0


@dataclass(frozen=True)
class Speller:
    """What can be spelled in a turn.

    Attributes:
      position: of that turn.
      choices: the moves that it allows.
      names: of the players, by seat.
      play, discard: the keys of these deeds.
    """

    position: Position
    choices: Sequence[Choice]
    names: Sequence[str]
    play: str = "p"
    discard: str = "d"

    def begin(self, deed: str, slot: int = -1) -> Spelling:
        """Begin with a deed: PLAY, DISCARD or HINT; where a slot is known, that is the whole move."""
        if slot >= 0 and deed in (PLAY, DISCARD):
            return self._card(deed, slot, Spelling(slot=slot))
        allowed = {HINT if each.deed in (COLOUR, RANK) else each.deed for each in self.choices}
        if deed not in allowed:
            return Spelling(word=self._why_no(deed))
        target = -1
        if deed == HINT and len(self.names) == 2:
            target = 1 - self.position.to_move
        return Spelling(deed=deed, target=target)

    def pick(self, seat: int, slot: int) -> Spelling:
        """Begin with a card that was pointed at: one's own to play or discard it, another's to hint."""
        if seat == self.position.to_move:
            return Spelling(slot=slot)
        begun = self.begin(HINT)
        return replace(begun, target=seat) if begun.deed else begun

    def question(self, spelling: Spelling) -> str:
        """What is asked next."""
        if spelling.slot >= 0:
            deeds = f"{self.play} plays it, {self.discard} discards it"
            return f"slot {spelling.slot + 1}: {deeds} · Escape: neither"
        held = len(self.position.hands[self.position.to_move])
        match spelling.deed:
            case "play" | "discard":
                return f"{spelling.deed} which slot? 1 to {held} · Escape: none"
            case "hint" if spelling.target < 0:
                others = ", ".join(
                    f"{seat + 1} {name}"
                    for seat, name in enumerate(self.names)
                    if seat != self.position.to_move
                )
                return f"hint whom? {others} · Escape: nobody"
        letters = " ".join(self.position.colours.lower())
        last = self.position.ranks[-1]
        return f"hint {self.names[spelling.target]} what? {letters}, or 1 to {last} · Escape: nothing"

    def press(self, spelling: Spelling, key: str) -> Spelling:
        """The spelling after one more key; one that makes no sense here leaves it, with a word."""
        if spelling.slot >= 0:
            return self._no(spelling, key)
        if spelling.deed in (PLAY, DISCARD):
            held = len(self.position.hands[self.position.to_move])
            slot = _counted(key)
            return self._card(spelling.deed, slot, spelling) if 0 <= slot < held else self._no(spelling, key)
        if spelling.target < 0:
            seat = _counted(key)
            if not 0 <= seat < len(self.names) or seat == self.position.to_move:
                return self._no(spelling, key)
            return replace(spelling, target=seat, word="")
        return self._hint(spelling, key)

    def _card(self, deed: str, slot: int, spelling: Spelling) -> Spelling:
        for each in self.choices:
            if (each.deed, each.slot) == (deed, slot):
                return replace(spelling, done=each)
        return replace(spelling, word=self._why_no(deed))

    def _hint(self, spelling: Spelling, key: str) -> Spelling:
        value = key.upper()
        if value not in self.position.colours and value not in self.position.ranks:
            return self._no(spelling, key)
        for each in self.choices:
            if (each.target, each.value) == (spelling.target, value):
                return replace(spelling, done=each)
        what = f"{NAMES[value]} card" if value in NAMES else value
        return replace(spelling, word=f"{self.names[spelling.target]} holds no {what}")

    def _no(self, spelling: Spelling, key: str) -> Spelling:
        return replace(spelling, word=f"{key} is no answer here")

    def _why_no(self, deed: str) -> str:
        if deed == DISCARD:
            return (
                f"all {self.position.max_info} hint tokens are there: play or hint, nothing can be discarded"
            )
        if deed == HINT:
            return "no hint token is left: play or discard"
        return "this hand is empty"


def _counted(key: str) -> int:
    """What a digit counts, from 0; −1 for other keys, such as ²."""
    return int(key) - 1 if key.isascii() and key.isdigit() else -1


def meaning(position: Position, names: Sequence[str]) -> str:
    """What a hint that was just given says, card by card: `Bob: 1, 3 are red · 2, 4, 5 are not`."""
    last = position.last
    if last is None or last.deed not in (COLOUR, RANK):
        return ""
    word = last.value
    if last.deed == RANK:
        word = f"a {last.value[0]}" if len(last.touched) == 1 else last.value
    count = len(position.hands[last.target])
    other = [slot for slot in range(count) if slot not in last.touched]
    parts = [f"{_slots(last.touched)} {'is' if len(last.touched) == 1 else 'are'} {word}"]
    if other:
        parts.append(f"{_slots(other)} {'is' if len(other) == 1 else 'are'} not")
    return f"{names[last.target]}: {' · '.join(parts)}"


def _slots(slots: Sequence[int]) -> str:
    return ", ".join(str(slot + 1) for slot in slots)
