"""`hanabi-tui --no-ui` when something is wrong: damage, other settings, full disks, sick numbers."""

import shutil
import subprocess
from pathlib import Path

import msgspec
import numpy as np
import pytest
import safetensors.numpy
from small_run import SmallRun, assert_agrees, newest

from engine.contracts.commands import Done, Restore
from engine.control.client import Control
from engine.networks.weights import digest
from engine.store.generations import Generations
from engine.store.manifest import FORMAT, LEARNER, MANIFEST
from hanabi_tui.exit_codes import ExitCode


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was stopped after some generations; copy it."""
    directory = tmp_path_factory.mktemp("trained") / "run"
    with SmallRun(directory, "--checkpoint-interval", "0.4") as run:
        run.wait_for("saved", times=5)
        run.stop()
    return directory


def copy_of(directory: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(directory, tmp_path / "run"))


def generations(directory: Path) -> list[Path]:
    return Generations(directory / "generations").paths()


def spoiled(directory: Path) -> None:
    """Save the newest generation once more, with weights that are no numbers."""
    generation = newest(directory)
    files = {name: generation.read(name) for name in generation.manifest.files}
    tensors = dict(safetensors.numpy.load(files[LEARNER]))
    tensors["weights"] = np.full_like(tensors["weights"], np.nan)
    files[LEARNER] = safetensors.numpy.save(tensors)
    manifest = msgspec.structs.replace(generation.manifest, digest=digest(tensors["weights"]))
    Generations(directory / "generations").save(manifest, files)


def test_a_damaged_generation_is_named_and_the_one_before_is_used(tmp_path: Path, trained: Path) -> None:
    directory = copy_of(trained, tmp_path)
    last, before = generations(directory)[:2]
    victim = last / LEARNER
    raw = bytearray(victim.read_bytes())
    raw[len(raw) // 2] ^= 4
    victim.write_bytes(raw)
    with SmallRun(directory) as run:
        assert str(victim) in run.wait_for("WARNING: a generation is damaged")
        assert f"goes on from generation {int(before.name):,}" in run.wait_for("goes on from")
        run.wait_for(" trained ")
        run.stop()
    assert_agrees(directory)


def test_another_model_is_refused_with_both_sides_values(tmp_path: Path, trained: Path) -> None:
    directory = copy_of(trained, tmp_path)
    with SmallRun(directory, "--hidden-size", "24") as run:
        said, _ = run.process.communicate(timeout=60)
        assert run.process.returncode == ExitCode.BAD_INPUT  # a service need not try again
    assert "hidden_size = 24 (the run has 16)" in said
    assert f"hanabi-tui fresh --checkpoint-dir {directory}" in said


def test_a_network_of_a_small_game_goes_on_with_no_larger_one(tmp_path: Path, trained: Path) -> None:
    with SmallRun(copy_of(trained, tmp_path), "--variant", "full") as run:
        said, _ = run.process.communicate(timeout=60)
        assert run.process.returncode == ExitCode.BAD_INPUT, said
    assert "max_colors = 5 (the run has 1), max_hand_size = 5 (the run has 2)" in said
    assert "give the --variant again that it began with" in said


def test_other_games_with_the_same_network_are_said_aloud(tmp_path: Path, trained: Path) -> None:
    with SmallRun(copy_of(trained, tmp_path), "--ranks", "4") as run:
        said = run.wait_for("this run played")
        assert "very-small, 2 players until now, and plays c1r4h2i3l1, 2 players from now on" in said
        run.stop()


def test_generations_of_another_version_are_no_damage_and_not_begun_anew(
    tmp_path: Path, trained: Path
) -> None:
    directory = copy_of(trained, tmp_path)
    for path in generations(directory):
        manifest = path / MANIFEST
        told = manifest.read_bytes()
        assert told.count(b'"format": %d' % FORMAT) == 1
        manifest.write_bytes(told.replace(b'"format": %d' % FORMAT, b'"format": 1, "other": 2'))
    spoil = generations(directory)[0] / MANIFEST
    spoil.write_bytes(b"")
    with SmallRun(directory) as run:
        said, _ = run.process.communicate(timeout=60)
        assert run.process.returncode == ExitCode.BAD_INPUT
    assert f"format 1; this version of hanabi-tui reads {FORMAT}" in said
    assert f"or begin anew with: hanabi-tui fresh --checkpoint-dir {directory}" in said


def test_a_loss_that_is_no_number_pauses_the_run_with_the_reason(tmp_path: Path, trained: Path) -> None:
    directory = copy_of(trained, tmp_path)
    spoiled(directory)
    with SmallRun(directory) as run:
        assert "loss nan" in run.wait_for("paused")
        before = int(generations(directory)[1].name)
        with Control(directory) as control:
            reply = control.ask(Restore(step=before))
        assert isinstance(reply, Done), reply
        assert reply.text.endswith("training goes on from there")
        run.wait_for(" trained ")
        run.stop()
    assert_agrees(directory)
    assert "moved no weights" in "".join(run.lines)


def make_room(disk: Path, kind: str) -> bool:
    """Mount a small file system; whether that could be done."""
    words = ["-t", "tmpfs", "-o", "size=12m", "tmpfs"]
    if kind == "btrfs":
        image = disk.with_suffix(".image")
        with image.open("wb") as file:
            file.truncate(120 << 20)  # btrfs takes no smaller one
        if shutil.which("mkfs.btrfs") is None or subprocess.run(["mkfs.btrfs", "-q", image]).returncode:
            return False
        words = ["-t", "btrfs", "-o", "loop", str(image)]
    return subprocess.run(["mount", *words, disk], check=False).returncode == 0


@pytest.mark.parametrize("kind", ["tmpfs", "btrfs"])  # btrfs wants room for what is written over, too
def test_a_full_disk_pauses_the_run_until_there_is_room(tmp_path: Path, kind: str) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if not make_room(disk, kind):
        pytest.skip("only an administrator can make a small disk")
    try:
        with SmallRun(disk / "run", "--checkpoint-interval", "0.5") as run:
            run.wait_for("saved", times=2)
            filler = disk / "filler"
            with filler.open("wb", buffering=0) as file:
                try:
                    while True:
                        file.write(bytes(4096))
                except OSError:
                    pass
            line = run.wait_for("paused")
            assert "disk full" in line or "No space left" in line
            step = newest(disk / "run").manifest.step
            filler.unlink()
            run.wait_for("training")
            run.wait_for("saved")
            run.stop()
        assert newest(disk / "run").manifest.step > step
        assert_agrees(disk / "run")
    finally:
        subprocess.run(["umount", "-l", disk], check=True)
