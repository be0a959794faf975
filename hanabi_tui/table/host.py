"""The host of a table: does what a console asks, and says in words what cannot be done."""

import contextlib
import secrets
import sys
import traceback
from pathlib import Path
from typing import BinaryIO

from engine import chance
from engine.errors import EngineError, RecordingError
from engine.game.games import Games
from engine.machine.home import at_home
from engine.players.own_agent import blame
from engine.records.hanablive import dump
from engine.records.link import address, left_out
from engine.records.recording import Recording
from engine.records.text import shown
from hanabi_tui.commands.game_source import load
from hanabi_tui.commands.saving import check_writable, write
from hanabi_tui.table import messages as m
from hanabi_tui.table.judging import Judge
from hanabi_tui.table.seats import seats_of, variant_of
from hanabi_tui.table.sitting import Sitting

MOST_SEED = 2**53


class Host:
    """Has one game on the table."""

    def __init__(self) -> None:
        self._sitting: Sitting | None = None
        self._judge = Judge()

    def answer(self, request: m.Request) -> m.Reply:
        """Do what is asked. Whatever is wrong with it is said by Refused."""
        try:
            return self._do(request)
        except (EngineError, OSError) as error:
            return m.Refused(number=request.number, why=_in_words(error))
        except Exception as error:
            traceback.print_exc()
            why = blame(error) or f"a fault of this program: {error!r}"
            return m.Refused(number=request.number, why=shown(why))

    def _do(self, request: m.Request) -> m.Reply:
        match request:
            case m.Open():
                return self._lay(request.number, self._opened(request))
            case m.Deal():
                return self._lay(request.number, self._dealt(request))
            case m.Make():
                sitting = self._present
                since = sitting.make(request.deed, request.slot, request.target, request.value)
                return self._went(request.number, since)
            case m.TakeBack():
                return self._went(request.number, self._present.take_back())
            case m.Judge():
                since = max(0, min(request.since, len(self._present.moves)))
                judged = self._judge.judge(request.agent, self._present, since)
                return m.Judged(
                    number=request.number,
                    agent=judged.agent,
                    source=judged.source,
                    since=since,
                    appraisals=judged.appraisals,
                    remark=judged.remark,
                )
            case m.Save():
                return self._save(request)

    @property
    def _present(self) -> Sitting:
        if self._sitting is None:
            raise m.TableError("no game is on the table: open one, or deal one")
        return self._sitting

    def _lay(self, number: int, sitting: Sitting) -> m.Laid:
        self._judge.forget()
        game = sitting.game()
        self._sitting = sitting
        return m.Laid(number=number, game=game)

    def _opened(self, request: m.Open) -> Sitting:
        recording, _ = load(request.source)
        name = "a link" if "://" in request.source else Path(request.source).name
        return Sitting(shown(name[:60]), recording)

    def _dealt(self, request: m.Deal) -> Sitting:
        variant = variant_of(request.variant, len(request.seats))
        seed = _seed_of(request.seed)
        seats = seats_of(request.seats, variant)
        games = Games.shuffled([variant], chance.stream(seed, 0))
        deck = tuple(games.table["deck"][0, : variant.deck_size].tolist())
        names = tuple(seat.name for seat in seats)
        start = Recording(variant, deck, (), names, seed=str(seed))
        sitting = Sitting(f"seed {seed}", start, seats, seed)
        sitting.play_on()
        return sitting

    def _went(self, number: int, since: int) -> m.Went:
        sitting = self._present
        return m.Went(number=number, since=since, turns=sitting.turns(since), result=sitting.result)

    def _save(self, request: m.Save) -> m.Saved:
        recording = self._present.recording
        replaced = False
        if request.path:
            path = Path(at_home(request.path))
            check_writable(path)
            replaced = write(path, dump(recording))
        try:
            link = address(recording, request.turn)
            lost = left_out(recording)
            remark = f"not in the link: {', '.join(lost)}" if lost else ""
        except RecordingError as error:
            link, remark = "", f"no link: {error}"
        return m.Saved(number=request.number, path=request.path, link=link, remark=remark, replaced=replaced)


def _seed_of(words: str) -> int:
    words = words.strip()
    if not words:
        return secrets.randbelow(1_000_000)
    if not (words.isascii() and words.isdigit() and int(words[:20]) <= MOST_SEED):
        raise m.TableError(f"seed {words[:30]!r}: allowed are whole numbers from 0 to {MOST_SEED}")
    return int(words)


def _in_words(error: Exception) -> str:
    """What the system says without its number: `No such file or directory: games/x.json`."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {shown(str(error.filename))}" if error.filename else error.strerror
    return shown(str(error))


def serve(requests: BinaryIO, replies: BinaryIO) -> None:
    """Answer line by line until there are no more."""
    host = Host()
    while line := requests.readline(m.LONGEST + 1):
        try:
            reply = host.answer(m.request_of(line))
        except m.TableError as error:
            reply = m.Refused(number=-1, why=str(error))
            while not line.endswith(b"\n") and (line := requests.readline(m.LONGEST)):
                pass  # what is too long to be a request is not read as the next ones
        replies.write(m.encode(reply))
        replies.flush()


def main() -> None:
    """Run as a process. What an agent of the user's own prints goes to stderr, not among the answers."""
    replies = sys.stdout.buffer
    try:
        with contextlib.redirect_stdout(sys.stderr):
            serve(sys.stdin.buffer, replies)
    except (BrokenPipeError, KeyboardInterrupt):
        raise SystemExit(0) from None
