"""What the Charts page keeps of the machine, which no run.db has."""

import time
from pathlib import Path

from seen_model import vitals
from some_events import progress
from some_overview import overview

from hanabi_tui.console.charts.album import Album
from hanabi_tui.console.charts.place import Axis
from hanabi_tui.console.live.model import Model


def measured(album: Album, model: Model, step: int) -> list[float]:
    """The steps that measurements lie at, once one was taken at this one."""
    model.progress = progress(step // 10)
    model.vitals = vitals(time.time())
    album.measure(model)
    series = album._vitals
    newest = series.newest
    assert newest is not None
    return [*series.window("cpu", Axis.STEP, 0, newest.step, most=100).xs]


def test_measurements_go_back_with_the_run(tmp_path: Path) -> None:
    album, model = Album(tmp_path), Model(tmp_path)
    assert measured(album, model, 50_000) == [50_000]
    assert measured(album, model, 12_400) == [12_400]
    assert measured(album, model, 12_500) == [12_400, 12_500]


def test_measurements_of_another_run_in_the_same_directory_are_no_part_of_its_charts(tmp_path: Path) -> None:
    album, model = Album(tmp_path), Model(tmp_path)
    model.overview = overview(run="one")
    measured(album, model, 50)
    model.overview = overview(run="other")
    assert measured(album, model, 60) == [60]
