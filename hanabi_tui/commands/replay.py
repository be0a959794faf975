"""Look at a recorded game, step by step, in the terminal: `hanabi-tui replay FILE`."""

import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TextIO

from rich.console import Console
from rich.text import Text

from engine.records import link, text
from engine.records.recording import Recording
from hanabi_tui.commands.game_source import load
from hanabi_tui.terminal import REDRAW, UNKNOWN, Terminal

HINT = "n next  p back  j mistake  s seat  ? help  q quit"


@dataclass(frozen=True)
class View:
    """What is looked at: the number of moves made, whose eyes (None: all cards), a word to the reader."""

    turn: int = 0
    seat: int | None = None
    word: str = ""
    helping: bool = False


def _step(by: int) -> Callable[[View, Recording], View]:
    def step(view: View, recording: Recording) -> View:
        turn = view.turn + by
        if not 0 <= turn <= len(recording.moves):
            return replace(view, word="this is the end" if by > 0 else "this is the deal")
        return replace(view, turn=turn)

    return step


def _to_deal(view: View, recording: Recording) -> View:
    return replace(view, turn=0)


def _to_end(view: View, recording: Recording) -> View:
    return replace(view, turn=len(recording.moves))


def _to_mistake(view: View, recording: Recording) -> View:
    """Just after the next mistake, so that the last move is the mistake."""
    later = [index + 1 for index in recording.mistakes if index + 1 > view.turn]
    return replace(view, turn=later[0]) if later else replace(view, word="no mistake after this move")


def _back_to_mistake(view: View, recording: Recording) -> View:
    earlier = [index + 1 for index in recording.mistakes if index + 1 < view.turn]
    return replace(view, turn=earlier[-1]) if earlier else replace(view, word="no mistake before this move")


def _next_seat(view: View, recording: Recording) -> View:
    seat = 0 if view.seat is None else view.seat + 1
    if seat == recording.variant.players:
        return replace(view, seat=None, word="all cards are shown")
    return replace(view, seat=seat)


def _help(view: View, recording: Recording) -> View:
    return replace(view, helping=not view.helping)


ACTIONS: tuple[tuple[tuple[str, ...], str, Callable[[View, Recording], View] | None], ...] = (
    (("n", "right", " "), "the next move", _step(1)),
    (("p", "left"), "the move before", _step(-1)),
    (("g", "home"), "the deal", _to_deal),
    (("G", "end"), "the end", _to_end),
    (("j",), "the next mistake: a misplay, or a needed card lost for good", _to_mistake),
    (("J",), "the mistake before", _back_to_mistake),
    (("s",), "the next player's view; after the last one's, all cards", _next_seat),
    (("?", "h"), "this help; any key leaves it", _help),
    (("q",), "quit", None),
)
"""The keys of each action, the action in words, and what it does; None ends the replay."""

LEGEND = """
Cards
 R3  plays     this card would score now
 R3  last      needed later, and the other copies are gone
 R3  dead      can never score
R.G.. 12..5    what the holder knows: could be red or green; 1, 2 or 5
R*    ...4.    a hint named red; other hints leave only 4"""


def press(view: View, key: str, recording: Recording) -> View | None:
    """What is looked at after a key; None when the replay is over."""
    view = replace(view, word="")
    if key == REDRAW:
        return view
    for keys, _, action in ACTIONS:
        if key in keys:
            if view.helping and action is not None:
                return replace(view, helping=False)
            return None if action is None else action(view, recording)
    if view.helping:
        return replace(view, helping=False)
    return replace(view, word=f"{'this' if key == UNKNOWN else key} is no key here")


def picture(view: View, recording: Recording, columns: int, lines: int, console: Console) -> list[str]:
    """The screen as lines with colour codes, cut to the window's size; the last one tells the keys."""
    room = max(lines - 1, 0)  # above the key line
    body = help_text() if view.helping else text.position(recording, view.turn, view.seat)
    shown = list(body.split("\n", allow_blank=True))
    if not view.helping:
        shown += _moves_before(view.turn, recording, room - len(shown))
    shown = shown[:room]
    shown += [Text()] * (lines - 1 - len(shown))
    return [_encoded(line, columns, console) for line in (*shown, _key_line(view, recording))][-lines:]


def _moves_before(turn: int, recording: Recording, room: int) -> list[Text]:
    """As many of the moves made so far as fit. Those to come would tell a player's own cards."""
    count = min(room - 2, turn)
    if count <= 0:
        return []
    head = Text(text.MOVES_HEAD, style="dim")
    return [Text(), head, *text.moves(recording, turn - count, turn)]


def help_text() -> Text:
    """Every key, and how to read a hand."""
    lines = [Text("Keys", style="bold")]
    for keys, words, _ in ACTIONS:
        named = ", ".join("space" if key == " " else key for key in keys)
        lines.append(Text(f"  {named:<17}{words}"))
    return Text("\n").join([*lines, *(Text(line) for line in LEGEND.split("\n"))])


def _key_line(view: View, recording: Recording) -> Text:
    seen = "all cards" if view.seat is None else f"{text.shown(recording.players[view.seat])[:20]}'s view"
    return Text().append(view.word or seen, style="bold").append(f"   {HINT}", style="dim")


def _encoded(line: Text, columns: int, console: Console) -> str:
    line = line.copy()
    line.truncate(columns)
    with console.capture() as capture:
        console.print(line, end="", soft_wrap=True)
    return capture.get()


def replay(
    recording: Recording,
    stdin: TextIO | None = None,
    stdout: TextIO | None = None,
    *,
    turn: int | None = None,
    start: int = 0,
) -> None:
    """Step through a game; where keys or screen are no terminal, print it instead.

    Args:
      recording: the game.
      stdin: where keys come from; None for the program's own.
      stdout: where pictures go to; None for the program's own.
      turn: the moves made where it starts, and of the only board that is printed; None: print the whole game.
      start: where it starts if `turn` is None; past the end stands for the end.

    Raises RecordingError for a turn that the game has not.
    """
    if turn is not None:
        recording.check_turn(turn)
    stdin, stdout = stdin or sys.stdin, stdout or sys.stdout
    console = Console(file=stdout, highlight=False)
    if not (stdin.isatty() and stdout.isatty()) or console.is_dumb_terminal:
        stdout.write(printed(recording, turn, console))
        return
    view = View(turn=min(start, len(recording.moves)) if turn is None else turn)
    with suppress(KeyboardInterrupt), Terminal(stdin.fileno(), stdout.fileno()) as terminal:
        terminal.draw(picture(view, recording, *terminal.size, console))
        for key in terminal.pressed():
            after = press(view, key, recording)
            if after is None:
                return
            view = after
            terminal.draw(picture(view, recording, *terminal.size, console))


def printed(recording: Recording, turn: int | None, console: Console) -> str:
    """The board of one turn, or all moves and the board at the end; in colour where the console has some."""
    colour = console.color_system is not None
    board = text.position(recording, len(recording.moves) if turn is None else turn, colour=colour)
    whole = [text.whole_game(recording, colour=colour), Text()] if turn is None else []
    with console.capture() as capture:
        console.print(*whole, board, sep="\n", soft_wrap=True)
    return capture.get()


def run(path_or_code: str, turn: int | None = None, *, as_link: bool = False) -> None:
    """`hanabi-tui replay`: load a game, and step through it or print its link.

    Args:
      path_or_code: as hanabi_tui.commands.game_source takes it.
      turn: the moves made where it starts; None: where a link says, else the deal.
      as_link: print the link and no game.

    Raises RecordingError and OSError, in words.
    """
    recording, start = load(path_or_code)
    if as_link:
        print_link(recording, min(start, len(recording.moves)) if turn is None else turn)
    else:
        replay(recording, turn=turn, start=start)


def print_link(recording: Recording, turn: int | None) -> None:
    """Print the address of hanab.live's shared replay; what it does not hold is said on stderr."""
    print(link.address(recording, turn))
    lost = link.left_out(recording)
    if lost:
        print(f"hanabi-tui: not in the link: {', '.join(lost)}", file=sys.stderr)
