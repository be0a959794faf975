"""The ring of samples: what it holds, what it survives, what it refuses."""

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.store.replay import Replay
from engine.store.ring import BLOCK, BLOCK_SAMPLES, HEADER, ReplayError
from engine.store.sample import SAMPLE


def numbered(first: int, count: int) -> np.ndarray:
    """Samples that carry their number in every field that can hold it."""
    samples = np.zeros(count, dtype=SAMPLE)
    numbers = np.arange(first, first + count)
    samples["target"] = numbers
    samples["move"] = numbers % 50
    samples["row"] = (numbers % 251)[:, None]
    return samples


@settings(max_examples=25)
@given(st.integers(1, 6), st.lists(st.integers(0, 3000), max_size=12))
def test_it_holds_the_newest_whole_blocks_of_what_was_added(
    tmp_path_factory: pytest.TempPathFactory, blocks: int, sizes: list[int]
) -> None:
    replay = Replay(tmp_path_factory.mktemp("ring") / "ring", blocks * BLOCK_SAMPLES)
    added, filled = 0, []
    for size in sizes:
        filled += replay.add(numbered(added, size))
        added += size
    whole = added // BLOCK_SAMPLES
    assert filled == list(range(whole * BLOCK_SAMPLES))
    assert (replay.serial, replay.position) == (whole, added)
    assert len(replay) == min(whole, blocks) * BLOCK_SAMPLES
    assert replay.oldest == max(whole - blocks, 0) * BLOCK_SAMPLES
    held = whole * BLOCK_SAMPLES - replay.oldest
    assert (replay.read(replay.oldest, whole * BLOCK_SAMPLES) == numbered(replay.oldest, held)).all()


def test_every_sample_held_is_drawn_about_as_often_and_no_other(tmp_path: Path) -> None:
    replay = Replay(tmp_path / "ring", 4 * BLOCK_SAMPLES)
    with pytest.raises(ReplayError, match="holds no samples yet"):
        replay.draw(1, np.random.default_rng(0))
    replay.add(numbered(0, 6 * BLOCK_SAMPLES))
    slots = replay.draw(200_000, np.random.default_rng(0))
    numbers = replay.gather(slots)["target"].astype(int)
    assert numbers.min() == 2 * BLOCK_SAMPLES
    assert numbers.max() == 6 * BLOCK_SAMPLES - 1
    counts = np.bincount(numbers)[2 * BLOCK_SAMPLES :]
    assert counts.min() > 0
    assert abs(counts.std() / counts.mean() ** 0.5 - 1) < 0.05


def test_it_goes_on_where_it_stood(tmp_path: Path) -> None:
    replay = Replay(tmp_path / "ring", 3 * BLOCK_SAMPLES)
    replay.add(numbered(0, 5 * BLOCK_SAMPLES))
    replay.flush()
    again = Replay(tmp_path / "ring", 3 * BLOCK_SAMPLES)
    assert again.found == ()
    assert (again.serial, len(again)) == (5, 3 * BLOCK_SAMPLES)
    assert again.add(numbered(5 * BLOCK_SAMPLES, BLOCK_SAMPLES)) == range(
        5 * BLOCK_SAMPLES, 6 * BLOCK_SAMPLES
    )


@settings(max_examples=25)
@given(st.integers(0, 9000), st.integers(0, 3000), st.integers(0, 2**32))
def test_going_back_within_the_slack_brings_the_same_draws(
    tmp_path_factory: pytest.TempPathFactory, before: int, after: int, seed: int
) -> None:
    path = tmp_path_factory.mktemp("ring") / "ring"
    replay = Replay(path, 3 * BLOCK_SAMPLES, slack=3 * BLOCK_SAMPLES)
    replay.add(numbered(0, 2000 + before))
    kept = (replay.position, replay.pending.copy())
    drawn = replay.gather(replay.draw(100, np.random.default_rng(seed))).copy()
    replay.add(numbered(7_000_000, after))
    again = Replay(path, 3 * BLOCK_SAMPLES, slack=3 * BLOCK_SAMPLES)
    again.stand_at(*kept)
    assert again.position == kept[0]
    assert (again.gather(again.draw(100, np.random.default_rng(seed))) == drawn).all()
    again.add(numbered(again.position, 5000))
    newest = again.gather(again.draw(2000, np.random.default_rng(seed)))
    assert (newest["target"] < 7_000_000).all()


def test_a_position_ahead_of_the_file_leaves_a_gap_that_is_never_drawn(tmp_path: Path) -> None:
    replay = Replay(tmp_path / "ring", 4 * BLOCK_SAMPLES)
    replay.add(numbered(0, 2 * BLOCK_SAMPLES))
    replay.stand_at(3 * BLOCK_SAMPLES, numbered(0, 0))
    replay.add(numbered(3 * BLOCK_SAMPLES, BLOCK_SAMPLES))
    drawn = replay.gather(replay.draw(3000, np.random.default_rng(1)))["target"].astype(int) // BLOCK_SAMPLES
    assert set(drawn) == {0, 1, 3}
    with pytest.raises(ReplayError, match="position 10 and 0 pending samples do not fit"):
        replay.stand_at(10, numbered(0, 0))


@pytest.mark.parametrize("field", ["samples", "checksum", "serial"])
def test_a_flipped_bit_costs_its_block_and_is_reported(tmp_path: Path, field: str) -> None:
    path = tmp_path / "ring"
    Replay(path, 4 * BLOCK_SAMPLES).add(numbered(0, 4 * BLOCK_SAMPLES))
    place = HEADER.itemsize + 2 * BLOCK.itemsize + BLOCK.fields[field][1] + (777 if field == "samples" else 0)
    raw = bytearray(path.read_bytes())
    raw[place] ^= 0x10
    path.write_bytes(raw)
    replay = Replay(path, 4 * BLOCK_SAMPLES)
    assert [damage.block for damage in replay.found] == [2]
    assert "checksum" in replay.found[0].why
    assert len(replay) == 3 * BLOCK_SAMPLES
    assert set(replay.draw(5000, np.random.default_rng(1)) // BLOCK_SAMPLES) == {0, 1, 3}
    assert replay.check() == ()
    assert replay.add(numbered(0, BLOCK_SAMPLES)) == range(4 * BLOCK_SAMPLES, 5 * BLOCK_SAMPLES)


def test_a_file_cut_short_keeps_what_is_left(tmp_path: Path) -> None:
    path = tmp_path / "ring"
    Replay(path, 4 * BLOCK_SAMPLES).add(numbered(0, 4 * BLOCK_SAMPLES))
    os.truncate(path, HEADER.itemsize + 2 * BLOCK.itemsize + 5000)
    replay = Replay(path, 4 * BLOCK_SAMPLES)
    assert "cut short" in replay.found[0].why
    assert len(replay) == 2 * BLOCK_SAMPLES


def test_what_is_read_of_a_lost_block_is_samples_of_another(tmp_path: Path) -> None:
    """Whoever is sent the whole ring may look at every row; what never was a sample would be refused."""
    replay = Replay(tmp_path / "ring", 4 * BLOCK_SAMPLES)
    replay.add(numbered(0, 4 * BLOCK_SAMPLES))
    with (tmp_path / "ring").open("r+b") as file:
        file.seek(HEADER.itemsize + BLOCK.itemsize)
        file.write(bytes(BLOCK.itemsize))
    again = Replay(tmp_path / "ring", 4 * BLOCK_SAMPLES)
    read = again.read(0, 4 * BLOCK_SAMPLES)["target"].reshape(4, -1)
    assert [int(block[0]) for block in read] == [0, 3 * BLOCK_SAMPLES, 2 * BLOCK_SAMPLES, 3 * BLOCK_SAMPLES]


def test_other_files_are_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "ring"
    Replay(path, 2 * BLOCK_SAMPLES)
    with pytest.raises(ReplayError, match="room for 2,048 samples, these settings want 3,072."):
        Replay(path, 3 * BLOCK_SAMPLES)
    for text in (b"no ring", b"x" * 5000):
        path.write_bytes(text)
        with pytest.raises(ReplayError, match="is no replay file"):
            Replay(path, 2 * BLOCK_SAMPLES)
        assert path.read_bytes() == text
    with pytest.raises(ReplayError, match="capacity 0"):
        Replay(tmp_path / "other", 0)


WRITER = """
import sys
from pathlib import Path
from test_replay_writer import numbered
from engine.store.replay import Replay
from engine.store.ring import BLOCK_SAMPLES
replay = Replay(Path(sys.argv[1]), 3 * BLOCK_SAMPLES)
print("ready", flush=True)
while True:
    replay.add(numbered(replay.serial * BLOCK_SAMPLES, BLOCK_SAMPLES))
"""


def test_kill_9_at_any_moment_leaves_every_block_whole_or_empty(tmp_path: Path) -> None:
    path, chances, newest = tmp_path / "ring", np.random.default_rng(5), 0
    source = Path(__file__).read_text(encoding="utf-8").split("@settings")[0]
    (tmp_path / "test_replay_writer.py").write_text(source, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    for _ in range(8):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, path], env=environment, stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        time.sleep(chances.random() * 0.05)
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
        replay = Replay(path, 3 * BLOCK_SAMPLES)
        assert replay.serial >= newest
        assert len(replay) >= (min(replay.serial, 3) - 1) * BLOCK_SAMPLES
        slots = np.arange(3 * BLOCK_SAMPLES)
        held = replay.gather(slots)[np.isin(slots, replay.draw(50_000, chances))]["target"].astype(int)
        assert (np.diff(held.reshape(-1, BLOCK_SAMPLES)) == 1).all()
        newest = replay.serial
    assert newest > 0


def test_a_full_disk_is_met_when_the_ring_is_made(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"(?i)no space|too large|cannot allocate"):
        Replay(tmp_path / "ring", 2**50)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("part", [0, 5000])
@pytest.mark.parametrize("writes", range(7))
def test_what_the_disk_refuses_waits_and_is_written_with_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writes: int, part: int
) -> None:
    """As where every write wants new room (btrfs), and there is none, from any write on."""
    replay = Replay(tmp_path / "ring", 3 * BLOCK_SAMPLES)
    replay.add(numbered(0, 3 * BLOCK_SAMPLES + 10))
    left = [writes]

    def pwrite(file: int, data: bytes, place: int) -> int:
        left[0] -= 1
        if left[0] == -1 and part:
            return real(file, data[:part], place)
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(file, data, place)

    real = os.pwrite
    monkeypatch.setattr(os, "pwrite", pwrite)
    drawable = replay.add(numbered(3 * BLOCK_SAMPLES + 10, 2 * BLOCK_SAMPLES))
    written = len(drawable) // BLOCK_SAMPLES
    assert (replay.refused is not None) == (written < 2)
    assert replay.position == 5 * BLOCK_SAMPLES + 10
    assert len(replay.pending) == (2 - written) * BLOCK_SAMPLES + 10
    monkeypatch.undo()
    assert replay.add(numbered(5 * BLOCK_SAMPLES + 10, BLOCK_SAMPLES)).stop == 6 * BLOCK_SAMPLES
    assert replay.refused is None
    held = replay.read(3 * BLOCK_SAMPLES, 6 * BLOCK_SAMPLES)["target"].astype(int)
    assert (held == np.arange(3 * BLOCK_SAMPLES, 6 * BLOCK_SAMPLES)).all()
    assert replay.check() == ()


def test_a_million_samples_take_under_250_megabytes(tmp_path: Path) -> None:
    Replay(tmp_path / "ring", 1_000_000)
    assert (tmp_path / "ring").stat().st_size < 250e6
    assert (tmp_path / "ring").stat().st_mode & 0o077 == 0
