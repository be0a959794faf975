"""Which generation gets which score."""

from pathlib import Path

import msgspec
import pytest
from made_checkpoint import save

from engine.run.keeping import Keeper
from engine.store.generations import Generations
from engine.store.manifest import Generation, read_manifest


def of_games(run: Path, step: int, score: float | None, games: str) -> Generation:
    """A generation that was evaluated by some games."""
    generation = save(run, step, score=score)
    counters = msgspec.structs.replace(generation.manifest.counters, best_of=(games,))
    return Generation(
        path=generation.path, manifest=msgspec.structs.replace(generation.manifest, counters=counters)
    )


def score_of(run: Path, step: int) -> float | None:
    return read_manifest(Generations(run / "generations").path_of(step)).score


def test_a_score_that_comes_late_is_that_of_the_first_generation_since(tmp_path: Path) -> None:
    keeper = Keeper(Generations(tmp_path / "generations"), "a-run", ["two"])
    keeper.found(of_games(tmp_path, 7, None, "two"))
    keeper.note(7, 3.0)
    assert score_of(tmp_path, 7) == 3.0
    keeper.note(5, 2.0)  # of weights on the way there
    assert score_of(tmp_path, 7) == 2.0
    keeper.note(8, 9.0)  # of what comes next
    assert score_of(tmp_path, 7) == 2.0


def test_the_generation_whose_score_is_on_its_way_is_kept_however_long_it_takes(tmp_path: Path) -> None:
    generations = Generations(tmp_path / "generations")
    keeper = Keeper(generations, "a-run", ["two"])
    keeper.found(of_games(tmp_path, 7, None, "two"))
    for step in (8, 9):
        save(tmp_path, step)
        keeper.tidy(1, evaluated=6)
    assert [path.name for path in generations.paths()] == ["000000009", "000000007"]
    keeper.note(6, 3.0)
    keeper.tidy(1, evaluated=None)
    assert [path.name for path in generations.by_score()] == ["000000007"]
    assert score_of(tmp_path, 7) == 3.0


def test_a_generation_of_other_games_gets_no_score_of_these(tmp_path: Path) -> None:
    keeper = Keeper(Generations(tmp_path / "generations"), "a-run", ["five"])
    keeper.found(of_games(tmp_path, 7, 20.0, "two"))
    keeper.note(7, 3.0)
    assert score_of(tmp_path, 7) == 20.0


def test_a_full_disk_is_no_reason_to_stop_for_a_score(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    keeper = Keeper(Generations(tmp_path / "generations"), "a-run", ["two"])
    keeper.found(of_games(tmp_path, 7, 1.0, "two"))
    monkeypatch.setattr("engine.store.generations.write_atomically", full)
    keeper.note(7, 3.0)
    assert score_of(tmp_path, 7) == 1.0
