"""A run whose files were damaged or lost says so, goes on from what is sound, never from random weights."""

import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest
from plain_run import PlainRun, digest
from small_run import assert_agrees, newest

from engine.contracts import commands as c
from engine.contracts import events as e
from engine.contracts.states import State
from engine.store.generations import Generations
from engine.store.manifest import LEARNER, MANIFEST, PENDING
from engine.store.metrics import Database
from engine.store.ring import BLOCK, HEADER


def copy_of(stopped: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(stopped, tmp_path / "run"))


def with_best(directory: Path, best: float, *games: str) -> None:
    """Have the newest generation say that this is the best score so far."""
    generation = newest(directory)
    counters = msgspec.structs.replace(generation.manifest.counters, best=best, best_of=games)
    files = {name: generation.read(name) for name in generation.manifest.files}
    manifest = msgspec.structs.replace(generation.manifest, counters=counters)
    Generations(directory / "generations").save(manifest, files)


@pytest.mark.parametrize("name", ["training_state.json", "run.db", "replay/ring"])
@pytest.mark.parametrize("harm", ["missing", "empty"])
def test_a_file_that_is_lost_is_said_and_begun_anew(
    tmp_path: Path, stopped: Path, name: str, harm: str
) -> None:
    directory = copy_of(stopped, tmp_path)
    for path in directory.glob(f"{name}*"):
        path.unlink()
    if harm == "empty":
        (directory / name).touch()
    run = PlainRun(directory)
    run.finish()
    (said,) = [notice.text for notice in run.of(e.Notice) if notice.warning]
    assert f"{directory / name} is missing, or nothing in it can be read: it is begun anew" == said
    assert run.of(e.Begun)[0].generation > 0
    assert (directory / name).stat().st_size > 0
    assert newest(directory).manifest.step == 180


@pytest.mark.parametrize("also", ["generations", "generations training_state.json"])
def test_a_run_that_lost_its_generations_never_begins_from_random_weights(
    tmp_path: Path, stopped: Path, also: str
) -> None:
    directory = copy_of(stopped, tmp_path)
    shutil.rmtree(directory / "generations")
    for name in also.split()[1:]:
        (directory / name).unlink()
    before = {path: path.read_bytes() for path in directory.iterdir() if path.is_file()}
    run = PlainRun(directory)
    for _ in run.events():
        pass
    assert run.run.state is State.FAILED
    assert "holds no sound generation, but" in run.run.reason
    assert f"hanabi-tui fresh --checkpoint-dir {directory}" in run.run.reason
    assert {path: path.read_bytes() for path in directory.iterdir() if path.is_file()} == before
    assert not (directory / "generations").exists()


@pytest.mark.parametrize("file", [LEARNER, PENDING, MANIFEST])
@pytest.mark.parametrize("harm", ["flipped", "cut short", "missing"])
def test_a_damaged_generation_is_told_and_the_one_before_is_gone_on_from(
    tmp_path: Path, stopped: Path, peace: str, file: str, harm: str
) -> None:
    directory = copy_of(stopped, tmp_path)
    last, before = Generations(directory / "generations").paths()[:2]
    content = bytearray((last / file).read_bytes())
    if harm == "missing":
        (last / file).unlink()
    elif harm == "flipped":
        content[len(content) // 2] ^= 4
        (last / file).write_bytes(content)
    else:
        (last / file).write_bytes(content[: len(content) // 2])
    run = PlainRun(directory)
    run.finish()
    (damage,) = run.of(e.GenerationDamaged)
    assert str(last) in damage.why
    assert file in damage.why
    assert run.of(e.Begun)[0].generation == int(before.name)
    assert digest(directory) == peace
    assert_agrees(directory)


def test_damage_to_the_replay_costs_its_block_and_damage_to_the_database_nothing(
    tmp_path: Path, stopped: Path
) -> None:
    directory = copy_of(stopped, tmp_path)
    ring = directory / "replay" / "ring"
    raw = bytearray(ring.read_bytes())
    blocks = np.frombuffer(raw, dtype=BLOCK, offset=HEADER.itemsize)
    flipped, never_written, *_ = np.flatnonzero(blocks["serial"])
    blocks["samples"][flipped]["move"][100] ^= 1
    blocks[never_written : never_written + 1].view(np.uint8)[:] = 0  # as a power cut may leave it
    ring.write_bytes(raw)
    for path in directory.glob("run.db-*"):  # a journal would mend it
        path.unlink()
    (directory / "run.db").write_bytes(b"scribble" * 1000)
    run = PlainRun(directory)
    run.finish()
    (damage,) = run.of(e.ReplayDamaged)
    assert (damage.samples, "checksum" in damage.why) == (1024, True)
    assert "it was moved to" in run.of(e.Notice)[0].text
    assert (directory / "run.db.damaged-1").read_bytes() == b"scribble" * 1000
    assert_agrees(directory)


def test_another_model_is_refused_with_both_sides_values_and_changes_nothing(
    tmp_path: Path, stopped: Path, peace: str
) -> None:
    directory = copy_of(stopped, tmp_path)
    run = PlainRun(directory, "--hidden-size", "24")
    assert [event.state for event in run.events() if isinstance(event, e.StateChanged)][-1] == State.FAILED
    assert "hidden_size = 24 (the run has 16)" in run.run.reason
    PlainRun(directory).finish()
    assert digest(directory) == peace


def test_a_score_that_collapses_pauses_the_run_with_the_reason(tmp_path: Path, stopped: Path) -> None:
    directory = copy_of(stopped, tmp_path)
    with_best(directory, 25.0, "very-small, 2 players")  # better than a plain crew ever is
    run = PlainRun(directory, "--evaluation-interval", "0.001")
    for event in run.events():
        if isinstance(event, e.StateChanged) and event.state == State.PAUSED:
            run.run.command(c.Stop())
    (paused,) = [event.reason for event in run.of(e.StateChanged) if event.state == State.PAUSED]
    assert "below the best of this run, in 2 evaluations one after another (collapse_points" in paused
    assert run.run.state is State.STOPPED
    assert_agrees(directory)


def test_other_games_than_before_have_a_best_score_of_their_own(tmp_path: Path, stopped: Path) -> None:
    directory = copy_of(stopped, tmp_path)
    with_best(directory, 25.0, "full, 2 players")
    run = PlainRun(directory, "--evaluation-interval", "0.001")
    run.finish()  # and is not paused for a score that collapsed
    assert run.of(e.Evaluated)[0].best
    assert newest(directory).manifest.counters.best_of == ("very-small, 2 players",)


def test_the_best_score_is_known_though_the_generation_was_cut_before_it_was(
    tmp_path: Path, stopped: Path
) -> None:
    directory = copy_of(stopped, tmp_path)
    with_best(directory, 1.0, "very-small, 2 players")
    counters = newest(directory).manifest.counters
    score = e.Score(
        variant="very-small, 2 players",
        players=2,
        best_possible=5,
        games=50,
        mean=4.0,
        error=0.1,
        kept=4.0,
        perfect=0.1,
        struck_out=0.0,
    )
    evaluated = e.Evaluated(
        time=0.0, step=counters.step, seconds=counters.seconds, scores=(score,), best=True, final=False
    )
    with Database(directory / "run.db") as database:
        database.record(evaluated)
    run = PlainRun(directory, "--evaluation-interval", "0.001")
    run.finish()
    assert not any(one.best for one in run.of(e.Evaluated)), "3 points are less than 4"
    assert newest(directory).manifest.counters.best == 4.0


@pytest.mark.parametrize("harm", ["cut", "overwritten", "another size"])
def test_a_ring_that_lost_its_head_is_put_aside_and_begun_anew(
    tmp_path: Path, stopped: Path, harm: str
) -> None:
    directory = copy_of(stopped, tmp_path)
    ring = directory / "replay" / "ring"
    raw = ring.read_bytes()
    header = np.frombuffer(raw, dtype=HEADER, count=1).copy()
    header["blocks"] += 64
    spoiled = {
        "cut": raw[:40],
        "overwritten": bytes(9) + raw[9:],
        "another size": header.tobytes() + raw[64:],
    }
    ring.write_bytes(spoiled[harm])
    run = PlainRun(directory)
    run.finish()
    (damage,) = run.of(e.ReplayDamaged)
    assert "has lost its beginning: it was moved to" in damage.why
    assert ring.with_name("ring.damaged-1").read_bytes() == spoiled[harm]
    assert newest(directory).manifest.step == 180
