"""Weights & Biases as a sink: what arrives there, and that nothing it does holds up a run."""

import json
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from some_events import OTHERS, evaluated, progress

from engine.settings.config import Config, LoggingSection, NetworkSection
from hanabi_tui.foreground import wandb_sink
from hanabi_tui.foreground.wandb_sink import WandbSink, beginning, entry

TOKEN = "a-token-nobody-may-see"
CONFIG = Config(
    network=NetworkSection(gpu_host="laptop", auth_token=TOKEN),
    logging=LoggingSection(
        use_wandb=True,
        wandb_project="cards",
        wandb_run_name="first",
        wandb_tags=("a", "b"),
        wandb_mode="offline",
    ),
)

KEEPING = """
import json, os, pathlib
class Settings:
    def __init__(self, **known): pass
class Run:
    def __init__(self, given): self.file = open(pathlib.Path(given["dir"]) / "told", "a")
    def tell(self, *what): print(json.dumps(what), file=self.file, flush=True)
    def define_metric(self, name, step_metric): self.tell("axis", name, step_metric)
    def log(self, record): self.tell("log", record)
    def finish(self): self.tell("finish")
def init(**given):
    given.pop("settings")
    run = Run(given)
    run.tell("init", given)
    return run
"""
"""A wandb that keeps what it is told in a file."""


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts a wandb of another making in front of the installed one."""
    folder = tmp_path / "stand-in"
    folder.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return lambda source: (folder / "wandb.py").write_text(source, encoding="utf-8") and None


def told(directory: Path) -> list[list[object]]:
    return [json.loads(line) for line in (directory / "told").read_text(encoding="utf-8").splitlines()]


def until(true: Callable[[], object], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


def test_progress_and_evaluations_arrive_in_order_and_nothing_else_does(
    tmp_path: Path, stand_in: Callable[[str], None]
) -> None:
    stand_in(KEEPING)
    sink = WandbSink(CONFIG, "run-1", tmp_path)
    for event in (progress(1), *OTHERS, evaluated(1, 20.0, 22.0), progress(2, loss=math.nan)):
        assert sink.send(event) == ()
    assert sink.close(20.0) == ()
    begin, axis, first, second, third, end = told(tmp_path)
    given = begin[1]
    assert isinstance(given, dict)
    assert (given["project"], given["name"], given["tags"], given["mode"]) == (
        "cards",
        "first",
        ["a", "b"],
        "offline",
    )
    assert (given["id"], given["resume"], given["dir"]) == ("run-1", "allow", str(tmp_path))
    assert axis == ["axis", "*", "step"]
    assert first == ["log", entry(progress(1))]
    assert second == ["log", entry(evaluated(1, 20.0, 22.0))]
    assert third == ["log", entry(progress(2, loss=math.nan))]
    assert end == ["finish"]


def test_an_entry_has_a_key_for_each_number_that_is_known() -> None:
    found = entry(progress(3, loss=math.nan, remaining=math.inf))
    assert (found["step"], found["seconds"], found["progress/games"]) == (30, 3.0, 300)
    assert "progress/loss" not in found
    assert "progress/remaining" not in found
    assert len(found) == len(msgspec.structs.fields(type(progress(3)))) - 2
    found = entry(evaluated(3, 20.0, 22.0))
    assert found["evaluation/full-2-players/mean"] == 20.0
    assert found["evaluation/full-3-players/struck_out"] == 0.02
    assert found["evaluation/mean"] == 21.0


def test_the_settings_are_shown_without_the_secret_ones() -> None:
    given = beginning(CONFIG, "a/run:1", Path("/runs"))
    assert TOKEN not in json.dumps(given)
    network = given["config"]["network"]
    assert (network["gpu_host"], network["gpu_port"]) == ("laptop", 5555)
    assert "auth_token" not in network
    assert given["config"]["training"]["learning_rate"] == 1e-4
    assert given["id"] == "a-run-1"


def test_the_installed_wandb_keeps_an_offline_run_in_the_directory_and_no_secret_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("wandb")
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    directory = tmp_path / "run"
    directory.mkdir()
    for _ in range(2):  # the run is started twice
        sink = WandbSink(CONFIG, "run-1", directory)
        for number in range(1, 20):
            assert sink.send(progress(number)) == ()
        assert sink.send(evaluated(20, 21.5)) == ()
        assert sink.close(60.0) == ()
    kept = list(directory.glob("wandb/offline-run-*/run-run-1.wandb"))
    assert kept
    for file in kept:
        assert b"evaluation/full-2-players/mean" in file.read_bytes()
        assert b"cards" in file.read_bytes()
    everything = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert TOKEN.encode() not in everything
    assert not [file for file in home.rglob("*") if file.is_file()]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wandb_sink, "RETRY_SECONDS", 0.05)
    monkeypatch.setattr(wandb_sink, "TRIES", 3)


def warnings_of(sink: WandbSink, count: int) -> list[str]:
    said: list[str] = []

    def enough() -> bool:
        said.extend(sink.send(progress(1)))
        return len(said) >= count

    until(enough)
    return said


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("raise RuntimeError('no\\nluck')", "RuntimeError: no luck"),
        (KEEPING + "def init(**given): raise OSError('api key?')", "OSError: api key?"),
        (KEEPING + "Run.log = lambda self, record: 1 / 0", "ZeroDivisionError: division by zero"),
        (KEEPING + "Run.log = lambda self, record: os.abort()", "its process ended with status -6"),
    ],
    ids=["at import", "at init", "at log", "and dies"],
)
def test_a_wandb_that_raises_is_warned_of_once_tried_again_and_given_up(
    tmp_path: Path, stand_in: Callable[[str], None], quick: None, source: str, why: str
) -> None:
    stand_in(source)
    sink = WandbSink(CONFIG, "run-1", tmp_path)
    first, last = warnings_of(sink, 2)
    assert first == f"Weights & Biases: {why}; tried again later, the run goes on"
    assert last == f"Weights & Biases: {why}; given up, the run goes on without it"
    assert sink.send(progress(2)) == ()
    assert sink.close() == ()


def test_a_wandb_that_comes_back_gets_what_waited(
    tmp_path: Path, stand_in: Callable[[str], None], quick: None
) -> None:
    stand_in(KEEPING + f"if not os.path.exists({str(tmp_path / 'up')!r}): raise OSError('down')")
    wandb_sink.TRIES = 100  # put back by `quick`
    sink = WandbSink(CONFIG, "run-1", tmp_path)
    until(lambda: sink.send(OTHERS[0]))
    sink.send(progress(7))
    (tmp_path / "up").touch()
    until((tmp_path / "told").exists)
    until(lambda: ["log", entry(progress(7))] in told(tmp_path))
    assert sink.close(20.0) == ()


def test_a_missing_wandb_is_said_once_with_the_remedy(
    tmp_path: Path, stand_in: Callable[[str], None]
) -> None:
    stand_in("raise ModuleNotFoundError('No module', name='wandb')")
    sink = WandbSink(CONFIG, "run-1", tmp_path)
    (said,) = warnings_of(sink, 1)
    assert said == (
        f"Weights & Biases: it is not installed ({sys.executable} -m pip install 'hanabi-tui[wandb]'); "
        "given up, the run goes on without it"
    )
    assert sink.close() == ()


HANGING = [
    "import time; time.sleep(1000)",
    KEEPING + "import time\ndef init(**given): time.sleep(1000)",
    KEEPING + "import time\nRun.log = lambda self, record: time.sleep(1000)",
    KEEPING + "import time\nRun.finish = lambda self: time.sleep(1000)",
    KEEPING + "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "Run.finish = lambda self: time.sleep(1000)",
]


@pytest.mark.parametrize("source", HANGING, ids=["import", "init", "log", "finish", "deaf"])
def test_a_wandb_that_hangs_neither_holds_up_the_run_nor_its_end(
    tmp_path: Path, stand_in: Callable[[str], None], source: str
) -> None:
    stand_in(source)
    sink = WandbSink(CONFIG, "run-1", tmp_path)
    longest = 0.0
    for number in range(3000):
        start = time.perf_counter()
        sink.send(progress(number))
        longest = max(longest, time.perf_counter() - start)
    assert longest < 5.0
    start = time.monotonic()
    (*_, said) = sink.close(1.0)
    assert time.monotonic() - start < 10.0
    assert "did not finish within 1 s and was ended; `wandb sync` sends what lies in" in said
    child = sink._child
    assert child is not None
    until(lambda: child.poll() is not None)


def test_what_is_too_much_drops_the_oldest_and_is_said_once(
    tmp_path: Path, stand_in: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wandb_sink, "QUEUE_EVENTS", 10)
    gate = tmp_path / "gate"
    stand_in(
        KEEPING + "import time\ndef define(*_, **__):\n"
        f"    while not os.path.exists({str(gate)!r}): time.sleep(0.01)\n"
        "Run.define_metric = define"
    )
    sink = WandbSink(CONFIG, "run-1", tmp_path)
    # the pipe takes some of them, so there must be more than it can hold
    said = [text for number in range(1, 2001) for text in sink.send(progress(number))]
    assert said == ["Weights & Biases is too slow; its oldest entries are dropped"]
    gate.touch()
    assert sink.close(20.0) == ()
    steps = [record[1]["step"] for record in told(tmp_path) if record[0] == "log"]  # type: ignore[index]
    assert len(steps) + sink.dropped == 2000
    assert steps == sorted(steps)
    assert steps[-10:] == [10 * number for number in range(1991, 2001)]


def test_it_ends_when_the_run_is_killed(tmp_path: Path, stand_in: Callable[[str], None]) -> None:
    stand_in(KEEPING)
    source = (
        "import sys, time, pathlib; sys.path[:0] = sys.argv[2:]\n"
        "from test_wandb_sink import CONFIG, WandbSink, progress\n"
        "sink = WandbSink(CONFIG, 'run-1', pathlib.Path(sys.argv[1]))\n"
        "sink.send(progress(1))\n"
        "time.sleep(1000)\n"
    )
    here = Path(__file__)
    folders = [here.parent, here.parents[2] / "reference", Path(wandb_sink.__file__).parents[2]]
    with subprocess.Popen([sys.executable, "-c", source, tmp_path, *folders]) as run:
        until(lambda: (tmp_path / "told").exists() and ["log", entry(progress(1))] in told(tmp_path))
        os.kill(run.pid, signal.SIGKILL)
    until(lambda: told(tmp_path)[-1] == ["finish"])


def test_a_run_without_wandb_never_imports_it() -> None:
    look = "import sys, hanabi_tui.foreground.wandb_sink; sys.exit('wandb' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", look], check=False).returncode == 0
