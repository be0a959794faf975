"""How a run stands, in words and shapes."""

import math
import time
from pathlib import Path

import pytest
from console import shown, text_of
from some_events import evaluated, progress

from engine.contracts.states import State
from engine.contracts.vitals import Link, Vitals
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.view import View
from hanabi_tui.console.widgets.header import Header
from hanabi_tui.console.wording import SHAPES, left_of, link_of, score_of, shape_of, state_of


class Nothing(View):
    def show(self, model: Model) -> None:
        pass


def model(**more: object) -> Model:
    return Model(Path("checkpoints"), connected=True, **more)


def test_every_state_has_a_shape_of_its_own() -> None:
    assert len(set(SHAPES.values())) == len(State)
    assert shape_of(Model(Path(), state=State.TRAINING, why="gone")) == "○"
    assert shape_of(Model(Path(), state=State.COMPLETED)) == "√"


def test_states_are_told_with_their_reasons() -> None:
    assert state_of(model(state=State.PAUSED, reason="lunch")) == "paused: lunch"
    assert state_of(Model(Path(), why="no run is live")) == "not connected: no run is live"
    assert state_of(Model(Path(), why="it ended", state=State.STOPPED)) == "stopped"


def test_a_run_that_says_nothing_any_more_is_told_so() -> None:
    heard = time.monotonic()
    assert state_of(model(state=State.TRAINING, heard=heard)) == "training"
    assert state_of(model(state=State.TRAINING, heard=heard - 95)) == "silent for 1 min 35 s, was training"
    assert state_of(model(state=State.COMPLETED, heard=heard - 95)) == "completed"


def test_time_left_is_honest() -> None:
    assert left_of(model(progress=progress(1))) == "90 s left"
    assert left_of(model(progress=progress(1, share=math.nan, remaining=math.nan))) == "no end set"
    assert left_of(model()) == ""


def test_the_link_is_told_up_and_down() -> None:
    assert link_of(model(vitals=Vitals(time=1, link=Link(where="here", round_trip=0.0123)))) == "link 12.3 ms"
    assert link_of(model(vitals=Vitals(time=1, link=Link(where="here")))) == "link down"


def test_the_score_of_several_variants_is_their_mean() -> None:
    assert score_of(evaluated(1, 10.0, 20.0)) == "15.00 ± 0.04"
    assert score_of(None) == ""


@pytest.mark.parametrize("size", [(20, 5), (80, 24), (120, 40), (200, 60)])
async def test_the_header_fits_every_width_with_long_and_strange_reasons(size: tuple[int, int]) -> None:
    reason = "日本語の理由 [bold]not markup[/] \x1b[31mnor this " + "very " * 60
    full = model(
        state=State.PAUSED,
        reason=reason,
        progress=progress(1234),
        vitals=Vitals(time=1, link=Link(where="here", round_trip=0.0123)),
    )
    full.scores.hear(evaluated(1, 17.31))
    async with shown(Nothing, full, size=size) as pilot:
        pilot.app.query_one(Header).show(full)
        await pilot.pause()
        first = text_of(pilot).splitlines()[0]
        assert first.startswith(" ‖ paused:") and "\x1b" not in first
        assert ("step 12,340" in first) is (size[0] >= 80)
        assert ("link 12.3 ms" in first) is (size[0] >= 120)
        if size[0] >= 80:
            assert "[bold]not" in first or size[0] < 120
