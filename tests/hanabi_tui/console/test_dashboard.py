"""The dashboard: everything at a glance, in words, at every size, and at rest when nothing changes."""

import math
import time
from pathlib import Path

import msgspec
import pytest
from console import shown, text_of
from seen_model import GPU, seen_model, vitals
from some_events import evaluated, progress

from engine.contracts.events import StateChanged
from engine.contracts.states import State
from engine.contracts.vitals import Link
from engine.control.messages import Overview
from engine.store.metrics import Database
from hanabi_tui.console.app import Console
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.own.keymap import Keymap
from hanabi_tui.console.own.setup import Setup
from hanabi_tui.console.views.dashboard import Dashboard
from hanabi_tui.console.widgets.block import Block

ESSENTIALS = (
    "training",
    "43 %",
    "trained 29 min 59 s",
    "about 34 min left",
    "2 players  22.00 ± 0.05 of 25",
    "Rainbow 20.64",
    "hat bot 22.52, 0.52 to go",
    "1,530 /s",
    "2,000 /s",
    "loss",
    "100 % full",
    "3 steps behind",
    "2 of 2 play",
    "up  laptop (ssh)",
    "12.5 ms",
    "1.2 MB/s  1.1 GB in all",
    "150 kB/s  118 MB in all",
    "RTX 3070",
    "87 %",
    "67 °C",
    "80 W",
    "93 %",
    "120 GB free",
    "WARNING: worker 1 is lost",
)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_the_essentials_are_on_the_screen_at_every_size(size: tuple[int, int]) -> None:
    async with shown(Dashboard, seen_model(), size) as pilot:
        screen = text_of(pilot)
        assert [words for words in ESSENTIALS if words not in screen] == []


async def test_no_size_breaks_it() -> None:
    async with shown(Dashboard, seen_model()) as pilot:
        for size in ((40, 10), (109, 33), (30, 8), (110, 33), (169, 60), (1, 1), (170, 40)):
            await pilot.resize_terminal(*size)
        await pilot.pause()
        assert "training" in text_of(pilot)


async def test_large_screens_have_curves_of_speed_and_loss() -> None:
    async with shown(Dashboard, seen_model(), (200, 60)) as pilot:
        assert "collected" in text_of(pilot)
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        assert "collected" not in text_of(pilot)


def at_rest(model: Model) -> Model:
    """Without what grows old from second to second."""
    model.since = 0.0
    model.events.clear()
    return model


async def test_advice_names_the_keys_that_this_user_has() -> None:
    model = told(seen_model(), State.PAUSED, "lunch")
    setup = Setup(keymap=Keymap({"everywhere": {"pause": "space"}}, Path("keymap.toml")))
    async with Console(model, setup).run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert "“Pause/resume” (Space) goes on" in text_of(pilot)


async def test_what_does_not_change_is_not_painted_again(monkeypatch) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    painted: list[str] = []
    model = at_rest(seen_model(now=now))
    async with shown(Dashboard, model, (120, 40)) as pilot:
        await pilot.pause()
        plain = Block.refresh
        monkeypatch.setattr(
            Block,
            "refresh",
            lambda block, *regions, **more: painted.append(block.id) or plain(block, *regions),
        )
        pilot.app.page.show(model)
        assert painted == []
        model.lines.append("12:06:00  evaluation")
        pilot.app.page.show(model)
        assert painted == ["log"]


def told(model: Model, state: State, reason: str = "") -> Model:
    model.state, model.reason, model.since = state, reason, time.time() - 5
    return model


STATES = [
    (State.STARTING, "", ["… starting", "loads weights"]),
    (State.COLLECTING, "", ["● collecting", "learning begins", "20,000 of 20,000 samples"]),
    (State.PAUSED, "asked to", ["‖ paused", "Somebody asked for it", "goes on"]),
    (
        State.PAUSED,
        "the learner is gone: silence for 4.5 s",
        ["silence for 4.5 s", "tries again by itself"],
    ),
    (
        State.PAUSED,
        "the learner is gone: laptop shows a host key that nobody has accepted yet",
        ["Connection page (7)", "accept it there"],
    ),
    (State.PAUSED, "cannot write: disk full", ["disk full", "Make room", "120 GB free"]),
    (State.PAUSED, "loss nan at step 12", ["loss nan", "an earlier generation"]),
    (State.STOPPING, "", ["stopping", "is being saved"]),
    (State.STOPPED, "", ["stopped", "The same command goes on"]),
    (State.COMPLETED, "", ["completed", "raise minutes or num_iterations"]),
    (State.FAILED, "a wrong token", ["failed", "a wrong token", "hanabi-tui doctor"]),
]


async def test_every_state_says_why_and_what_to_do() -> None:
    model = seen_model()
    async with shown(Dashboard, model) as pilot:
        for state, reason, words in STATES:
            pilot.app.page.show(told(model, state, reason))
            await pilot.pause()
            screen = " ".join(text_of(pilot).split())
            assert [each for each in words if each not in screen] == [], (state, reason)


async def test_speeds_of_a_paused_run_are_dashes_and_its_time_left_stands() -> None:
    async with shown(Dashboard, told(seen_model(), State.PAUSED, "asked to")) as pilot:
        screen = text_of(pilot)
        assert "1,530 /s" not in screen
        assert "about 34 min left, once it goes on" in screen


async def test_a_long_reason_takes_more_lines_and_gives_them_back() -> None:
    model = told(seen_model(), State.PAUSED, "the learner is gone: " + "very " * 40 + "far away")
    async with shown(Dashboard, model) as pilot:
        assert "far away" in text_of(pilot)
        told(model, State.TRAINING)
        pilot.app.page.show(model)
        while pilot.app.page.query_one("#run").size.height != 2:
            await pilot.pause(0.01)
        assert "far away" not in text_of(pilot)


async def test_nothing_known_yet_says_what_is_waited_for() -> None:
    model = Model(Path("checkpoints"), why="no run is live in checkpoints")
    async with shown(Dashboard, model) as pilot:
        screen = text_of(pilot)
        for words in (
            "no run is live in checkpoints",
            "begins one, or goes on.",
            "nothing was said yet",
        ):
            assert words in screen


async def test_a_run_that_is_lost_says_so_and_how_old_all_is() -> None:
    model = seen_model()
    model.overview = Overview(
        number=0,
        program="1",
        run="a",
        pid=1,
        directory="/x",
        began=0.0,
        state=State.TRAINING,
        reason="",
        since=0.0,
        settings={},
    )
    model.connected, model.why = False, "the connection broke: reset"
    async with shown(Dashboard, model) as pilot:
        screen = text_of(pilot)
        for words in (
            "? disconnected",
            "was training when last heard",
            "connection broke",
            "What is shown is from",
        ):
            assert words in screen
        assert "? not known" in screen  # the link


async def test_a_run_that_is_complete_stays_complete_when_its_process_is_gone() -> None:
    model = told(seen_model(), State.COMPLETED)
    model.connected, model.why = False, "no run is live in checkpoints"
    model.progress = msgspec.structs.replace(model.recent[-1], share=1.0, remaining=0.0)
    async with shown(Dashboard, model) as pilot:
        screen = text_of(pilot)
        for words in ("√ completed", "raise minutes", "all of it is done", "the run is over"):
            assert words in screen
        assert "disconnected" not in screen


async def test_a_run_that_has_just_begun_has_no_score_and_says_when_it_will() -> None:
    model = seen_model()
    model.evaluations.clear()
    model.progress = msgspec.structs.replace(model.recent[-1], seconds=15.0, training_score=3.25)
    async with shown(Dashboard, model) as pilot:
        screen = text_of(pilot)
        assert "no evaluation yet; the first comes in 40 s of training" in screen
        assert "while exploring: 3.25 points" in screen
        assert "time left: not known yet" in screen


async def test_what_is_not_measured_is_a_dash_with_a_reason() -> None:
    model = seen_model()
    device = msgspec.structs.replace(
        GPU, device="cpu (1 thread)", utilisation=None, temperature=None, power=None, memory_total=None
    )
    model.vitals = vitals(time.time(), device=device, cpu=None)
    nan = dict.fromkeys(("loss", "training_score", "remaining", "share"), math.nan)
    model.progress = msgspec.structs.replace(model.recent[-1], **nan)
    async with shown(Dashboard, model, (120, 40)) as pilot:
        screen = text_of(pilot)
        assert "nan" not in screen.lower()
        assert "–  a CPU does not tell" in screen
        assert "–  this system does not tell" in screen
        assert "it has no end" in screen


async def test_a_learner_that_is_gone_is_said_in_words_with_its_time(monkeypatch) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    model = seen_model()
    model.events.append(StateChanged(time=now - 65, step=1, state="paused", reason="the learner is gone: x"))
    told(model, State.PAUSED, "the learner is gone: x")
    link = Link(where="laptop (ssh)", connects=3, sent=1, received=1)
    model.vitals = vitals(now, link=link, answered=now - 65)
    model.pulses.append(model.vitals)
    async with shown(Dashboard, model, (120, 40)) as pilot:
        screen = text_of(pilot)
        assert "× gone  laptop (ssh)" in screen
        assert "1 min 5 s" in screen
        assert "NVIDIA GeForce RTX 3070 Laptop G…, 1 min 5 s ago" in screen


async def test_a_score_below_the_best_names_the_best_and_all_marks_may_be_beaten() -> None:
    model = seen_model()
    best, newest = evaluated(900, 24.6), evaluated(1000, 24.5)
    now = time.time()
    model.evaluations[:] = [
        msgspec.structs.replace(best, time=now - 100),
        msgspec.structs.replace(newest, time=now - 50, best=False),
    ]
    async with shown(Dashboard, model) as pilot:
        screen = text_of(pilot)
        assert "the best was 24.60 at step 9,000" in screen
        assert "all that is published without search" in screen


async def test_several_numbers_of_players_have_a_line_each() -> None:
    model = seen_model()
    scores = msgspec.structs.replace(evaluated(1000, 20.0, 19.0, 17.0, 15.0), time=time.time())
    model.evaluations[:] = [scores]
    async with shown(Dashboard, model, (120, 40)) as pilot:
        screen = text_of(pilot)
        for words in ("2 players  20.00", "3 players  19.00", "4 players  17.00", "5 players  15.00"):
            assert words in screen


async def test_what_happened_before_the_console_came_is_read_from_run_db(tmp_path: Path, monkeypatch) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    with Database(tmp_path / "run.db") as database:
        database.record(StateChanged(time=now - 500, step=0, state="starting"))
        database.record(StateChanged(time=now - 490, step=0, state="training"))
        database.record(StateChanged(time=now - 400, step=0, state="paused", reason="the learner is gone: x"))
        database.record(StateChanged(time=now - 300, step=0, state="training"))
        database.record(msgspec.structs.replace(evaluated(7, 12.34), time=now - 200))
        for number in range(5):
            database.record(progress(20 + number, time=now - 5 + number))
    model = seen_model(tmp_path, now)
    for kept in (model.evaluations, model.events, model.recent):
        kept.clear()
    async with shown(Dashboard, model, (120, 40)) as pilot:
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        screen = text_of(pilot)
        assert "12.34 ± 0.05" in screen
        assert "for 1 min 40 s" in screen  # the outage
        assert "10.0 /s" in screen  # steps, from the Progress kept


async def test_hours_and_millions_keep_their_places() -> None:
    model = seen_model()
    large = {"games": 123_456_789, "samples": 9_876_543_210, "step": 12_345_678, "seconds": 400_000.0}
    model.progress = msgspec.structs.replace(model.recent[-1], remaining=900_000.0, **large)
    async with shown(Dashboard, model) as pilot:
        screen = text_of(pilot)
        for words in ("123 M", "9.88 G", "trained 4 d 15 h", "about 10.4 d left"):
            assert words in screen


async def test_names_of_any_length_and_script_do_no_harm() -> None:
    model = told(seen_model(), State.PAUSED, "the learner is gone: \x1b[31m日本語のホスト" + "長" * 200)
    link = Link(where="日本語" * 40, connects=1, sent=0, received=0, round_trip=0.001)
    model.vitals = vitals(time.time(), link=link, device=msgspec.structs.replace(GPU, device="🂡" * 90))
    async with shown(Dashboard, model) as pilot:
        screen = text_of(pilot)
        assert "\x1b" not in screen
        assert "日本語のホスト" in screen
