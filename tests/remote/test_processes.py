"""A service in a process of its own, which is killed, stopped, or left alone."""

import os
import re
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
from served import GREETING, SOON, samples, step

from remote import unix
from remote.client import Client, Timing
from remote.errors import BrokenError
from remote.serving import BROKEN

PATIENT = Timing(beat=0.2, silence=1.0)


@pytest.fixture
def client_of(folder):
    made: list[Client] = []

    def connect(timing: Timing = PATIENT) -> Client:
        # one name for all, as a run has: the service may notice later than we that the one before is gone
        made.append(Client(partial(unix.dial, folder / "socket"), name="the run", timing=timing))
        made[-1].hello(GREETING).result(SOON)
        made[-1].load(b"").result(SOON)
        made[-1].extend(0, samples(100)).result(SOON)
        return made[-1]

    yield connect
    for client in made:
        client.close()


def test_a_killed_service_fails_every_future_at_once(process, client_of) -> None:
    service = process()
    client = client_of()
    waiting = [client.train([step(number, seconds=5.0)]) for number in range(1, 50)]
    began = time.monotonic()
    os.kill(service.pid, signal.SIGKILL)
    errors = [future.exception(SOON) for future in waiting]
    assert time.monotonic() - began < 4.0  # one step alone takes longer
    assert all(isinstance(error, ConnectionError) for error in errors)
    assert isinstance(client.lost, ConnectionError)
    assert isinstance(client.status().exception(SOON), ConnectionError)


def test_a_stopped_service_is_noticed_in_time_even_with_a_write_under_way(process, client_of) -> None:
    service = process()
    client = client_of()
    os.kill(service.pid, signal.SIGSTOP)
    began = time.monotonic()
    waiting = [client.extend(0, samples(1000)) for _ in range(50)]  # 9 MB: the writer is stuck
    assert isinstance(waiting[-1].exception(SOON), ConnectionError)
    assert 0.7 < time.monotonic() - began < 8.0
    assert "has been silent for 1 s" in str(client.lost)
    began = time.monotonic()
    client.close()
    assert time.monotonic() - began < 5.0
    os.kill(service.pid, signal.SIGCONT)
    assert client_of().train([step(1)]).result(SOON)


def test_by_default_silence_is_noticed_within_five_seconds() -> None:
    timing = Timing()
    assert timing.silence + timing.beat / 4 <= 5.0
    assert timing.silence > 3 * timing.beat


OBSERVER = """
import sys, time
from functools import partial
from pathlib import Path
from remote import unix
from remote.client import Client, Timing
client = Client(partial(unix.dial, Path(sys.argv[1])), timing=Timing(beat=0.2, silence=0.8))
for line in sys.stdin:
    time.sleep(0.5)
    print(client.lost, flush=True)
"""


def test_a_client_that_was_itself_stopped_does_not_call_the_service_silent(process, folder) -> None:
    process()
    observer = subprocess.Popen(
        [sys.executable, "-c", OBSERVER, str(folder / "socket")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert observer.stdin
    assert observer.stdout
    try:
        observer.stdin.write("\n")
        observer.stdin.flush()
        assert observer.stdout.readline() == "None\n"
        observer.send_signal(signal.SIGSTOP)
        time.sleep(1.5)
        observer.send_signal(signal.SIGCONT)
        observer.stdin.write("\n")
        observer.stdin.flush()
        assert observer.stdout.readline() == "None\n"
    finally:
        observer.kill()
        observer.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_service_cleanly(process, client_of, folder, number) -> None:
    service = process()
    waiting = client_of().train([step(1, seconds=1.5)])
    service.send_signal(number)
    out, _ = service.communicate(timeout=SOON)
    assert f"ending: {number.name}\n" in out
    assert service.returncode == 0
    assert not (folder / "socket").exists()
    assert isinstance(waiting.exception(SOON), ConnectionError)


def test_with_its_parent_the_service_ends(process, folder) -> None:
    service = process("--with-parent")
    assert service.stdin
    service.stdin.write("words are not the end\n")
    service.stdin.flush()
    time.sleep(0.1)
    assert service.poll() is None
    out, _ = service.communicate(timeout=SOON)  # which closes its standard input
    assert re.fullmatch(r"\d\d:\d\d:\d\d  ending: the parent has ended\n", out)
    assert service.returncode == 0


def test_a_second_service_on_the_same_path_says_why_it_cannot(process, folder) -> None:
    process()
    with pytest.raises(AssertionError, match="in use"):
        process()


def test_after_a_failure_nobody_foresaw_the_learner_tells_who_asked_and_ends(process, folder) -> None:
    service = process()
    client = Client(partial(unix.dial, folder / "socket"), timing=PATIENT)
    client.hello(GREETING).result(SOON)
    client.load(b"").result(SOON)
    client.extend(0, samples(100)).result(SOON)
    with pytest.raises(BrokenError, match="the device is gone"):
        client.train([step(1, clip=-1.0)]).result(SOON)
    out, _ = service.communicate(timeout=SOON)
    assert "the learner failed, and begins anew" in out
    assert service.returncode == BROKEN
    client.close()
