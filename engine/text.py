"""Games as text that people can read: a position, a move, a whole game.

What comes back is rich's Text: print it with a rich Console for colours, or take `.plain`. Every colour is
also said by a letter, and a board of hands up to 5 cards fits 80 × 24.

Under each card stands what its holder knows of it: the colours and ranks still possible (`R.G.. 12...`), or
one letter with a star where a hint named it (`R*`).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.cells import cell_len, set_cell_size
from rich.text import Text

from engine import hand, rules
from engine.moves import COLOUR_LETTERS, COLOUR_NAMES, Kind, card_name
from engine.recording import STOPS, Recording, is_mistake
from engine.variants import MAX_COLOURS, MAX_RANKS
from engine.worth import Worth, is_needed_and_lost, worth

PAINT = ("bold white on red", "black on yellow", "black on green", "black on white", "bold white on blue")
"""How the cards of each colour are painted: on a ground, so that white and blue show on any terminal."""

NAME_WIDTH = 13
CELL_WIDTH = 13
CARDS_A_LINE = 5
"""A line of a hand: 2 + 13 + 5 · 13 = 80 columns. Larger hands take more lines."""

MOVES_HEAD = "  #  score  hints  lives  deck  move"
"""What the numbers in front of each move of `moves` are: how things stood after it."""

ROOMY_PLAYERS = 3
"""Up to so many players' hands fit 24 lines with empty lines between them."""


def shown(free_text: str) -> str:
    """Free text such as a name, made safe for a terminal: control characters become `?`."""
    return "".join(char if char.isprintable() else "?" for char in free_text)


def position(recording: Recording, turn: int, perspective: int | None = None, *, colour: bool = True) -> Text:
    """The board of a recorded game after `turn` moves.

    Args:
      recording: the game.
      turn: 0 to the number of moves.
      perspective: a seat whose own cards are hidden; None shows all.
      colour: False leaves the colours out.

    Raises IndexError for a turn or a seat that the game has not.
    """
    if not 0 <= turn <= len(recording.moves):
        raise IndexError(f"turn {turn}: this game has turns 0 to {len(recording.moves)}")
    title = f"Move {turn} of {len(recording.moves)}"
    if turn == len(recording.moves):
        title += f" · {result(recording)}"
    return board(
        recording.positions[turn], recording.players, perspective, title, recording.notes, colour=colour
    )


def board(
    game: Any,
    names: Sequence[str],
    perspective: int | None = None,
    title: str = "",
    notes: Sequence[Sequence[str]] = (),
    *,
    colour: bool = True,
) -> Text:
    """The board of any game, recorded or not: a GAME record (engine.rules) and a name for each seat.

    Raises IndexError for a perspective that is no seat.
    """
    players = int(game["players"])
    if perspective is not None and not 0 <= perspective < players:
        raise IndexError(f"perspective {perspective}: this game has seats 0 to {players - 1}")
    lines = [
        Text(title or f"Move {int(game['turn'])}", style="bold"),
        _tokens(game),
        _stacks(game),
        _discards(game),
        Text("Last move  ") + last_move(game, names) if game["turn"] else Text("Last move  none yet"),
        Text(),
        _slots(game),
    ]
    for seat in range(players):
        written = notes[seat] if seat < len(notes) else ()
        lines += _hand(game, seat, names[seat], seat == perspective, written)
        if players <= ROOMY_PLAYERS and seat + 1 < players:
            lines.append(Text())
    drawn = Text("\n").join(lines)
    return drawn if colour else plain(drawn)


def plain(drawn: Text) -> Text:
    """The same without colours, and without the blanks that they had painted at the ends of lines."""
    return Text("\n".join(line.rstrip() for line in drawn.plain.split("\n")))


def last_move(game: Any, names: Sequence[str]) -> Text:
    """The move that led to a GAME record, in words: `Alice plays R3 from slot 2: scores`."""
    made = (int(game["turn"]) - 1) % rules.HISTORY
    actor, kind, where, what, effect = (int(entry) for entry in game["last"][made])
    words = Text().append(_short(names[actor]), style="bold")
    if kind in (Kind.COLOUR, Kind.RANK):
        named = COLOUR_NAMES[what] if kind == Kind.COLOUR else f"{what + 1}s"
        slots = [str(slot + 1) for slot in range(32) if int(game["touched"][made]) >> slot & 1]
        words.append(" hints ").append(named, style="bold").append(f" to {_short(names[where])}: ")
        return words.append(f"slot{'s'[: len(slots) > 1]} {', '.join(slots)}")
    words.append(" plays " if kind == Kind.PLAY else " discards ")
    words.append(card_name(what), style=PAINT[what // MAX_RANKS])
    return words.append(f" from slot {where + 1}").append(
        _outcome(game, Kind(kind), what, effect), style="bold red" if is_mistake(game) else ""
    )


def _outcome(game: Any, kind: Kind, what: int, effect: int) -> str:
    lost = "the last one!" if is_needed_and_lost(game, what) else ""
    if kind is Kind.DISCARD:
        return lost and f": {lost}"
    if not effect & rules.SCORED:
        return f": misplay, {lost or 'a life lost'}"
    return ": scores, a token back" if effect & rules.TOKEN else ": scores"


def whole_game(recording: Recording, *, colour: bool = True) -> Text:
    """A game from the deal to its result: a line for each move, with the score and tokens after it."""
    names = [shown(name) for name in recording.players]
    lines = [Text(f"Hanabi · {recording.variant} · {', '.join(names)}", style="bold")]
    if recording.number or recording.seed:
        number = f"hanab.live game {recording.number}  " if recording.number else ""
        seed = f"seed {shown(recording.seed[:60])}" if recording.seed else ""
        lines.append(Text((number + seed).rstrip()))
    lines.append(Text())
    for seat, name in enumerate(names):
        cards = Text(" ").join(_card(kind) for kind in hand.kinds(recording.positions[0], seat))
        lines.append(Text(_fit(_short(name), NAME_WIDTH)) + cards)
    lines += [Text(), Text(MOVES_HEAD), *moves(recording, 0, len(recording.moves))]
    lines += [Text(), Text(f"Result: {result(recording)}", style="bold")]
    drawn = Text("\n").join(lines)
    return drawn if colour else plain(drawn)


def moves(recording: Recording, start: int, stop: int) -> list[Text]:
    """A line for each move from `start` up to `stop`, counted from 0: what it left, and what it was."""
    lines = []
    for turn in range(start + 1, stop + 1):
        game = recording.positions[turn]
        line = Text(f"{turn:3}{int(game['points']):7}{int(game['info']):7}{int(game['lives']):7}")
        line.append(f"{_undrawn(game):6}  ").append_text(last_move(game, recording.players))
        lines.append(line)
    return lines


def result(recording: Recording) -> str:
    """How a game stands after its last move, in words."""
    game, best = recording.positions[-1], recording.variant.max_score
    points = f"{int(game['points'])} of {best} points"
    match int(game["ending"]):
        case rules.STRUCK_OUT:
            return f"0 of {best} points: the last life was lost with {int(game['points'])} on the stacks"
        case rules.COMPLETED:
            return f"{points}: perfect"
        case rules.DECK_EMPTY:
            return f"{points}: the deck is empty"
    if recording.stop is None:
        return f"{points}: not over yet"
    who = recording.players[recording.stop.seat] if recording.stop.seat >= 0 else ""
    return f"{points}: {STOPS[recording.stop.reason]}" + (f" ({_short(who)})" if who else "")


def _tokens(game: Any) -> Text:
    best = int(game["colours"]) * int(game["ranks"])
    points = int(game["points"])
    score = f"0/{best} ({points} on the stacks)" if game["ending"] == rules.STRUCK_OUT else f"{points}/{best}"
    tokens = Text(f"Score {score}   Hints {int(game['info'])}/{int(game['max_info'])}   ")
    lives = int(game["lives"])
    tokens.append(f"Lives {lives}/{int(game['max_lives'])}", style="bold red" if lives <= 1 else "")
    tokens.append(f"   Deck {_undrawn(game)}")
    if not _undrawn(game) and game["ending"] == rules.RUNNING:
        left = int(game["turns_left"])
        tokens.append(f"   {left} move{'s'[: left > 1]} left", style="bold")
    return tokens


def _stacks(game: Any) -> Text:
    stacks = Text("Stacks     ")
    for colour in range(int(game["colours"])):
        height = int(game["stacks"][colour])
        stacks.append(f" {COLOUR_LETTERS[colour]}{height or '-'} ", style=PAINT[colour]).append("  ")
    return stacks


def _discards(game: Any) -> Text:
    """Each colour's discarded ranks: `R 1124`."""
    discards = Text("Discards   ")
    counts = np.asarray(game["discards"]).reshape(MAX_COLOURS, MAX_RANKS)
    for colour in range(int(game["colours"])):
        ranks = "".join(str(rank + 1) * int(count) for rank, count in enumerate(counts[colour]))
        if ranks:
            discards.append(f" {COLOUR_LETTERS[colour]} {ranks} ", style=PAINT[colour]).append(" ")
    if not counts.any():
        discards.append("none")
    return discards


def _slots(game: Any) -> Text:
    count = min(int(game["hand_size"]), CARDS_A_LINE)
    slots = [" 1 (oldest)", *(f" {slot + 1}" for slot in range(1, count))]
    label = _fit("  slot", 2 + NAME_WIDTH)
    return Text(label + "".join(_fit(slot, CELL_WIDTH) for slot in slots).rstrip(), style="dim")


def _hand(game: Any, seat: int, name: str, hidden: bool, notes: Sequence[str]) -> list[Text]:
    """The lines of one hand: the cards; what their holder knows; the holder's notes on them, if any."""
    places = hand.places(game, seat)
    to_move = game["ending"] == rules.RUNNING and int(game["to_move"]) == seat
    lines = []
    for start in range(0, max(len(places), 1), CARDS_A_LINE):
        part = places[start : start + CARDS_A_LINE]
        cards = [_cell(game, int(game["deck"][place]), hidden) for place in part]
        knows = [Text(_fit(_knowledge(game, place), CELL_WIDTH)) for place in part]
        written = [shown(notes[place]) if place < len(notes) else "" for place in part]
        head = _fit(_short(name), NAME_WIDTH) if start == 0 else " " * NAME_WIDTH
        mark = "> " if to_move and start == 0 else "  "
        lines.append(Text().append(mark + head, style="bold" if to_move else "").append_text(_row(cards)))
        label = _fit("to move" if to_move and start == 0 else "", NAME_WIDTH)
        lines.append(Text("  " + label).append_text(_row(knows)))
        if any(written):
            notes_row = _row([Text(_fit(note, CELL_WIDTH - 1) + " ", style="italic") for note in written])
            lines.append(Text("  " + _fit("notes", NAME_WIDTH)).append_text(notes_row))
    return lines


def _row(cells: list[Text]) -> Text:
    row = Text().join(cells)
    row.rstrip()
    return row


def _cell(game: Any, kind: int, hidden: bool) -> Text:
    """A card in its painted box, and what it is worth now."""
    if hidden:
        return Text(_fit(" ?? ", CELL_WIDTH))
    value = worth(game, kind)
    word = "" if value is Worth.SPARE else value.value
    style = "dim" if value is Worth.DEAD else "bold"
    return _card(kind).append(_fit(f" {word}", CELL_WIDTH - 4), style=style)


def _card(kind: int) -> Text:
    return Text.assemble((f" {card_name(kind)} ", PAINT[kind // MAX_RANKS]))


def _knowledge(game: Any, place: int) -> str:
    """What the holder of the card at a place in the deck knows of it: `R.G.. 12..5`, `R*    12..5`."""
    colours = _left(int(game["colours_left"][place]), COLOUR_LETTERS[: int(game["colours"])])
    ranks = _left(int(game["ranks_left"][place]), "12345"[: int(game["ranks"])])
    return f"{colours} {ranks}"


def _left(bits: int, letters: str) -> str:
    left = "".join(letter if bits >> index & 1 else "." for index, letter in enumerate(letters))
    if bits & rules.HINTED:
        return (left.strip(".") + "*").ljust(len(letters))
    return left.ljust(2)


def _undrawn(game: Any) -> int:
    return int(game["deck_size"]) - int(game["drawn"])


def _short(name: str) -> str:
    """A name as it stands in a line: safe, and no wider than its column."""
    name = shown(name)
    return name if cell_len(name) < NAME_WIDTH else _fit(name, NAME_WIDTH - 1)


def _fit(text: str, width: int) -> str:
    """A text cut or filled to a number of terminal cells."""
    return set_cell_size(text, width) if cell_len(text) <= width else set_cell_size(text, width - 2) + ".."
