"""The Settings page: what it says that the run was started with."""

from pathlib import Path

from console import shown, text_of, until
from some_overview import overview
from textual.coordinate import Coordinate
from textual.pilot import Pilot

from engine.contracts.events import Begun
from engine.control.messages import News
from engine.settings.config import Config, TrainingSection
from engine.settings.config_file import to_toml
from engine.store.directory import SETTINGS
from hanabi_tui.console.live.intake import lose, take_in
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.views.settings import LIVE, Settings
from hanabi_tui.console.widgets.lasting_table import LastingTable

RATE = next(row for row, key in enumerate(LIVE) if key.name == "learning_rate")


def started_with(directory: Path, rate: float) -> None:
    config = Config(training=TrainingSection(learning_rate=rate))
    (directory / SETTINGS).write_text(to_toml(config), encoding="utf-8")


def at_start(pilot: Pilot[str]) -> str:
    return str(pilot.app.page.query_one(LastingTable).get_cell_at(Coordinate(RATE, 2)))


async def test_what_the_run_was_started_with_is_that_of_the_process_that_runs(tmp_path: Path) -> None:
    """A process keeps its settings when it begins, for which its learner may keep it waiting for hours."""
    model, begun = Model(tmp_path), News(event=Begun(time=9.0, step=0, run="abc", pid=7, generation=-1))
    started_with(tmp_path, 0.002)
    take_in(overview(run="abc"), model)
    async with shown(Settings, model, (110, 40)) as pilot:
        pilot.app.page.show(model)
        await until(pilot, lambda: at_start(pilot) == "0.002")

        lose(model, "it has ended")
        take_in(overview(run="", began=8.0), model)
        pilot.app.page.show(model)
        await until(pilot, lambda: at_start(pilot) == "")

        started_with(tmp_path, 0.003)
        take_in(begun, model)
        pilot.app.page.show(model)
        await until(pilot, lambda: at_start(pilot) == "0.003")
        assert "0.002" not in text_of(pilot)
