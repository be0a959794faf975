"""What a player believes of the own hand: a picture for each card, colours down, ranks across.

A cell shows the probability in percent, on a ground that is the brighter the likelier it is: ` 4`, `37`, `██`
for certain, a dot for impossible. The pictures stand below the cards of the board.
"""

from collections.abc import Sequence

from rich.style import Style
from rich.text import Text
from textual.widgets import Static

from engine.records.drawing import CARDS_A_LINE, CELL_WIDTH, NAME_WIDTH, PAINT, fit
from engine.records.position import Card, Position
from hanabi_tui.commands.heat import ground, ink
from hanabi_tui.console.widgets.paint import painted

_COLOURS, _RANKS = "RYGWB", "12345"
_LEAST = 0.005


class Beliefs(Static):
    """The pictures, and where they come from."""

    DEFAULT_CSS = """
    Beliefs { height: auto; width: 80; min-width: 80; }
    """

    def lay(
        self,
        position: Position,
        beliefs: Sequence[Sequence[float]],
        who: str,
        *,
        truth: bool,
        source: str = "",
    ) -> None:
        """Show what the player to move believes.

        Args:
          position: whose move it is.
          beliefs: of each card, probabilities of R1, R2, … B5.
          who: the player's name.
          truth: whether to say what the cards are.
          source: where beliefs come from.
        """
        hand = position.hands[position.to_move] if position.hands else ()
        self.update(painted(picture(position, hand, beliefs, who, truth=truth, source=source)))


def picture(
    position: Position,
    hand: Sequence[Card],
    beliefs: Sequence[Sequence[float]],
    who: str,
    *,
    truth: bool,
    source: str = "",
) -> Text:
    """The pictures of a hand, as lines."""
    if not beliefs:
        return Text("")
    count = min(len(beliefs), len(hand), CARDS_A_LINE)
    margin = 2 + NAME_WIDTH
    lines = [Text(fit("  believes", margin) + "".join(_head(position) for _ in range(count)), style="dim")]
    for row, letter in enumerate(position.colours):
        label = {0: f"  {who}", 2: "  % likely"}.get(row, "")
        text = Text(fit(label, margin))
        for slot in range(count):
            text.append(letter, style=PAINT[letter])
            for column in range(len(position.ranks)):
                text.append_text(_cell(beliefs[slot][row * len(_RANKS) + column]))
            text.append(" " * (CELL_WIDTH - 1 - 2 * len(position.ranks)))
        lines.append(text)
    if truth:
        last = Text(fit("  in truth", margin), style="dim")
        for slot in range(count):
            name = hand[slot].name
            share = beliefs[slot][_COLOURS.index(name[0]) * len(_RANKS) + _RANKS.index(name[1])]
            last.append(fit(f"{name} {percent(share)}", CELL_WIDTH))
        lines.append(last)
    if source:
        lines.append(Text(f"  from {source}", style="dim"))
    return Text("\n").join(lines)


def _head(position: Position) -> str:
    return fit(" " + "".join(f" {rank}" for rank in position.ranks), CELL_WIDTH)


def _cell(share: float) -> Text:
    if share < _LEAST:
        return Text(" ·", style="dim")
    red, green, blue = ground(share)
    front = ink(share)
    style = Style.parse(f"rgb({front[0]},{front[1]},{front[2]}) on rgb({red},{green},{blue})")
    whole = round(100 * share)
    return Text("██" if whole >= 100 else f"{whole:2}", style=style)


def percent(share: float) -> str:
    """`37 %`, `<1 %` for little, `no` for nothing."""
    if share <= 0:
        return "no"
    return f"{round(100 * share)} %" if share >= _LEAST else "<1 %"
