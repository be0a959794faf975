"""`hanabi-tui --no-ui`: the run itself, in the foreground, told in plain lines."""

import contextlib
import logging
import os
import shlex
import signal
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from types import FrameType

from engine import commands as c
from engine import events as e
from engine.config import Config
from engine.control_server import ControlServer
from engine.directory import Directory, LockedError
from engine.generations import write_atomically
from engine.keys import open_settings
from engine.log_lines import Lines
from engine.run import Run
from engine.states import State
from engine.vitals import Vitals
from hanabi_tui.borrowed import BorrowedLearner, is_borrowed
from hanabi_tui.embedded import EmbeddedLearner
from hanabi_tui.run_log import keep, keep_lines
from hanabi_tui.settings import Settings, to_toml
from hanabi_tui.wandb_sink import WandbSink

DONE, FAILED, BAD_INPUT, LOCKED = 0, 1, 2, 3
"""Exit codes: stopped or completed; failed; settings that cannot be used; directory held by another run."""

TWICE = 1.0
"""Seconds within which a second stop is the same one: `timeout`, or make, tells the run and its group."""


def run(settings: Settings) -> int:
    """Train until stopped, completed or failed; the exit code. Raises EngineError for what cannot begin."""
    config = settings.config
    path = Path(config.paths.checkpoint_dir)
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    try:
        directory = Directory(path)
    except LockedError as error:
        print(f"hanabi-tui: {error}", file=sys.stderr)
        return LOCKED
    learner = learner_of(config, path)
    try:
        learner.start()
        run = Run(config, directory, learner.connect, learner.link)
        keep_lines(directory.logs)
        with serving(run, path) as control:
            return _train(run, settings, path, control)
    finally:
        learner.stop()
        directory.release()


def learner_of(config: Config, path: Path) -> EmbeddedLearner | BorrowedLearner:
    """The learner that settings name: on another machine, or on this one."""
    if is_borrowed(config.network):
        return BorrowedLearner(config.network, path)
    return EmbeddedLearner(config, path)


@contextlib.contextmanager
def serving(run: Run, path: Path) -> Iterator[ControlServer]:
    """Serve the run's control.sock, as long as the `with` block lasts. Raises OSError."""
    control = ControlServer(path, run.command, lambda: open_settings(run.config), version("hanabi-tui"))
    try:
        yield control
    finally:
        control.close()


def _train(run: Run, settings: Settings, path: Path, control: ControlServer) -> int:
    config = settings.config
    _obey_signals(run)
    say(
        f"Training in {path} ({settings.preset} preset). Ctrl-C stops with a checkpoint; "
        "the same command goes on."
    )
    if config.network.transport == "direct":
        say(
            "WARNING: plain TCP: games and weights can be read on the way, and whoever can change "
            "what goes by can "
            "take the connection over. On a network that is not yours alone: --transport ssh"
        )
    lines, wandb = Lines(config.logging.log_interval), None
    for event in run.events():
        if isinstance(event, Vitals):
            control.publish(event)
            continue
        lines.interval = run.config.logging.log_interval  # it may change while the run runs
        told = tuple(lines.of(event))
        control.publish(event, told)
        for line in told:
            say(line)
        if isinstance(event, e.Begun):
            _keep_settings(config, path)
            wandb = WandbSink(config, event.run, path) if config.logging.use_wandb else None
        if wandb is not None:
            for line in wandb.send(event):
                say(line)
    for line in wandb.close() if wandb is not None else ():
        say(line)
    if run.state is State.COMPLETED:
        say(
            "This run is complete. To train on, raise --minutes or --num-iterations; "
            f"to begin anew: {_fresh(path)}"
        )
    return FAILED if run.state is State.FAILED else DONE


def _keep_settings(config: Config, path: Path) -> None:
    with contextlib.suppress(OSError):  # a full disk is met, and told, where it counts
        write_atomically(path / "config.toml", to_toml(config).encode())


def say(line: str) -> None:
    """Print a line at once, and keep it; a reader who left (head) ends nothing."""
    keep(line)
    try:
        print(line, flush=True)
    except BrokenPipeError:
        # training goes on without anybody who reads
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError:
        pass  # a full disk, a terminal that is gone: likewise


def _fresh(path: Path) -> str:
    return f"hanabi-tui fresh --checkpoint-dir {shlex.quote(str(path))}"


def _obey_signals(run: Run) -> None:
    asked = 0.0

    def stop(number: int, _: FrameType | None) -> None:
        nonlocal asked
        now = time.monotonic()
        if asked and now - asked < TWICE:
            return
        if asked:
            say("Stopped at once; the next start goes on from the newest generation.")
            os._exit(128 + number)  # the children see their parent gone
        asked = now
        run.command(c.Stop())
        say("Stopping with a checkpoint; once more stops at once.")

    def checkpoint(number: int, _: FrameType | None) -> None:
        run.command(c.Checkpoint())

    handlers: dict[int, Callable[[int, FrameType | None], None]] = {
        signal.SIGINT: stop,
        signal.SIGTERM: stop,
        signal.SIGHUP: stop,
        signal.SIGUSR1: checkpoint,
    }
    for number, handler in handlers.items():
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup means it
            signal.signal(number, handler)
