"""`hanabi-tui --no-ui`: what a person sees who starts, stops, kills and starts it again."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import torch
from small_run import (
    COMMAND,
    PATIENCE,
    SERIAL,
    SMALL,
    Ending,
    SmallRun,
    assert_agrees,
    ending,
    newest,
    state,
    until,
)

from engine.control.client import Control
from engine.machine.cores import cores
from engine.store import album
from hanabi_tui.exit_codes import ExitCode
from hanabi_tui.foreground.signals import TWICE


def test_a_run_says_how_it_goes_and_when_it_is_complete_and_can_be_made_longer(
    tmp_path: Path,
) -> None:
    with SmallRun(tmp_path / "run", "--num-iterations", "6", "--use-wandb", "--wandb-mode", "offline") as run:
        said = run.finish()
    assert "WARNING" not in said
    assert list((tmp_path / "run").rglob("*.wandb"))
    for words in ("starting", "collecting", "training", "loss", "games", "replay", "generation 0 saved"):
        assert words in said
    assert "last evaluation at step 120: very-small, 2 players" in said
    assert "This run is complete" in said
    assert state(tmp_path / "run")["state"] == "completed"
    assert_agrees(tmp_path / "run")
    with SmallRun(tmp_path / "run", "--num-iterations", "6") as again:
        assert "This run is complete" in again.finish()
        assert "collecting" not in "".join(again.lines)
    with SmallRun(tmp_path / "run", "--num-iterations", "8") as longer:
        said = longer.finish()
    assert "goes on from generation 120" in said
    assert "last evaluation at step 160" in said
    assert newest(tmp_path / "run").manifest.step == 160


def test_one_transformer_trains_on_a_mix_of_players(tmp_path: Path) -> None:
    tiny = "--architecture transformer --max-players 3 --d-model 16 --num-heads 2 --num-layers 1".split()
    mix = ["--players", "2,3", "--variant", "small", "--num-iterations", "2"]
    with SmallRun(tmp_path / "run", *tiny, *mix) as run:
        said = run.finish()
    last = next(line for line in said.splitlines() if "last evaluation" in line)
    assert "2 players" in last
    assert "3 players" in last
    assert {entry.players for entry in album.entries(tmp_path / "run" / "games")} == {2, 3}
    assert_agrees(tmp_path / "run")


def test_what_a_run_was_started_with_is_kept_before_it_says_that_it_has_begun(tmp_path: Path) -> None:
    """Whoever hears that looks for its settings at once."""
    watched = """
from pathlib import Path
from hanabi_tui.foreground import headless

class Watched(headless.ControlServer):
    def publish(self, event, lines=()):
        if type(event).__name__ == "Begun":
            print("kept by then:", Path("run/config.toml").exists())
        super().publish(event, lines)

headless.ControlServer = Watched
from hanabi_tui.cli import main
main()
"""
    command = [sys.executable, "-c", watched, "--no-ui", *SMALL, "--num-iterations", "1"]
    command += ["--checkpoint-dir", "run"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert "kept by then: True" in done.stdout, done.stderr


def best_device() -> str:
    return "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"


def test_its_own_learner_computes_on_the_device_that_is_asked_for(tmp_path: Path) -> None:
    with SmallRun(tmp_path / "run", "--num-iterations", "2", "--device", "auto") as run:
        run.finish()
    assert f"computing on {best_device()}" in (tmp_path / "run" / "logs" / "learner.log").read_text()
    missing = "cuda" if best_device() != "cuda" else "mps"
    with SmallRun(tmp_path / "none", "--num-iterations", "2", "--device", missing) as run:
        said, _ = run.process.communicate(timeout=60)
        assert run.process.returncode == 1
    assert "learner.log says why" in said


def test_more_workers_than_a_machine_can_bear_are_refused(tmp_path: Path) -> None:
    with SmallRun(tmp_path / "run", "--num-workers", str(4 * cores() + 1)) as run:
        said, _ = run.process.communicate(timeout=60)
        assert run.process.returncode == 2, said
    assert f"enough for {4 * cores()} at most" in said
    assert not (tmp_path / "run" / "run.db").exists()


def test_two_workers_and_a_buffer_smaller_than_a_chunk_do(tmp_path: Path) -> None:
    odd = "--num-workers 2 --buffer-size 1024 --games-per-worker 100 --warm-up 700 --num-iterations 8".split()
    with SmallRun(tmp_path / "run", *odd) as run:
        assert "This run is complete" in run.finish()
    assert newest(tmp_path / "run").manifest.step == 160


def test_a_run_without_an_end_trains_until_sigterm_and_the_same_command_goes_on(tmp_path: Path) -> None:
    endless = ["--minutes", "0", "--evaluation-interval", "0.5"]
    with SmallRun(tmp_path / "run", *endless) as run:
        run.wait_for("saved", times=3)
        run.wait_for("evaluation at step", times=2)
        run.wait_for(" trained ")
        said = run.stop()
    assert state(tmp_path / "run")["state"] == "stopped"
    assert "Stopping with a checkpoint" in said
    assert "stopped" in said.splitlines()[-1]
    assert_agrees(tmp_path / "run")
    step = newest(tmp_path / "run").manifest.step
    assert step > 0
    with SmallRun(tmp_path / "run", *endless) as run:
        assert f"goes on from generation {step:,}" in run.wait_for("goes on from")
        run.wait_for(" trained ")
        run.stop()
    assert newest(tmp_path / "run").manifest.step > step
    assert_agrees(tmp_path / "run")


def test_ctrl_c_is_for_the_run_and_once_more_stops_at_once(tmp_path: Path) -> None:
    with SmallRun(tmp_path / "run") as run:
        run.wait_for(" trained ")
        worker, learner = run.worker, run.learner
        os.kill(learner, signal.SIGSTOP)  # so that no checkpoint can be had
        run.process.send_signal(signal.SIGINT)
        run.wait_for("Stopping with a checkpoint")
        time.sleep(TWICE + 0.2)
        run.process.send_signal(signal.SIGINT)
        rest, _ = run.process.communicate(timeout=60)
        assert "Stopped at once" in rest
        assert run.process.returncode > 128
        with contextlib.suppress(ProcessLookupError):  # it may be gone by then
            os.kill(learner, signal.SIGCONT)
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in (worker, learner)), "children end")


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallRun]:
    """A run that saves nothing of itself but its first generation."""
    with SmallRun(tmp_path_factory.mktemp("live") / "run", "--checkpoint-interval", "1000") as run:
        run.wait_for(" trained ", times=2)
        yield run


def test_sigusr1_saves_a_generation_now(live: SmallRun) -> None:
    live.process.send_signal(signal.SIGUSR1)
    live.wait_for("saved")
    assert newest(live.directory).manifest.step > 0


def test_a_second_run_in_the_same_directory_is_refused_with_the_pid_that_holds_it(live: SmallRun) -> None:
    with SmallRun(live.directory) as second:
        said, _ = second.process.communicate(timeout=60)
        assert second.process.returncode == 3
        assert f"held by another run (process {live.process.pid})" in said


def test_where_it_was_asked_to_be_quiet_a_second_run_only_ends(live: SmallRun) -> None:
    again = [*COMMAND, "--no-ui", "--checkpoint-dir", str(live.directory), "--quiet-if-locked"]
    quiet = subprocess.run(again, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (ExitCode.LOCKED, "", "")


def test_a_stop_that_comes_twice_at_once_is_one(live: SmallRun) -> None:
    """As from `timeout`, or from make and the terminal."""
    live.process.send_signal(signal.SIGINT)
    live.process.send_signal(signal.SIGTERM)
    said = live.finish()
    assert "saved" in said[said.index("Stopping with a checkpoint") :]
    assert_agrees(live.directory)


def test_a_serial_run_that_is_killed_comes_to_the_same_weights(tmp_path: Path, undisturbed: Ending) -> None:
    with SmallRun(tmp_path / "run", settings=SERIAL) as run:
        run.wait_for("saved", times=2)
        time.sleep(0.2)
        run.kill()
    assert 0 < newest(tmp_path / "run").manifest.step < 600
    with SmallRun(tmp_path / "run", settings=SERIAL) as run:
        run.finish()
    assert ending(tmp_path / "run") == undisturbed
    assert_agrees(tmp_path / "run")


def test_a_learner_that_is_killed_comes_back_and_the_run_goes_back_to_its_generation(tmp_path: Path) -> None:
    with SmallRun(tmp_path / "run") as run:
        run.wait_for(" trained ", times=7)  # so that much more was sent than will be
        with Control(tmp_path / "run") as control:
            before = msgspec.to_builtins(control.look().vitals.link)
        first = run.learner
        os.kill(first, signal.SIGKILL)
        assert "the learner is gone" in run.wait_for("paused")
        until(lambda: run.learner not in (0, first), "another learner")
        os.kill(run.learner, signal.SIGKILL)  # and once more, before it has answered
        assert "went back to generation" in run.wait_for("the learner is back")
        run.wait_for(" trained ")
        run.stop()
    link = state(tmp_path / "run")["link"]
    assert link["connects"] >= 2
    assert link["sent"] > before["sent"]  # over all connections
    assert_agrees(tmp_path / "run")


def test_a_worker_that_is_killed_is_replaced_and_its_games_are_counted_as_dropped(tmp_path: Path) -> None:
    with SmallRun(tmp_path / "run") as run:
        run.wait_for(" trained ")
        killed = run.worker
        os.kill(killed, signal.SIGKILL)
        assert "killed by signal 9" in run.wait_for("worker 0")
        until(lambda: set(run.children("engine.workers.worker")) - {killed}, "another worker")
        with Control(tmp_path / "run") as control:

            def collected() -> int:
                progress = control.look().progress
                return progress.samples if progress else 0

            before = collected() + 4 * 32 * 16  # what was played and on its way may be some chunks
            until(lambda: collected() > before, "what the other one plays")
        run.stop()
    assert newest(tmp_path / "run").manifest.counters.dropped == 32
    assert_agrees(tmp_path / "run")


def test_a_serial_run_whose_worker_and_learner_are_killed_comes_to_the_same_weights(
    tmp_path: Path, undisturbed: Ending
) -> None:
    with SmallRun(tmp_path / "run", settings=SERIAL) as run:
        run.wait_for(" trained ")
        os.kill(run.worker, signal.SIGKILL)
        run.wait_for("killed by signal 9")
        run.wait_for(" trained ")
        os.kill(run.learner, signal.SIGKILL)
        run.wait_for("the learner is back")
        run.finish()
    assert ending(tmp_path / "run") == undisturbed
    assert_agrees(tmp_path / "run")


def test_kills_at_random_moments_lose_nothing_beyond_the_last_generation(tmp_path: Path) -> None:
    chances = random.Random(7)  # tests/engine/run/test_run_harmed.py tries every line that writes
    with SmallRun(tmp_path / "run", "--checkpoint-interval", "0.3") as run:
        line = run.wait_for("saved", times=3)
        time.sleep(chances.random())  # while it trains
        run.kill()
    told = int(line.partition("generation ")[2].partition(" saved")[0].replace(",", ""))
    step = newest(tmp_path / "run").manifest.step
    assert step >= told > 0
    with SmallRun(tmp_path / "run", "--checkpoint-interval", "0.3") as run:
        run.wait_for("starting")
        time.sleep(chances.random() * 4)  # before it trains again
        run.kill()
    assert newest(tmp_path / "run").manifest.step >= step
    with SmallRun(tmp_path / "run") as run:
        until(lambda: newest(tmp_path / "run").manifest.step > step, "it learns on")
        run.stop()
    assert_agrees(tmp_path / "run")
