"""What a console finds in a run's directory."""

from pathlib import Path

import pytest
from made_checkpoint import save
from some_events import evaluated

from engine.settings.config import Config, GameRangesSection
from engine.settings.config_file import to_toml
from engine.store.generations import Generations
from engine.store.metrics import Database
from hanabi_tui.console.measuring.contestants import Checkpoint, shelf, stamp_of


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Three generations, of which the first has the best score."""
    for step, score in ((10, 3.0), (20, 2.0), (30, None)):
        save(tmp_path, step, seed=step, score=score)
    return tmp_path


def test_the_newest_comes_first_and_the_best_is_marked(run: Path) -> None:
    found = shelf(run).checkpoints
    assert [each.step for each in found] == [30, 20, 10]
    assert [(each.newest, each.best) for each in found] == [(True, False), (False, False), (False, True)]
    assert [each.score for each in found] == [None, 2.0, 3.0]
    assert found[0].name == f"{run.resolve()}@30"
    assert found[0].size == sum(
        file.stat().st_size for file in found[0].path.iterdir() if file.name != "manifest.json"
    )


def test_those_that_a_run_went_back_behind_come_last_and_keep_a_name_that_finds_them(run: Path) -> None:
    before = stamp_of(run)
    Generations(run / "generations").set_aside(after=10)
    found = shelf(run).checkpoints
    assert [(each.step, each.aside) for each in found] == [(10, False), (30, True), (20, True)]
    assert Path(found[1].name).is_dir()
    assert "2" in found[1].label and found[1].label != found[2].label
    assert stamp_of(run) != before


def test_a_damaged_manifest_is_a_row_that_says_why(run: Path) -> None:
    manifest = run / "generations/000000020/manifest.json"
    manifest.write_text(manifest.read_text().replace('"a-run"', '"b-run"'))
    damaged = shelf(run).checkpoints[1]
    assert (damaged.manifest, damaged.score) == (None, None)
    assert "checksum fails" in damaged.why
    assert damaged.size > 0


def test_a_score_has_the_error_of_the_evaluation_it_is_of(run: Path) -> None:
    database = Database(run / "run.db")
    database.record(evaluated(1, 2.5, 3.5))  # at step 10, each ± 0.05
    database.close()
    errors = [each.error for each in shelf(run).checkpoints]
    assert errors[:2] == [None, None]
    assert errors[2] == pytest.approx(0.05 / 2**0.5)


def test_the_games_of_a_run_are_those_it_was_started_with(run: Path) -> None:
    assert (shelf(run).variant, shelf(run).players) == ("full", (2,))
    before = stamp_of(run)
    settings = Config(game_ranges=GameRangesSection(variant="small", players=(4, 3)))
    (run / "config.toml").write_text(to_toml(settings))
    assert stamp_of(run) != before  # so it is looked at again
    assert (shelf(run).variant, shelf(run).players) == ("small", (3, 4))


def test_a_directory_without_a_run_holds_nothing(tmp_path: Path) -> None:
    found = shelf(tmp_path / "nowhere")
    assert found.checkpoints == ()
    assert found.stamp == ()


def test_a_copy_kept_while_its_step_is_saved_once_more_is_a_row_of_its_own(run: Path) -> None:
    (run / "generations/000000020").rename(run / "generations/000000020.old")
    found: Checkpoint = shelf(run).checkpoints[1]
    assert (found.step, found.name) == (20, str(run.resolve() / "generations/000000020.old"))


def test_a_score_that_is_noted_later_is_looked_at(tmp_path: Path) -> None:
    save(tmp_path, 7)
    before = stamp_of(tmp_path)
    Generations(tmp_path / "generations").note(7, 3.0)
    assert stamp_of(tmp_path) != before
    assert shelf(tmp_path).checkpoints[0].score == 3.0
