"""Generations: each is there whole or not at all, and what is broken is passed over loudly."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from engine.settings.config import ModelSection
from engine.store.generations import LATEST, Generations
from engine.store.manifest import (
    FORMAT,
    LEARNER,
    MANIFEST,
    PENDING,
    Counters,
    GenerationError,
    Manifest,
    open_generation,
)

ROOT = str(Path(__file__).parents[3])


def manifest_of(step: int, score: float | None = None) -> Manifest:
    return Manifest(
        run="a run",
        created=0.0,
        model=ModelSection(architecture="mlp"),
        digest="d" * 64,
        weights=100,
        score=score,
        counters=Counters(step=step, samples=16 * step, credit=0.1 * step),
        files={},
    )


def files_of(step: int) -> dict[str, bytes]:
    return {LEARNER: bytes([step % 256]) * 20_000, PENDING: bytes([step % 251]) * 300}


def saved(folder: Path, *steps: int) -> Generations:
    generations = Generations(folder)
    for step in steps:
        generations.save(manifest_of(step), files_of(step))
    return generations


def steps_of(generations: Generations) -> list[int]:
    return [int(path.name) for path in generations.paths()]


def test_what_is_saved_is_read_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    generations = Generations(tmp_path / "generations")
    made = generations.save(manifest_of(7, score=1.5), files_of(7))
    newest, passed = generations.newest()
    assert passed == []
    assert newest is not None
    assert {name: newest.read(name) for name in newest.manifest.files} == files_of(7)
    kept = msgspec.structs.replace(newest.manifest, files={}, seal="")
    assert kept == manifest_of(7, score=1.5)
    assert newest.path == made.path == generations.path_of(7)
    assert (generations.folder / LATEST).read_text() == f"{made.path.name}\n"
    assert [f"{path.stat().st_mode & 0o777:o}" for path in (made.path, generations.folder)] == ["700", "700"]
    assert {f"{path.stat().st_mode & 0o777:o}" for path in made.path.iterdir()} == {"600"}
    with pytest.raises(GenerationError, match="has no poem"):
        newest.read("poem")


def test_where_nothing_was_saved_there_is_none(tmp_path: Path) -> None:
    assert Generations(tmp_path / "none").newest() == (None, [])
    assert Generations(tmp_path).paths() == []


def test_steps_are_in_order_however_many_digits_they_have(tmp_path: Path) -> None:
    generations = saved(tmp_path, 5, 999_999_999, 1_000_000_000)
    assert steps_of(generations) == [1_000_000_000, 999_999_999, 5]


@pytest.mark.parametrize("name", [LEARNER, PENDING, MANIFEST])
@pytest.mark.parametrize("harm", ["cut short", "emptied", "missing", "a bit flipped"])
def test_a_damaged_generation_is_passed_over_for_the_one_before(tmp_path: Path, name: str, harm: str) -> None:
    generations = saved(tmp_path, 10, 20)
    path = generations.path_of(20) / name
    content = bytearray(path.read_bytes())
    if harm == "cut short":
        path.write_bytes(content[:-1])
    elif harm == "emptied":
        path.write_bytes(b"")
    elif harm == "missing":
        path.unlink()
    else:
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    newest, passed = generations.newest()
    assert newest is not None
    assert newest.manifest.step == 10
    assert newest.read(LEARNER) == files_of(10)[LEARNER]
    assert len(passed) == 1
    assert "000000020" in str(passed[0])
    assert name in str(passed[0])
    wanted = "No such file" if harm == "missing" else "damaged"
    assert wanted in str(passed[0])


def test_a_flip_of_any_bit_of_the_manifest_is_noticed(tmp_path: Path) -> None:
    generations = saved(tmp_path, 10)
    path = generations.path_of(10) / MANIFEST
    sound = path.read_bytes()
    for place in range(len(sound)):
        flipped = bytearray(sound)
        flipped[place] ^= 1 << place % 8
        path.write_bytes(flipped)
        with pytest.raises(GenerationError):
            open_generation(path.parent)
    path.write_bytes(sound)
    assert open_generation(path.parent).manifest.step == 10


def test_where_all_are_damaged_each_is_named(tmp_path: Path) -> None:
    generations = saved(tmp_path, 10, 20)
    for step in (10, 20):
        (generations.path_of(step) / LEARNER).write_bytes(b"")
    newest, passed = generations.newest()
    assert newest is None
    assert ["000000020" in str(passed[0]), "000000010" in str(passed[1])] == [True, True]


def test_one_of_another_format_says_which_is_read(tmp_path: Path) -> None:
    generations = saved(tmp_path, 10)
    path = generations.path_of(10) / MANIFEST
    known = f'"format": {FORMAT}'.encode()
    assert known in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(known, b'"format": 99'))
    with pytest.raises(GenerationError, match=f"format 99; this version of hanabi-tui reads {FORMAT}"):
        open_generation(path.parent)


@pytest.mark.parametrize(
    "content", [None, b"", b"000000099\n", b"../elsewhere\n", b"\xff\xfe\x00", b"newest"]
)
def test_a_latest_that_is_missing_foreign_or_points_nowhere_is_done_without(
    tmp_path: Path, content: bytes | None
) -> None:
    generations = saved(tmp_path, 10, 20)
    if content is None:
        (tmp_path / LATEST).unlink()
    else:
        (tmp_path / LATEST).write_bytes(content)
    newest, passed = generations.newest()
    assert newest is not None
    assert (newest.manifest.step, passed) == (20, [])


def test_one_that_latest_does_not_name_yet_was_never_completed(tmp_path: Path) -> None:
    generations = saved(tmp_path, 10, 20)
    (tmp_path / LATEST).write_text("000000010\n")
    newest, passed = generations.newest()
    assert newest is not None
    assert newest.manifest.step == 10
    assert "000000020 was never completed: latest names 000000010" in str(passed[0])
    generations.save(manifest_of(15), files_of(15))
    generations.tidy(keep=5)
    generations.save(manifest_of(30), files_of(30))
    assert steps_of(generations) == [30, 15, 10]


def test_tidy_keeps_the_newest_and_the_best(tmp_path: Path) -> None:
    generations = Generations(tmp_path)
    for step, score in ((1, 3.0), (2, 9.0), (3, None), (4, 8.0), (5, 2.0)):
        generations.save(manifest_of(step, score), files_of(step))
    (tmp_path / ".000000006.123").mkdir()
    (tmp_path / ".000000006.123" / LEARNER).write_bytes(b"half")
    (tmp_path / "notes.txt").write_text("mine")
    generations.tidy(keep=2)
    assert steps_of(generations) == [5, 4, 2]
    assert {path.name for path in tmp_path.iterdir() if not path.is_dir()} == {LATEST, "notes.txt"}
    assert not (tmp_path / ".000000006.123").exists()


def test_the_best_is_one_of_the_games_that_the_newest_was_evaluated_by(tmp_path: Path) -> None:
    generations = Generations(tmp_path)
    for step, score, games in ((1, 23.0, "two"), (2, 20.0, "five"), (3, 21.0, "five"), (4, 20.5, "five")):
        manifest = manifest_of(step, score)
        counters = msgspec.structs.replace(manifest.counters, best_of=(games,))
        generations.save(msgspec.structs.replace(manifest, counters=counters), files_of(step))
    assert [int(path.name) for path in generations.by_score()] == [3, 4, 2]
    generations.tidy(keep=1)
    assert steps_of(generations) == [4, 3]


def test_the_order_in_which_games_are_named_makes_no_other_games_of_them(tmp_path: Path) -> None:
    generations = Generations(tmp_path)
    for step, score, games in (
        (1, 9.0, ("two", "three")),
        (2, 8.0, ("three", "two")),
        (3, 7.0, ("three", "two")),
    ):
        manifest = manifest_of(step, score)
        counters = msgspec.structs.replace(manifest.counters, best_of=games)
        generations.save(msgspec.structs.replace(manifest, counters=counters), files_of(step))
    generations.tidy(keep=1)
    assert steps_of(generations) == [3, 1]


def test_a_score_is_noted_with_a_generation_that_is_there(tmp_path: Path) -> None:
    generations = saved(tmp_path, 10, 20, 30)
    scores = ((20, 5.0), (30, 6.0), (30, 7.0), (31, 8.0))
    assert [generations.note(step, score) for step, score in scores] == [True, True, True, False]
    assert [open_generation(path).manifest.score for path in generations.paths()] == [7.0, 5.0, None]
    assert [int(path.name) for path in generations.by_score()] == [30, 20]
    (generations.path_of(20) / MANIFEST).write_text("ruined")
    assert not generations.note(20, 9.0)


@pytest.mark.parametrize("moment", range(4))
def test_kill_9_while_a_score_is_noted_leaves_the_generation_sound(tmp_path: Path, moment: int) -> None:
    generations = saved(tmp_path, 10)
    with pytest.MonkeyPatch.context() as patch, contextlib.suppress(Killed):
        kill_at(patch, moment)
        generations.note(10, 5.0)
    newest, passed = generations.newest()
    assert newest is not None
    assert passed == []
    assert newest.manifest.score in (None, 5.0)


def test_what_was_moved_aside_is_so_even_where_the_disk_has_no_room_to_name_the_latest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    generations = saved(tmp_path, 10, 20, 30)
    monkeypatch.setattr("engine.store.generations.write_atomically", full)
    assert len(generations.set_aside(after=10)) == 2
    newest, passed = generations.newest()
    assert newest is not None
    assert (newest.manifest.step, passed) == (10, [])


def test_what_is_set_aside_is_kept_and_the_newest_left_is_the_latest(tmp_path: Path) -> None:
    generations = saved(tmp_path, 10, 20, 30, 40)
    moved = generations.set_aside(after=25)
    assert steps_of(generations) == [20, 10]
    assert (tmp_path / LATEST).read_text() == "000000020\n"
    assert [open_generation(path).manifest.step for path in moved] == [30, 40]
    saved(tmp_path, 30)
    again = generations.set_aside(after=20)
    assert steps_of(generations) == [20, 10]
    assert [open_generation(path).manifest.step for path in moved + again] == [30, 40, 30]
    assert generations.set_aside(after=20) == []


def test_the_same_step_can_be_saved_once_more(tmp_path: Path) -> None:
    generations = saved(tmp_path, 10)
    generations.save(manifest_of(10, score=4.0), {LEARNER: b"other"})
    newest, passed = generations.newest()
    assert newest is not None
    assert (newest.manifest.score, newest.read(LEARNER), passed) == (4.0, b"other", [])
    assert {path.name for path in tmp_path.iterdir()} == {LATEST, "000000010"}


SAVING = """
import sys
from pathlib import Path
from test_generations import files_of, manifest_of
from engine.store.generations import Generations
generations, step = Generations(Path(sys.argv[1])), int(sys.argv[2])
print("ready", flush=True)
while True:
    for score in (0.0, 1.0, 2.0):
        generations.save(manifest_of(step, score), files_of(step))
    print(step, flush=True)
    generations.tidy(keep=2)
    step += 1
"""


def test_kill_9_at_any_moment_leaves_the_newest_sound(tmp_path: Path) -> None:
    folder, chances, step = tmp_path / "generations", np.random.default_rng(3), 1
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{Path(__file__).parent}"}
    for _ in range(8):
        saving = subprocess.Popen(
            [sys.executable, "-c", SAVING, folder, str(step)],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert saving.stdout is not None
        assert saving.stdout.readline() == "ready\n"
        time.sleep(chances.random() * 0.2)
        saving.send_signal(signal.SIGKILL)
        told = [int(line) for line in saving.communicate()[0].split()]
        done = max(told, default=step - 1)
        newest, passed = Generations(folder).newest()
        assert all("never completed" in str(error) for error in passed)
        if newest is None:
            assert done == 0
            continue
        assert newest.manifest.step in (done, done + 1)
        assert newest.read(LEARNER) == files_of(newest.manifest.step)[LEARNER]
        step = newest.manifest.step + 1
    assert step > 1


class Killed(BaseException):
    """Nothing is cleaned up after it, as after kill -9."""


def kill_at(patch: pytest.MonkeyPatch, moment: int) -> None:
    """From the given change to the disk on, counted from 0, every one is the end."""
    changes = 0

    def counted(change: Callable[..., object]) -> Callable[..., object]:
        def instead(*arguments: object, **more: object) -> object:
            nonlocal changes
            changes += 1
            if changes > moment:
                raise Killed
            return change(*arguments, **more)

        return instead

    for name in ("mkdir", "rename", "replace", "unlink", "rmdir", "fsync"):
        patch.setattr(os, name, counted(getattr(os, name)))


@pytest.mark.parametrize("step", [10, 20])
def test_kill_9_at_each_moment_of_a_save_leaves_the_old_or_the_new(tmp_path: Path, step: int) -> None:
    for moment in range(100):
        folder = tmp_path / str(moment)
        generations = saved(folder, 10)
        with pytest.MonkeyPatch.context() as patch:
            kill_at(patch, moment)
            try:
                generations.save(manifest_of(step, score=1.0), files_of(step))
                killed = False
            except Killed:
                killed = True
        newest, passed = generations.newest()
        assert newest is not None
        assert all("never completed" in str(error) for error in passed)
        assert newest.read(LEARNER) == files_of(newest.manifest.step)[LEARNER]
        if not killed:
            assert (newest.manifest.step, newest.manifest.score) == (step, 1.0)
            break
        saved(folder, 30).tidy(keep=5)
        assert steps_of(generations)[0] == 30
        assert {int(path.name) for path in generations.paths()} <= {10, step, 30}
    assert moment > 8


def test_what_a_killed_process_put_out_of_the_way_is_found_and_put_back(tmp_path: Path) -> None:
    generations = saved(tmp_path, 10, 20)
    generations.path_of(20).rename(tmp_path / "000000020.old")
    newest, passed = generations.newest()
    assert newest is not None
    assert (newest.manifest.step, passed) == (20, [])
    generations.tidy(keep=5)
    assert steps_of(generations) == [20, 10]


FULL = """
import resource, sys
from pathlib import Path
from test_generations import files_of, manifest_of
from engine.store.generations import Generations
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
try:
    Generations(Path(sys.argv[1])).save(manifest_of(int(sys.argv[2])), files_of(int(sys.argv[2])))
except OSError as error:
    print(error.strerror)
"""


@pytest.mark.parametrize("step", [10, 20])
@pytest.mark.parametrize("room", [0, 200, 10_000])
def test_a_full_disk_is_an_error_and_the_old_one_stays(tmp_path: Path, step: int, room: int) -> None:
    generations = saved(tmp_path, 10)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{Path(__file__).parent}"}
    command = [sys.executable, "-B", "-c", FULL, tmp_path, str(step), str(room)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "too large" in done.stdout
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert steps_of(generations) == [10]


def test_room_for_all_but_the_pointer_is_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    generations = saved(tmp_path, 10)

    def refuse(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("engine.store.generations.write_atomically", refuse)
    for step in (10, 20):
        with pytest.raises(OSError, match="No space left"):
            generations.save(manifest_of(step, score=5.0), files_of(step))
        assert steps_of(generations) == [10]
        newest, passed = generations.newest()
        assert newest is not None
        assert (newest.manifest.score, passed) == (None, [])
