"""A learner that the run starts, one that dials in, one that wants another token all of a sudden."""

import contextlib
import os
import shlex
import signal
import socket
import sys
import time
from pathlib import Path

import msgspec
import pytest
from rough_link import RoughLink
from small_run import SERIAL, Ending, SmallRun, assert_agrees, ending, state
from sshd import Sshd, free_port

from engine.contracts.learner import AwaitedError
from engine.settings.config import NetworkSection
from hanabi_tui.foreground.borrowed import BorrowedLearner
from remote.errors import LinkError

TOKEN = "a token of some length"


def a_token(folder: Path) -> str:
    """A file that holds it."""
    file = folder / "token"
    file.write_text(TOKEN)
    file.chmod(0o600)
    return str(file)


def test_a_run_starts_the_learner_there_by_itself(tmp_path: Path, sshd: Sshd) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    keep, started = shlex.quote(str(tmp_path / "keep")), tmp_path / "started"
    serve = f"{sys.executable} -m remote --device cpu --threads 1 --port {port} --keep {keep}"
    command = f"echo $$ >> {shlex.quote(str(started))}; exec {serve}"
    flags = [*sshd.flags(), "--gpu-port", str(port), "--gpu-start", command]
    try:
        with SmallRun(tmp_path / "run", *flags) as run:
            run.wait_for("it was told to start")
            run.wait_for(" trained ")
            run.stop()
        assert "listening on" in (sshd.folder / "hanabi-gpu.log").read_text()
    finally:
        for pid in started.read_text().split():  # one that comes second finds the port taken, and ends
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGTERM)
    assert_agrees(tmp_path / "run")


def test_who_dials_in_is_awaited_and_who_has_an_address_is_not_there(tmp_path: Path) -> None:
    here = {"gpu_host": "127.0.0.1", "gpu_port": free_port(), "auth_token": TOKEN, "transport": "direct"}
    for network, awaited in (
        (NetworkSection(transport="dialled", gpu_socket=str(tmp_path / "none")), True),
        (msgspec.convert(here, NetworkSection), False),
    ):
        with pytest.raises(LinkError) as raised:
            BorrowedLearner(network, tmp_path).connect()
        assert isinstance(raised.value, AwaitedError) is awaited


def test_a_run_waits_for_a_laptop_to_dial_in_and_comes_to_the_same_weights(
    tmp_path: Path, sshd: Sshd, start, undisturbed: Ending
) -> None:
    path, machine = tmp_path / "s" / "gpu.sock", sshd.machine()
    there = ["--transport", "dialled", "--gpu-socket", str(path), "--auth-token", TOKEN]
    with SmallRun(tmp_path / "run", *there, settings=SERIAL) as run:
        run.wait_for("others on this machine see --auth-token")
        run.wait_for("paused: the learner cannot be reached: no laptop has dialled in yet")
        start(
            *("--port", "0", "--dial", f"{machine.user}@127.0.0.1:{sshd.port}", "--dial-path", str(path)),
            *("--dial-key", machine.key, "--known-hosts", machine.known_hosts),
            *("--auth-token-file", a_token(tmp_path)),
        )
        run.wait_for("training")
        said = run.finish()
    assert ending(tmp_path / "run") == undisturbed
    assert state(tmp_path / "run")["link"]["where"] == "a laptop (dialled)"
    assert TOKEN not in said
    assert_agrees(tmp_path / "run")


def test_a_token_that_changed_meanwhile_pauses_the_run_and_nobody_is_stormed(tmp_path: Path, start) -> None:
    gpu = start("--port", "0")
    link = RoughLink(gpu.address)
    flags = ["--gpu-host", "127.0.0.1", "--gpu-port", str(link.port), "--transport", "direct"]
    with SmallRun(tmp_path / "run", *flags) as run:
        run.wait_for(" trained ")
        other = start("--port", "0", "--auth-token-file", a_token(tmp_path))
        link.to = other.address
        gpu.close()
        run.wait_for("cannot be reached: the learner's side asks for an auth_token, and none is set")
        other.wait_for("does not know the auth_token")
        tried = link.taken
        time.sleep(2.0)
        assert link.taken == tried
        run.stop()
    link.close()
