"""`hanabi-tui --no-ui`: the run itself, in the foreground, told in plain lines."""

import contextlib
import logging
import os
import shlex
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from engine.contracts import events as e
from engine.contracts.log_lines import Lines, line
from engine.contracts.states import State
from engine.contracts.vitals import Vitals
from engine.control.server import ControlServer
from engine.machine.durable import write_atomically
from engine.run.run import Run
from engine.settings.bearable import check_workers
from engine.settings.config import Config
from engine.settings.keys import open_settings
from engine.store.directory import SETTINGS, Directory, LockedError
from hanabi_tui.exit_codes import ExitCode
from hanabi_tui.foreground.attending import Attending
from hanabi_tui.foreground.borrowed import BorrowedLearner, is_borrowed
from hanabi_tui.foreground.deadline import deadline
from hanabi_tui.foreground.embedded import EmbeddedLearner
from hanabi_tui.foreground.log_format import Format, Formatter, Level, is_journal
from hanabi_tui.foreground.manner import Manner
from hanabi_tui.foreground.prometheus import HOST, Endpoint
from hanabi_tui.foreground.rereading import rereading
from hanabi_tui.foreground.run_log import keep_lines
from hanabi_tui.foreground.voice import Voice
from hanabi_tui.foreground.wandb_sink import WandbSink
from hanabi_tui.settings import Settings, to_toml
from remote.notify import Notifier


def run(settings: Settings, manner: Manner) -> ExitCode:
    """Train until stopped, completed or failed. Raises EngineError for what cannot begin."""
    moment = deadline(time.time(), manner.until, manner.max_minutes)
    config = settings.config
    check_workers(config)
    path = Path(config.paths.checkpoint_dir)
    try:
        directory = Directory(path)
    except LockedError as error:
        if not manner.quiet_if_locked:
            print(f"hanabi-tui: {error}", file=sys.stderr)
        return ExitCode.LOCKED
    for note in settings.notes:
        print(f"hanabi-tui: {note}", file=sys.stderr)
    voice = _voice(manner)
    notifier = Notifier(os.environ)  # before any child has the environment
    with contextlib.ExitStack() as stack:
        stack.callback(directory.release)
        endpoint = _endpoint(manner.metrics_port, stack)
        learner = learner_of(config, path)
        stack.callback(learner.stop)
        learner.start()
        run = Run(config, directory, learner.connect, learner.link)
        keep_lines(directory.logs)
        control = stack.enter_context(serving(run, path))
        if endpoint is not None:
            voice.say(f"Metrics for Prometheus are at http://{HOST}:{endpoint.port}/metrics")
        attending = Attending(run, voice, moment, rereading(settings, manner.given), endpoint, notifier)
        return _train(run, settings, voice, control, attending)


def _voice(manner: Manner) -> Voice:
    form = Format(manner.log_format, journal=is_journal(os.environ))
    handler = logging.StreamHandler()
    handler.setFormatter(Formatter(form))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    return Voice(form)


def _endpoint(port: int | None, stack: contextlib.ExitStack) -> Endpoint | None:
    if port is None:
        return None
    endpoint = Endpoint(port)
    stack.callback(endpoint.close)
    return endpoint


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


def _train(
    run: Run, settings: Settings, voice: Voice, control: ControlServer, attending: Attending
) -> ExitCode:
    config = settings.config
    path = Path(config.paths.checkpoint_dir)
    voice.say(
        f"Training in {path} ({settings.preset} preset). Ctrl-C stops with a checkpoint; "
        "the same command goes on."
    )
    if config.network.transport == "direct":
        voice.say(
            "WARNING: plain TCP: games and weights can be read on the way, and whoever can change what "
            "goes by can take the connection over. On a network that is not yours alone: --transport ssh",
            Level.warning,
        )
    lines, wandb = Lines(config.logging.log_interval), None
    for event in run.events():
        attending.hear(event)
        if isinstance(event, Vitals):
            control.publish(event)
            continue
        if isinstance(event, e.Begun):
            _keep_settings(config, path)  # before it is told: whoever hears it reads them
        lines.interval = run.config.logging.log_interval  # it may change while the run runs
        told = lines.thinned(event)
        control.publish(event, tuple(map(line, told)))
        for each in told:
            voice.tell(each)
        if isinstance(event, e.Begun):
            wandb = WandbSink(config, event.run, path) if config.logging.use_wandb else None
        if wandb is not None:
            for warning in wandb.send(event):
                voice.say(warning, Level.warning)
    for warning in wandb.close() if wandb is not None else ():
        voice.say(warning, Level.warning)
    return _ending(run, path, voice, waited=attending.deadline.waited)


def _ending(run: Run, path: Path, voice: Voice, *, waited: bool) -> ExitCode:
    if run.state is State.COMPLETED:
        voice.say(
            "This run is complete. To train on, raise --minutes or --num-iterations; "
            f"to begin anew: {_fresh(path)}"
        )
    if run.state is State.FAILED:
        return ExitCode.BAD_INPUT if run.hopeless else ExitCode.FAILED
    return ExitCode.WAITING if waited and run.state is State.STOPPED else ExitCode.DONE


def _keep_settings(config: Config, path: Path) -> None:
    with contextlib.suppress(OSError):  # a full disk is met, and told, where it counts
        write_atomically(path / SETTINGS, to_toml(config).encode())


def _fresh(path: Path) -> str:
    return f"hanabi-tui fresh --checkpoint-dir {shlex.quote(str(path))}"
