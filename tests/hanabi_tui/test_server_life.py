"""A real run as it lives on a server: under a service manager, watched, reloaded, with deadlines."""

import json
import re
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from notify_socket import heard, notify_socket
from small_run import COMMAND, SMALL, SmallRun, until
from sshd import descendants

from hanabi_tui.exit_codes import ExitCode

NOBODY = ["--transport", "dialled"]


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with notify_socket(tmp_path) as listener:
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "400000")
        yield listener


def test_under_a_service_manager_with_json_lines_metrics_and_reload(
    tmp_path: Path, manager: socket.socket
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("[training]\nweight_decay = 0.0\n")
    flags = ["--config", str(file), "--log-format", "json", "--metrics-port", "0"]
    with SmallRun(tmp_path / "run", *flags, "--evaluation-interval", "0.5") as run:
        port = re.findall(r"127\.0\.0\.1:(\d+)/", run.wait_for("Prometheus"))[0]
        run.wait_for('"Evaluated"')
        run.wait_for('"Progress"')
        for child in descendants(run.process.pid):  # they have nothing to say to it
            assert b"NOTIFY_SOCKET" not in Path(f"/proc/{child}/environ").read_bytes()
        told = heard(manager)
        assert told.index("READY=1") < len(told) - 1
        assert "WATCHDOG=1" in told
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as page:
            metrics = page.read().decode()
        assert 'hanabi_state{state="training"} 1.0' in metrics
        assert float(re.findall(r"^hanabi_progress_step (\S+)", metrics, re.MULTILINE)[0]) > 0
        assert re.search(
            r'^hanabi_evaluation_mean\{variant="very-small, 2 players"\} \d', metrics, re.MULTILINE
        )

        heard(manager)  # the queue holds ten; what comes while it is full is not waited for
        file.write_text("[training]\nweight_decay = 0.5\n[general]\nseed = 9\n")
        run.process.send_signal(signal.SIGHUP)
        assert "these want a restart: seed" in run.wait_for("read again")
        changed = json.loads(run.wait_for('"SettingChanged"'))["event"]
        assert (changed["key"], changed["new"]) == ("weight_decay", "0.5")
        until(lambda: "READY=1" in heard(manager), "the manager hears that the reload is over")

        run.process.send_signal(signal.SIGSTOP)
        time.sleep(0.3)
        heard(manager)
        time.sleep(1.0)
        assert heard(manager) == []  # a run that hangs feeds no watchdog
        run.process.send_signal(signal.SIGCONT)
        said = run.stop()
    assert "STOPPING=1" in heard(manager)
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert {"time", "level", "text"} <= set.intersection(*(set(line) for line in lines))
    assert lines[-1]["event"]["state"] == "stopped"
    assert "stopped" in (tmp_path / "run" / "logs" / "run.log").read_text().splitlines()[-1]


def test_a_deadline_met_while_the_laptop_is_away_has_an_exit_code_of_its_own(
    tmp_path: Path, manager: socket.socket
) -> None:
    flags = [*NOBODY, "--gpu-socket", str(tmp_path / "nobody"), "--max-minutes", "0.06"]
    with SmallRun(tmp_path / "run", *flags, settings=SMALL[2:]) as run:
        run.wait_for("paused")
        said, _ = run.process.communicate(timeout=60)
        assert run.process.returncode == ExitCode.WAITING
    assert "The deadline has come" in said
    told = heard(manager)
    assert "READY=1" in told
    assert any("paused: the learner cannot be reached" in each for each in told)


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--until", "noon"], "--until noon: allowed: a time of day"),
        (["--metrics-port", "70000"], "65535"),
        (["--log-format", "xml"], "'plain', 'json'"),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_begins(
    tmp_path: Path, flags: list[str], words: str
) -> None:
    done = subprocess.run(
        [*COMMAND, "--no-ui", *flags], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == ExitCode.BAD_INPUT
    assert words in " ".join(done.stderr.replace("│", "").split())
    assert list(tmp_path.iterdir()) == []
