"""The console looks as in its pictures: every page, at three sizes, however the run stands.

The pictures are texts in `tests/golden/console/`. Where the console was changed on purpose, `make pictures`
takes them anew; what became other is then seen in the difference.
"""

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from console import text_of
from made_run import freeze, made_conventions, made_run
from picture import picture_of
from textual.pilot import Pilot
from textual.widgets import Input

from engine.contracts.events import StateChanged
from engine.contracts.states import State
from hanabi_tui.console.app import Console
from hanabi_tui.console.live.bridge import Bridge
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.live.starting import Starter
from hanabi_tui.console.measuring import child
from hanabi_tui.console.pages import PAGES

GOLDEN = Path(__file__).parents[2] / "golden" / "console"
RENEW = bool(os.environ.get("RENEW_PICTURES"))
SIZES = ((80, 24), (120, 40), (200, 60))
NOW = 1_767_323_045.0
"""2 January 2026, 03:04:05."""

RUN = Path("checkpoints")
GONE = "the learner is gone: laptop does not answer: silence for 4.5 s"


def connected() -> Model:
    return made_run(RUN, NOW)


def paused() -> Model:
    model = made_run(RUN, NOW)
    model.state, model.reason, model.since = State.PAUSED, GONE, NOW - 65
    model.events.append(StateChanged(time=NOW - 65, step=1_002_340, state="paused", reason=GONE))
    link = msgspec.structs.replace(model.vitals.link, round_trip=None)
    model.vitals = msgspec.structs.replace(model.vitals, link=link, answered=NOW - 65)
    model.pulses.append(model.vitals)
    return model


def disconnected() -> Model:
    model = made_run(RUN, NOW)
    model.connected, model.why, model.heard = False, "the connection broke: reset by peer", 1.0
    return model


def empty() -> Model:
    return Model(RUN, why="no run is live in checkpoints")


EVERY = {page.title.lower(): page.key for page in PAGES}
OF_THE_RUN = {name: EVERY[name] for name in ("dashboard", "charts", "connection", "settings")}
DIALOGUES = {
    "help": "question_mark",
    "quit": "q",
    "jump": "ctrl+o",
    "themes": "T",
    "entry": "W",
    "question": "S",
}


@asynccontextmanager
async def pictured(model: Model) -> AsyncIterator[Pilot[str]]:
    """The whole console, its clock at rest, and nobody at the other end of the bridge."""
    console = Console(model, follow=True, starter=Starter(RUN))
    console.animation_level = "none"  # of which a busy machine shows any part
    async with console.run_test(size=SIZES[0], notifications=True) as pilot:
        yield pilot


@pytest.fixture(autouse=True)
def nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """No other place, time, terminal or user."""

    async def silent(bridge: Bridge) -> None:
        await asyncio.Event().wait()

    async def counted(*_: object) -> str:
        return made_conventions()

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(Bridge, "run", silent)
    monkeypatch.setattr(child, "run", counted)
    monkeypatch.delenv("NO_COLOR", raising=False)
    freeze(monkeypatch, NOW)
    yield
    monkeypatch.undo()
    time.tzset()


async def settled(pilot: Pilot[str]) -> str:
    """The picture once nothing is read any more and nothing changes: three times the same."""
    before, same = "", 0
    while True:
        await pilot.pause()
        for field in pilot.app.screen.query(Input):
            field.cursor_blink = False
        busy = any(worker.is_running for worker in pilot.app.workers if worker.group != "bridge")
        now = picture_of(pilot.app)
        same = same + 1 if now == before and not busy else 0
        if same == 2:
            return now
        before = now
        await asyncio.sleep(0.03)


def compare(name: str, now: str, pilot: Pilot[str], tmp_path: Path) -> str:
    """What is wrong with a picture; empty: nothing."""
    kept = GOLDEN / f"{name}.txt"
    if RENEW:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(now, encoding="utf-8")
    if kept.exists() and kept.read_text(encoding="utf-8") == now:
        return ""
    (tmp_path / f"{kept.stem}.txt").write_text(now, encoding="utf-8")
    svg = tmp_path / f"{kept.stem}.svg"
    svg.write_text(pilot.app.export_screenshot(), encoding="utf-8")
    return f"{name} looks other than {kept}: see {svg}"


@pytest.mark.parametrize(
    ("made", "views"),
    [(connected, EVERY), (paused, OF_THE_RUN), (disconnected, OF_THE_RUN), (empty, EVERY)],
    ids=lambda each: getattr(each, "__name__", ""),
)
async def test_every_page_looks_as_in_its_pictures(
    made: Callable[[], Model], views: dict[str, str], tmp_path: Path
) -> None:
    wrong = []
    async with pictured(made()) as pilot:
        for size in SIZES:
            await pilot.resize_terminal(*size)
            for view, key in views.items():
                await pilot.press(key)
                name = f"{made.__name__}/{view}-{size[0]}x{size[1]}"
                wrong.append(compare(name, await settled(pilot), pilot, tmp_path))
    assert not any(wrong), "\n".join(filter(None, wrong))


async def test_every_dialogue_looks_as_in_its_picture(tmp_path: Path) -> None:
    wrong = []
    async with pictured(connected()) as pilot:
        await pilot.press("9")  # it has several parts to jump to
        await settled(pilot)
        for name, key in DIALOGUES.items():
            await pilot.press(key)
            wrong.append(compare(f"dialogues/{name}", await settled(pilot), pilot, tmp_path))
            await pilot.press("escape")
            await settled(pilot)
    assert not any(wrong), "\n".join(filter(None, wrong))


STRANGE = "日本語の名前 \x1b[31m 🃏 e\u0301 \u202eabc " + "long" * 60


def strange() -> Model:
    directory = Path("日本語 🃏 " + "long-" * 30)
    model = made_run(directory, NOW)
    model.state, model.reason = State.PAUSED, f"the learner is gone: {STRANGE}"
    link = msgspec.structs.replace(model.vitals.link, where=STRANGE)
    device = msgspec.structs.replace(model.vitals.device, device=STRANGE)
    model.vitals = msgspec.structs.replace(model.vitals, link=link, device=device)
    model.lines.append(f"12:06:00  {STRANGE}")
    with (directory / "logs" / "run.log").open("a") as log:
        log.write(f"12:06:00  {STRANGE}\n")
    with (directory / "hosts").open("a") as hosts:
        hosts.write(f"Host ラップトップ-{'long' * 40}\n  User ä\n")
    return model


async def test_names_of_any_script_and_length_leave_every_page_whole() -> None:
    async with pictured(strange()) as pilot:
        for size in ((30, 10), SIZES[0]):
            await pilot.resize_terminal(*size)
            for page in PAGES:
                await pilot.press(page.key)
                await settled(pilot)
                strips = pilot.app.screen._compositor.render_strips()
                assert {strip.cell_length for strip in strips} == {size[0]}, page.title
                assert text_of(pilot).replace("\n", "").isprintable(), page.title


async def test_a_storm_of_sizes_leaves_every_page_as_it_was() -> None:
    storm = random.Random(5)
    async with pictured(connected()) as pilot:
        for page in PAGES:
            await pilot.press(page.key)
            before = await settled(pilot)
            for _ in range(5):
                await pilot.resize_terminal(storm.randrange(1, 220), storm.randrange(1, 70))
            await pilot.resize_terminal(*SIZES[0])
            assert await settled(pilot) == before, page.title
            assert page.title[:3] in text_of(pilot)
