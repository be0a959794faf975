"""Drawing a table: a Position as text that people can read, the one way in which boards are shown.

What comes back is rich's Text: print it with a rich Console for colours, or take `.plain`. Every colour is
also said by a letter, and a board of hands up to 5 cards fits 80 × 24.

Under each card stands what its holder knows of it: the colours and ranks still possible (`R.G.. 12...`), or
one letter with a star where a hint named it (`R*`).
"""

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from engine.machine.printable import shown as shown  # part of this module's face
from engine.records.position import COLOUR, DEAD, PLAY, RANK, SPARE, Card, LastMove, Position

PAINT = {
    "R": "bold white on red",
    "Y": "black on yellow",
    "G": "black on green",
    "W": "black on white",
    "B": "bold white on blue",
}
"""How the cards of each colour are painted: on a ground, so that white and blue show on any terminal."""

NAME_WIDTH = 13
CELL_WIDTH = 13
CARDS_A_LINE = 5
"""A line of a hand: 2 + 13 + 5 · 13 = 80 columns. Larger hands take more lines."""

ROOMY_PLAYERS = 3
"""Up to so many players' hands fit 24 lines with empty lines between them."""


def board(
    position: Position,
    names: Sequence[str],
    perspective: int | None = None,
    title: str = "",
    notes: Sequence[Sequence[str]] = (),
    *,
    only: int | None = None,
    colour: bool = True,
) -> Text:
    """The board of a position, with a name for each seat.

    Args:
      position: what is drawn.
      names: by seat.
      perspective: a seat whose own cards are hidden; None shows all.
      title: the first line.
      notes: what each player wrote on each card, by its place in the deck.
      only: the one seat whose hand is drawn, where there is little room; None: all are.
      colour: False leaves the colours out.

    Raises IndexError for a perspective that is no seat.
    """
    players = len(position.hands)
    if perspective is not None and not 0 <= perspective < players:
        raise IndexError(f"perspective {perspective}: this game has seats 0 to {players - 1}")
    lines = [
        Text(title or f"Move {position.turn}", style="bold"),
        tokens(position),
        stacks(position),
        discards(position),
        Text("Last move  ") + (last_move(position.last, names) if position.last else Text("none yet")),
        Text(),
        _slots(position),
    ]
    for seat in range(players) if only is None else (only,):
        written = notes[seat] if seat < len(notes) else ()
        lines += _hand(position, seat, names[seat], seat == perspective, written)
        if only is None and players <= ROOMY_PLAYERS and seat + 1 < players:
            lines.append(Text())
    drawn = Text("\n").join(lines)
    return drawn if colour else plain(drawn)


HEAD_LINES = 7
"""Lines of a board above its hands."""


def card_at(
    position: Position,
    column: int,
    line: int,
    notes: Sequence[Sequence[str]] = (),
    *,
    only: int | None = None,
) -> tuple[int, int] | None:
    """Seat and slot of the card that a board shows in a place (both from 0); None: there is none."""
    line -= HEAD_LINES
    players = len(position.hands)
    slot = (column - 2 - NAME_WIDTH) // CELL_WIDTH
    for seat, cards in enumerate(position.hands):
        if only not in (None, seat):
            continue
        written = notes[seat] if seat < len(notes) else ()
        for start in range(0, max(len(cards), 1), CARDS_A_LINE):
            part = cards[start : start + CARDS_A_LINE]
            height = 2 + any(each.place < len(written) and written[each.place] for each in part)
            if 0 <= line < height:
                return (seat, start + slot) if 0 <= slot < len(part) else None
            line -= height
        line -= players <= ROOMY_PLAYERS
    return None


def plain(drawn: Text) -> Text:
    """The same without colours, and without the blanks that they had painted at the ends of lines."""
    return Text("\n".join(line.rstrip() for line in drawn.plain.split("\n")))


def last_move(move: LastMove, names: Sequence[str]) -> Text:
    """A move that was made, in words: `Alice plays R3 from slot 2: scores`."""
    words = Text().append(short(names[move.mover]), style="bold")
    s = "" if names[move.mover] == "You" else "s"
    if move.deed in (COLOUR, RANK):
        slots = [str(slot + 1) for slot in move.touched]
        words.append(f" hint{s} ").append(move.value, style="bold").append(
            f" to {short(names[move.target])}: "
        )
        return words.append(f"slot{'s'[: len(slots) > 1]} {', '.join(slots)}")
    words.append(f" play{s} " if move.deed == PLAY else f" discard{s} ")
    words.append(move.card, style=PAINT[move.card[0]]).append(f" from slot {move.slot + 1}")
    outcome = f": {move.outcome}" if move.outcome else ""
    return words.append(outcome, style="bold red" if move.mistake else "")


def tokens(position: Position) -> Text:
    """Score, tokens and what is left of the deck, in a line."""
    points = position.points
    score = (
        f"0/{position.best} ({points} on the stacks)" if position.struck_out else f"{points}/{position.best}"
    )
    line = Text(f"Score {score}   Hints {position.info}/{position.max_info}   ")
    line.append(
        f"Lives {position.lives}/{position.max_lives}", style="bold red" if position.lives <= 1 else ""
    )
    line.append(f"   Deck {position.deck}")
    if not position.deck and not position.over:
        left = position.turns_left
        line.append(f"   {left} move{'s'[: left > 1]} left", style="bold")
    return line


def stacks(position: Position) -> Text:
    """The height of each colour's stack: ` R3 `."""
    line = Text("Stacks     ")
    for letter, height in zip(position.colours, position.stacks, strict=True):
        line.append(f" {letter}{height or '-'} ", style=PAINT[letter]).append("  ")
    return line


def discards(position: Position) -> Text:
    """Each colour's discarded ranks: `R 1124`."""
    line = Text("Discards   ")
    for letter, ranks in zip(position.colours, position.discards, strict=True):
        if ranks:
            line.append(f" {letter} {ranks} ", style=PAINT[letter]).append(" ")
    if not any(position.discards):
        line.append("none")
    return line


def card(name: str) -> Text:
    """A card in its painted box."""
    return Text.assemble((f" {name} ", PAINT[name[0]]))


def _slots(position: Position) -> Text:
    count = min(position.hand_size, CARDS_A_LINE)
    slots = [" 1 (oldest)", *(f" {slot + 1}" for slot in range(1, count))]
    label = fit("  slot", 2 + NAME_WIDTH)
    return Text(label + "".join(fit(slot, CELL_WIDTH) for slot in slots).rstrip(), style="dim")


def _hand(position: Position, seat: int, name: str, hidden: bool, notes: Sequence[str]) -> list[Text]:
    """The lines of one hand: the cards; what their holder knows; the holder's notes on them, if any."""
    cards = position.hands[seat]
    to_move = not position.over and position.to_move == seat
    lines = []
    for start in range(0, max(len(cards), 1), CARDS_A_LINE):
        part = cards[start : start + CARDS_A_LINE]
        knows = [Text(fit(knowledge(each, position), CELL_WIDTH)) for each in part]
        written = [shown(notes[each.place]) if each.place < len(notes) else "" for each in part]
        head = fit(short(name), NAME_WIDTH) if start == 0 else " " * NAME_WIDTH
        mark = "> " if to_move and start == 0 else "  "
        drawn = _row([_cell(each, hidden) for each in part])
        lines.append(Text().append(mark + head, style="bold" if to_move else "").append_text(drawn))
        label = fit("to move" if to_move and start == 0 else "", NAME_WIDTH)
        lines.append(Text("  " + label).append_text(_row(knows)))
        if any(written):
            notes_row = _row([Text(fit(note, CELL_WIDTH - 1) + " ", style="italic") for note in written])
            lines.append(Text("  " + fit("notes", NAME_WIDTH)).append_text(notes_row))
    return lines


def _row(cells: list[Text]) -> Text:
    row = Text().join(cells)
    row.rstrip()
    return row


def _cell(shown_card: Card, hidden: bool) -> Text:
    """A card in its painted box, and what it is worth now."""
    if hidden:
        return Text(fit(" ?? ", CELL_WIDTH))
    word = "" if shown_card.worth == SPARE else shown_card.worth
    style = "dim" if shown_card.worth == DEAD else "bold"
    return card(shown_card.name).append(fit(f" {word}", CELL_WIDTH - 4), style=style)


def knowledge(known: Card, position: Position) -> str:
    """What the holder of a card knows of it: `R.G.. 12..5`, `R*    12..5`."""
    colours = _left(known.colours, known.colour_named, position.colours)
    return f"{colours} {_left(known.ranks, known.rank_named, position.ranks)}"


def _left(left: str, named: bool, names: str) -> str:
    if named:
        return f"{left}*".ljust(len(names))
    return "".join(name if name in left else "." for name in names).ljust(2)


def short(name: str) -> str:
    """A name as it stands in a line: safe, and no wider than its column."""
    name = shown(name)
    return name if cell_len(name) < NAME_WIDTH else fit(name, NAME_WIDTH - 1)


def fit(text: str, width: int) -> str:
    """A text cut or filled to a number of terminal cells."""
    return set_cell_size(text, width) if cell_len(text) <= width else set_cell_size(text, width - 2) + ".."
