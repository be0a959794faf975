"""Memory that processes share: seen by all, torn for none, gone with the last."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from processes import descriptors

from engine.contracts.learner import UnsureError
from engine.store.sample import SAMPLE
from engine.workers.shared import SampleSlots, SharedMemory, WeightsBoard

ROOT = str(Path(__file__).parents[3])
COUNT = 200_000


def child(program: str, *arguments: object, inherited: tuple[int, ...]) -> subprocess.Popen[str]:
    """Runs a program in a process that inherits descriptors; returns once it says so."""
    process = subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": ROOT},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        pass_fds=inherited,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


HAMMERING = """
import sys
import numpy as np
from engine.workers.shared import WeightsBoard
count, board = int(sys.argv[1]), WeightsBoard(int(sys.argv[1]), int(sys.argv[2]))
weights = np.empty(count, np.float32)
print("ready", flush=True)
for step in range(1, 1_000_000):
    weights[:] = step
    board.hang(weights, step)
"""


def test_a_reader_never_sees_a_torn_copy() -> None:
    board = WeightsBoard(COUNT)
    assert board.version == 0
    out, versions = np.empty(COUNT, np.float32), []
    with child(HAMMERING, COUNT, board.descriptor, inherited=(board.descriptor,)) as writer:
        try:
            end = time.monotonic() + 3
            while time.monotonic() < end:
                version, step = board.copy(out)
                assert (out == out[0]).all()
                assert version == step == out[0]
                versions.append(version)
        finally:
            writer.kill()
    assert versions == sorted(versions)
    assert len(set(versions)) > 20
    board.close()


def test_the_newest_weights_are_those_last_hung() -> None:
    board, out = WeightsBoard(5), np.empty(5, np.float32)
    for version, step in enumerate((0, 7, 7, 30), 1):
        board.hang(np.full(5, version / 4, np.float32), step)
        assert board.version == version
        assert board.copy(out) == (version, step)
        assert (out == version / 4).all()
    for wrong in (1, 4):  # numpy would make five of one
        with pytest.raises(UnsureError, match=f"sent {wrong} weights of step 31, where the network has 5"):
            board.hang(np.zeros(wrong, np.float32), 31)
    assert board.copy(out) == (4, 30)
    board.close()


FILLING = """
import sys
from engine.workers.shared import SampleSlots
slots = SampleSlots(3, 8, int(sys.argv[1]))
slots.chunks[1]["target"] = 2.5
slots.chunks[1, 7]["row"][:] = 9
slots.heart[0] += 4
print("ready", flush=True)
input()
"""


def test_what_a_child_writes_into_a_slot_is_seen_here_and_in_no_other_slot() -> None:
    slots = SampleSlots(3, 8)
    assert (slots.chunks.shape, slots.chunks.dtype) == ((3, 8), SAMPLE)
    assert not slots.chunks.view(np.uint8).any()
    with child(FILLING, slots.descriptor, inherited=(slots.descriptor,)) as filler:
        assert (slots.chunks[1]["target"] == 2.5).all()
        assert (slots.chunks[1, 7]["row"] == 9).all()
        assert slots.heart[0] == 4
        assert not slots.chunks[[0, 2]].view(np.uint8).any()
        filler.send_signal(signal.SIGKILL)
    assert (slots.chunks[1]["target"] == 2.5).all()
    slots.close()


def test_a_child_inherits_only_what_it_is_handed() -> None:
    one, other = SharedMemory(100), SharedMemory(100)
    program = f"""
import os
print("ready", flush=True)
os.fstat({one.descriptor})
os.fstat({other.descriptor})
"""
    process = child(program, inherited=(one.descriptor, other.descriptor))
    process.communicate()
    assert process.returncode == 0
    process = child("import sys; sys.stderr.close()\n" + program, inherited=(one.descriptor,))
    process.communicate()
    assert process.returncode == 1
    one.close()
    other.close()


HOLDING = """
import sys
from engine.workers.shared import SampleSlots, WeightsBoard
held = [WeightsBoard(250_000), SampleSlots(2, 1000)]
print("ready", flush=True)
input()
"""


def shared_files() -> set[Path]:
    return {path for folder in ("/dev/shm", "/tmp") for path in Path(folder).glob("hanabi-*")}


def test_kill_9_leaves_nothing_behind() -> None:
    before = shared_files()
    with child(HOLDING, inherited=()) as holder:
        leads = [path.readlink() for path in Path(f"/proc/{holder.pid}/fd").iterdir()]
        assert sum("hanabi-" in str(path) and "(deleted)" in str(path) for path in leads) >= 2
        holder.send_signal(signal.SIGKILL)
    assert shared_files() <= before


def test_closing_gives_the_descriptors_back() -> None:
    before = descriptors()
    board, slots = WeightsBoard(10), SampleSlots(1, 2)
    kept = slots.chunks[0]
    kept["move"] = 3
    board.close()
    slots.close()
    del board, slots
    assert (kept["move"] == 3).all()
    del kept
    assert descriptors() == before
