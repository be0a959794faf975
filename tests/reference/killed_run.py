"""Kills a plain run before every n-th line of the code that writes: `killed_run.py DIRECTORY STORY MODE N`.

A story says which of its lines are meant: "begun" (of a run from nothing to its end), "taken up" (of a run
that was killed, until it trains again), "restored" (of one told to go back, until it has saved again). Each
life of a run is a process forked from this one, so hundreds of them are a matter of seconds. For each kill it
prints a line of JSON: where, the newest generation told of before, and how the next life fared.
"""

import json
import os
import shutil
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from plain_run import PlainRun
from small_run import assert_agrees, newest

from engine.contracts import commands as c
from engine.contracts import events as e
from engine.machine import durable
from engine.store import metrics, ring
from engine.store.directory import Directory
from engine.store.generations import Generations
from engine.store.metrics import Database
from engine.store.replay import Replay
from engine.store.ring import Ring

WRITES = (
    *(Replay._write, Replay.stand_at, Replay.check, Ring.write, ring._lay_out, ring._regrow),
    *(Generations.save, Generations.tidy, Generations._clear_up, Generations.set_aside),
    *(durable.write_atomically, durable.write, durable.sync),
    *(Database.forget_after, Database._write, metrics._open, metrics._lay_out),
    *(Directory.save,),
)
"""What writes."""

AT_ONCE = 3
"""Runs that are killed side by side: each waits for its threads most of the time."""

Line = tuple[str, int]
"""A function's name, and the number of one of its lines."""

Told = Callable[[Line], None]

Say = Callable[[Any], None]
"""Takes what a process has to say to the one that forked it."""

Forked = tuple[int, int]
"""A process's id, and where what it says can be read."""


def listen(told: Told) -> None:
    """Tell of every line that is about to be run."""
    codes = {_code(function) for function in WRITES}

    def line(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            told((frame.f_code.co_qualname, frame.f_lineno))
        return line

    sys.settrace(lambda frame, event, _: line if frame.f_code in codes else None)


def _code(function: Any) -> CodeType:
    return getattr(function, "__wrapped__", function).__code__


def life(directory: Path, serial: bool, story: str, told: Told | None, say: Say) -> None:
    """One life of a run; the lines that the story means are told of."""
    run = PlainRun(directory, serial=serial)
    if told and story != "restored":
        listen(told)
    asked = 0
    for event in run.events():
        match event:
            case e.GenerationSaved():
                say(event.step)
                if asked:
                    sys.settrace(None)
                if story == "restored" and not asked and len(run.of(e.GenerationSaved)) == 4:
                    asked = run.of(e.GenerationSaved)[1].step
                    run.run.command(c.Restore(step=asked))
                    if told:
                        listen(told)
            case e.Begun():
                if story == "taken up":
                    sys.settrace(None)
    sys.settrace(None)
    begun = run.of(e.Begun)[0].generation if run.of(e.Begun) else None
    damage = [str(each) for each in run.of(e.GenerationDamaged) + run.of(e.ReplayDamaged)]
    damage += [each.text for each in run.of(e.Notice) if "is damaged" in each.text]
    say({"begun": begun, "state": run.run.state, "reason": run.run.reason, "damage": damage})


def forked(work: Callable[[Say], None]) -> tuple[int, list[Any]]:
    """Do some work in a process of its own: how that ended, and what it said."""
    return end_of(fork(work))


def fork(work: Callable[[Say], None]) -> Forked:
    """Begin some work in a process of its own."""
    reading, writing = os.pipe()
    process = os.fork()
    if not process:
        os.close(reading)
        try:
            work(lambda word: os.write(writing, f"{json.dumps(word)}\n".encode()))
            os._exit(0)
        except BaseException:
            os.write(writing, f"{json.dumps(traceback.format_exc())}\n".encode())
            os._exit(1)
    os.close(writing)
    return process, reading


def end_of(it: Forked) -> tuple[int, list[Any]]:
    """Wait for a process: how it ended, and what it said."""
    process, reading = it
    with os.fdopen(reading) as words:
        said = [json.loads(word) for word in words]
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), said


def lines_of(directory: Path, serial: bool, story: str) -> Counter[Line]:
    """How often each line is run where nobody is killed."""

    def work(say: Say) -> None:
        found: Counter[Line] = Counter()
        life(directory, serial, story, lambda line: found.update([line]), lambda word: None)
        say(list(found.items()))

    code, said = forked(work)
    assert code == 0, said
    return Counter({tuple(line): times for line, times in said[-1]})


def kill(directory: Path, serial: bool, story: str, line: Line, which: int) -> tuple[int, list[Any]]:
    """Have a run killed before a line that it comes to for the n-th time."""
    left = which

    def told(here: Line) -> None:
        nonlocal left
        left -= here == line
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    return forked(lambda say: life(directory, serial, story, told, say))


def stories(folder: Path, story: str, serial: bool, every: int) -> list[dict[str, Any]]:
    """Kill a run once before each n-th line; how each fared."""
    ground = folder / "ground"
    if story == "taken up":
        lines = lines_of(folder / "first", serial, "begun")
        line = next(line for line in sorted(lines) if line[0] == "Replay._write")
        code, _ = kill(ground, serial, "begun", (line[0], line[1] + 3), lines[line] - 2)
        assert code == -signal.SIGKILL

    def place(name: str) -> Path:
        return Path(shutil.copytree(ground, folder / name)) if ground.is_dir() else folder / name

    def tell(first: int, say: Say) -> None:
        for number, (line, times) in enumerate(chosen[first::AT_ONCE]):
            directory = place(f"{first}-{number}")
            # now early, now late; what hangs on time may come less often the next time
            time = 1 + 7 * number % (times if serial else -(-times // 2))
            where = f"{line[0]}:{line[1]} the {time}. of {times} times"
            say({"line": where, **fate(directory, serial, story, line, time)})
            shutil.rmtree(directory)

    chosen = sorted(lines_of(place("dry"), serial, story).items())[::every]
    ends = [end_of(it) for it in [fork(partial(tell, first)) for first in range(AT_ONCE)]]
    assert all(code == 0 for code, _ in ends), ends
    return [told for _, said in ends for told in said]


def fate(directory: Path, serial: bool, story: str, line: Line, which: int) -> dict[str, Any]:
    """Of a run that is killed before a line, and of its next life."""
    code, said = kill(directory, serial, story, line, which)
    code_after, said_after = forked(lambda say: again(directory, serial, say))
    return {
        "killed": code == -signal.SIGKILL,
        "saved": max((word for word in said if isinstance(word, int)), default=-1),
        "after": said_after[-1] if code_after == 0 else {"error": said_after[-1:]},
    }


def again(directory: Path, serial: bool, say: Say) -> None:
    """The next life, to its end; all that is on disk must agree then."""
    said: list[Any] = []
    life(directory, serial, "", None, said.append)
    assert_agrees(directory)
    manifest = newest(directory).manifest
    say({**said[-1], "digest": manifest.digest, "samples": manifest.counters.samples, "step": manifest.step})


if __name__ == "__main__":
    for result in stories(Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "serial", int(sys.argv[4])):
        print(json.dumps(result))
