"""From a run's socket into the model: a real control server at the other end."""

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from console import PATIENCE

from engine.contracts.commands import Checkpoint, Command, Done, Refused, Reply, Resume
from engine.contracts.events import Notice, StateChanged
from engine.contracts.states import State
from engine.control.served import WAITING
from engine.control.server import ControlServer
from hanabi_tui.console.live import bridge
from hanabi_tui.console.live.bridge import Bridge
from hanabi_tui.console.live.model import Model


class Run:
    """What serves a directory's socket, and answers when it is told to."""

    def __init__(self, directory: Path) -> None:
        self.told: list[tuple[Command, Future[Reply]]] = []
        self.server = ControlServer(directory, self._hear, dict, "0.1")

    def _hear(self, command: Command) -> Future[Reply]:
        self.told.append((command, Future()))
        return self.told[-1][1]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    run = Run(tmp_path)
    yield run
    run.server.close()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0.01)


async def test_what_was_missed_is_looked_up(run: Run, tmp_path: Path) -> None:
    model = Model(tmp_path)
    following = asyncio.create_task(Bridge(model).run())
    await until(lambda: model.connected)
    # nothing is read while this goes on, as by a console that is suspended
    for number in range(2 * WAITING // 1000):
        run.server.publish(Notice(time=1.0, step=number, text="x" * 1000))
    run.server.publish(StateChanged(time=9.0, step=4, state="paused", reason="lunch"))
    while not run.server._post.empty():
        time.sleep(0.01)
    await until(lambda: model.missed > 0)
    await until(lambda: (model.state, model.reason, model.since) == (State.PAUSED, "lunch", 9.0))
    following.cancel()


async def test_a_run_that_does_not_answer_is_told_nothing_twice(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridge, "PATIENCE", 0.1)
    model = Model(tmp_path)
    followed = Bridge(model)
    following = asyncio.create_task(followed.run())
    await until(lambda: model.connected)
    assert await followed.ask(Checkpoint()) == Refused(why=bridge.SILENT)
    assert await followed.ask(Checkpoint()) == Refused(why=bridge.ALREADY)
    assert [command for command, _ in run.told] == [Checkpoint()]
    run.told[0][1].set_result(Done(text="late"))
    await until(lambda: not followed._unanswered)
    monkeypatch.setattr(bridge, "PATIENCE", PATIENCE)
    waiting = asyncio.create_task(followed.ask(Resume()))
    await until(lambda: len(run.told) == 2)
    run.told[1][1].set_result(Done(text="training goes on"))
    assert await waiting == Done(text="training goes on")
    following.cancel()


async def test_a_run_that_takes_the_connection_and_says_nothing_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridge, "PATIENCE", 0.1)
    model = Model(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:  # as of a process that is stopped
        listener.bind(str(tmp_path / "control.sock"))
        listener.listen()
        followed = Bridge(model)
        following = asyncio.create_task(followed.run())
        await until(lambda: model.why == bridge.UNANSWERED)
        assert followed.changes == 1
        following.cancel()
