"""The verbs, against a real run."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_run import COMMAND, SmallRun, until

from engine.contracts.states import State
from engine.control.client import Control


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallRun]:
    directory = tmp_path_factory.mktemp("verbs") / "run"
    with SmallRun(directory) as run:
        run.wait_for(" trained ")
        yield run


def verb(run: SmallRun, *words: str, **more: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words, "--checkpoint-dir", str(run.directory)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **more,
    )


def state(run: SmallRun) -> State:
    with Control(run.directory) as control:
        return control.look().state


def test_pause_and_resume(run: SmallRun) -> None:
    done = verb(run, "pause", "lunch")
    assert (done.returncode, done.stdout) == (0, "paused: lunch\n")
    assert state(run) is State.PAUSED
    done = verb(run, "resume")
    assert (done.returncode, done.stdout) == (0, "training goes on\n")
    assert state(run) is State.TRAINING
    done = verb(run, "resume")
    assert done.returncode == 1
    assert "not paused" in done.stderr


def test_checkpoint_and_restore(run: SmallRun) -> None:
    assert verb(run, "checkpoint").returncode == 0
    generations = run.directory / "generations"
    assert verb(run, "pause").returncode == 0  # or the oldest would soon be cleared away
    newest = max(int(path.name) for path in generations.glob("0*"))
    done = verb(run, "restore", str(newest))
    assert done.returncode == 0, done.stderr
    assert re.search(r"\d later ones are set aside", done.stdout)  # one may have been on its way
    assert verb(run, "resume").returncode == 0
    done = verb(run, "restore", "999999999")
    assert done.returncode == 1
    assert "there are" in done.stderr


def test_set_changes_what_may_change_and_says_what_may(run: SmallRun) -> None:
    done = verb(run, "set", "learning_rate=3e-4", "batch_size=128")
    assert done.returncode == 0, done.stderr
    assert "learning_rate = 0.0003 (was 0.001)" in done.stdout
    with Control(run.directory) as control:
        settings = control.look().settings["training"]
    assert (settings["learning_rate"], settings["batch_size"]) == (3e-4, 128)
    for words, why in (
        (["learning_rate=9"], "allowed: numbers 1e-08 to 1"),
        (["seed=3"], "cannot change while the run runs"),
        (["colour=blue"], "there is no setting colour"),
        (["learning_rate"], "write KEY=VALUE"),
        (["batch_size=256", "learning_rate=9"], "allowed"),
        (["batch_size=256", "num_workers=256"], "enough for"),
    ):
        done = verb(run, "set", *words)
        assert done.returncode == 2
        assert why in done.stderr
    with Control(run.directory) as control:  # the good half of a bad command changed nothing
        assert control.look().settings["training"]["batch_size"] == 128


def test_workers_come_go_and_are_renewed(run: SmallRun) -> None:
    assert verb(run, "workers", "2").returncode == 0
    until(lambda: len(run.children("engine.workers.worker")) == 2, "two workers")
    before = set(run.children("engine.workers.worker"))
    assert verb(run, "workers", "--restart").returncode == 0
    until(
        lambda: (
            len(run.children("engine.workers.worker")) == 2
            and not before & set(run.children("engine.workers.worker"))
        ),
        "two other workers",
    )
    assert verb(run, "workers", "1").returncode == 0
    until(lambda: len(run.children("engine.workers.worker")) == 1, "one worker")
    run.wait_for(" trained ", times=2)
    assert verb(run, "workers").returncode == 2
    assert verb(run, "workers", "3", "--restart").returncode == 2


def test_events_and_logs_say_what_happened(run: SmallRun) -> None:
    verb(run, "pause", "tea")
    verb(run, "resume")
    assert verb(run, "examine").returncode == 0
    run.wait_for("evaluation at")
    said = verb(run, "events").stdout
    assert "paused: tea" in said
    assert "evaluation at step" in said
    events = [json.loads(line) for line in verb(run, "events", "--json").stdout.splitlines()]
    assert {"Begun", "StateChanged", "GenerationSaved", "Evaluated"} <= {event["type"] for event in events}
    assert "paused: tea" in verb(run, "logs", "-n", "1000").stdout
    assert len(verb(run, "logs", "-n", "2").stdout.splitlines()) == 2


def test_what_happens_can_be_followed(run: SmallRun) -> None:
    following = subprocess.Popen(
        [*COMMAND, "events", "--follow", "--json", "--checkpoint-dir", str(run.directory)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert following.stdout is not None
        assert json.loads(following.stdout.readline())["type"] == "Overview"
        missing = {"Progress", "Vitals"}
        for _ in range(60):
            missing.discard(json.loads(following.stdout.readline())["type"])
            if not missing:
                break
        assert not missing
    finally:
        following.kill()
        following.communicate()


def test_vitals_tell_of_learner_link_and_machine(run: SmallRun) -> None:
    until(lambda: (vitals := look(run).vitals) is not None and vitals.device is not None, "vitals")
    vitals = look(run).vitals
    assert vitals.link.where == "this machine"
    assert vitals.device.device.startswith("cpu")
    assert 0 <= vitals.cpu <= 1
    assert vitals.memory > 50_000_000
    assert vitals.free > 0


def look(run: SmallRun):
    with Control(run.directory) as control:
        return control.look()


def test_a_verb_without_a_live_run_says_how_to_start_one(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "pause", "--checkpoint-dir", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert f"no run is live in {tmp_path}" in done.stderr
    assert "Traceback" not in done.stderr


def test_stop_waits_until_the_run_has_ended(run: SmallRun) -> None:
    done = verb(run, "stop")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "the run saves a generation and stops"
    assert done.stdout.splitlines()[-1].endswith("stopped")
    run.finish()
    assert not (run.directory / "control.sock").exists()
