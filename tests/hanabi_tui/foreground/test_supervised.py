"""What events of a run mean to a service manager."""

import socket
from pathlib import Path

import pytest
from notify_socket import heard
from some_events import evaluated, progress

from engine.contracts.events import StateChanged
from engine.contracts.vitals import Vitals
from hanabi_tui.foreground.supervised import Supervised
from remote.notify import Notifier


class Manager:
    """A service manager's socket, and a clock that is set by hand."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(folder / "notify"))
        self.socket.settimeout(0.0)
        self.now = 0.0
        notifier = Notifier({"NOTIFY_SOCKET": str(folder / "notify"), **environment})
        self.supervised = Supervised(notifier, lambda: self.now)

    def told(self, *events: object) -> list[str]:
        for event in events:
            self.supervised.hear(event)
        return heard(self.socket)


def state(name: str, reason: str = "") -> StateChanged:
    return StateChanged(time=0.0, step=0, state=name, reason=reason)


@pytest.mark.parametrize("first", ["collecting", "training", "paused", "completed"])
def test_a_run_is_ready_when_it_works_or_waits_or_has_nothing_to_do(tmp_path: Path, first: str) -> None:
    manager = Manager(tmp_path)
    assert "READY=1" not in manager.told(state("starting"))
    assert "READY=1" in manager.told(state(first))


def test_a_run_that_fails_at_once_was_never_ready(tmp_path: Path) -> None:
    assert "READY=1" not in Manager(tmp_path).told(state("starting"), state("failed", "other model"))


def test_the_status_line_tells_state_reason_step_and_score(tmp_path: Path) -> None:
    manager = Manager(tmp_path)
    manager.told(state("training"), evaluated(1, 17.0, 18.0))
    (status,) = manager.told(progress(1_240))
    assert status == "STATUS=training; step 12,400; score 17.50"
    assert "STATUS=paused: lunch; step 12,400; score 17.50" in manager.told(state("paused", "lunch"))


def test_the_watchdog_is_fed_by_events_alone_and_no_oftener_than_needed(tmp_path: Path) -> None:
    manager = Manager(tmp_path, WATCHDOG_USEC="40000000")
    vitals = Vitals(time=0.0)
    assert manager.told(vitals) == []
    manager.now = 10.0
    assert manager.told(vitals, vitals) == ["WATCHDOG=1"]
    manager.now = 1000.0
    assert manager.told() == []  # a loop that does not turn says nothing
    assert manager.told(vitals) == ["WATCHDOG=1"]


def test_that_it_stops_is_told_at_once(tmp_path: Path) -> None:
    manager = Manager(tmp_path)
    manager.told(state("training"))
    assert manager.told(state("stopping"))[0] == "STOPPING=1"
