"""Recorded games as text that people can read: a position, a move, a whole game.

What comes back is rich's Text, drawn by `engine.records.drawing`: print it with a rich Console for colours,
or take `.plain`.
"""

from collections.abc import Sequence
from typing import Any

from rich.text import Text

from engine.game import rules
from engine.game.moves import card_name
from engine.records import drawing, hand
from engine.records.drawing import NAME_WIDTH, card, fit, plain, short
from engine.records.drawing import shown as shown  # part of this module's face
from engine.records.reading import last_move_of, position_of
from engine.records.recording import STOPS, Recording

MOVES_HEAD = "  #  score  hints  lives  deck  move"
"""What the numbers in front of each move of `moves` are: how things stood after it."""


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
    """The board of any game, recorded or not: a GAME record (engine.game.rules) and a name for each seat.

    Raises IndexError for a perspective that is no seat.
    """
    return drawing.board(position_of(game), names, perspective, title, notes, colour=colour)


def last_move(game: Any, names: Sequence[str]) -> Text:
    """The move that led to a GAME record, in words: `Alice plays R3 from slot 2: scores`."""
    made = last_move_of(game)
    return drawing.last_move(made, names) if made else Text("none yet")


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
        cards = Text(" ").join(card(card_name(kind)) for kind in hand.kinds(recording.positions[0], seat))
        lines.append(Text(fit(short(name), NAME_WIDTH)) + cards)
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
        line.append(f"{int(game['deck_size']) - int(game['drawn']):6}  ").append_text(
            last_move(game, recording.players)
        )
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
    return f"{points}: {STOPS[recording.stop.reason]}" + (f" ({short(who)})" if who else "")
