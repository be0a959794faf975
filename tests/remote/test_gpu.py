"""`hanabi-gpu`: started as a user starts it, killed, and asked for what it refuses."""

import os
import re
import signal
import socket
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec
import numpy as np
import pytest
from gpu import Gpu
from made_actor import made_actor
from same_process import hanabi_gpu
from served import SOON, eventually, samples
from sshd import Sshd

from engine.contracts.learner import Greeting, LearnerError, Step
from engine.game.chance import stream
from engine.game.observation import legal_mask
from engine.game.variants import preset
from engine.settings.config import ModelSection
from remote import unix
from remote.client import Client
from remote.errors import TokenError

LOADING = 60.0
"""Seconds that torch may take to load on a busy machine."""

TOKEN = "a token of some length"
GREETING = Greeting(
    run="ab12" * 8,
    model=ModelSection(architecture="mlp", hidden_size=8, hidden_layers=1),
    capacity=4096,
    weight_average=0.9,
    acting_average=0.5,
    seed=3,
)


Start = Callable[..., Gpu]


def by_tcp(address: tuple[str, int], token: str = "") -> Client:
    return Client(partial(socket.create_connection, address), name="test", token=token)


def patiently(connect: Callable[[], Client]) -> Client:
    """A client of a service that is about to be there."""
    deadline = time.monotonic() + LOADING
    while True:
        try:
            return connect()
        except (ConnectionError, TimeoutError):
            assert time.monotonic() < deadline
            time.sleep(0.1)


def train(client: Client, step: int) -> int:
    client.extend(0, samples_of_games()).result(SOON)
    made = client.train([a_step(step)]).result(LOADING)
    return made[0].number


def samples_of_games() -> np.ndarray:
    actor = made_actor([preset("full", 2)] * 16, stream(0))
    return actor.chunk(lambda rows: legal_mask(rows).astype(np.float32))


def a_step(number: int) -> Step:
    return Step(
        number=number,
        slots=np.arange(32, dtype=np.uint32),
        learning_rate=1e-3,
        weight_decay=0.0,
        gradient_clip=10.0,
        belief_weight=0.0,
        bend=1.0,
    )


def assert_refused(code: int, why: str, *flags: str, **environment: str) -> None:
    done = hanabi_gpu(*flags, **environment)
    assert done.returncode == code, done.stderr
    assert re.search(why, done.stderr), done.stderr


def test_it_serves_on_loopback_and_outlives_its_clients_and_its_learner(start: Start) -> None:
    gpu = start("--port", "0")
    address = gpu.address
    assert address[0] == "127.0.0.1"
    client = patiently(lambda: by_tcp(address))
    client.hello(GREETING).result(LOADING)
    client.load(b"").result(LOADING)
    assert train(client, 1) == 1
    kept = client.snapshot().result(LOADING)
    first = client.hello(GREETING).result(LOADING)
    client.close()

    again = patiently(lambda: by_tcp(address))
    met = again.hello(GREETING).result(LOADING)
    assert (met.incarnation, met.step) == (first.incarnation, 1)  # a lost connection costs nothing

    os.kill(gpu.learner, signal.SIGKILL)
    assert eventually(lambda: again.lost is not None)
    again.close()
    gpu.wait_for(r"the learner ended \(killed")
    reborn = patiently(lambda: by_tcp(address))
    met = reborn.hello(GREETING).result(LOADING)
    assert met.incarnation != first.incarnation
    # it kept a copy of its own, so nothing need be sent
    assert (met.step, met.digest) == (1, kept.digest)
    reborn.close()
    gpu.process.terminate()
    assert gpu.process.wait(SOON * 2) == 0


def test_rows_that_make_no_game_are_refused_and_harm_nobody(start: Start) -> None:
    gpu = start("--port", "0")
    address = gpu.address
    client = patiently(lambda: by_tcp(address))
    client.hello(GREETING).result(LOADING)
    client.load(b"").result(LOADING)
    with pytest.raises(LearnerError, match="sample 0 of 100 cannot be learned from: row version"):
        client.extend(0, samples(100)).result(LOADING)
    assert train(client, 1) == 1
    client.close()


def test_its_own_copies_take_no_other_file_s_place(start: Start, tmp_path: Path) -> None:
    (tmp_path / "keep").mkdir()
    own = [tmp_path / "keep" / f"model-{number}.safetensors" for number in range(5)]
    for file in own:
        file.write_text("mine")
    gpu = start("--port", "0")
    address = gpu.address
    client = patiently(lambda: by_tcp(address))
    client.hello(GREETING).result(LOADING)
    client.load(b"").result(LOADING)
    client.snapshot().result(LOADING)
    assert (tmp_path / "keep" / f"{GREETING.run}.safetensors").exists()
    assert all(file.read_text() == "mine" for file in own)
    client.close()


def test_another_buffer_size_and_average_are_taken_up(start: Start) -> None:
    gpu = start("--port", "0")
    address = gpu.address
    client = patiently(lambda: by_tcp(address))
    client.hello(GREETING).result(LOADING)
    client.load(b"").result(LOADING)
    assert train(client, 1) == 1
    larger = msgspec.structs.replace(GREETING, capacity=8192, weight_average=0.5)
    met = client.hello(larger).result(LOADING)
    assert (met.step, met.mirrored) == (1, (0, 0))
    with pytest.raises(LearnerError, match="no room here for"):
        client.hello(msgspec.structs.replace(GREETING, capacity=10**15)).result(LOADING)
    assert train(client, 2) == 2
    client.close()


def test_beyond_this_machine_it_wants_a_token(start: Start) -> None:
    gpu = start("--host", "0.0.0.0", "--port", "0")
    gpu.wait_for("would let everybody use this machine")
    assert gpu.process.wait(SOON) == 2


def test_with_a_token_it_says_what_that_does_not_protect(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN + "\n")
    file.chmod(0o600)
    gpu = start("--host", "0.0.0.0", "--port", "0", "--auth-token-file", str(file))
    gpu.wait_for("nothing is encrypted")
    address = ("127.0.0.1", gpu.address[1])
    client = patiently(lambda: by_tcp(address, TOKEN))
    assert client.status().result(LOADING).step == -1
    client.close()
    for wrong in ("", "another token altogether"):
        with pytest.raises(TokenError):
            by_tcp(address, wrong)
    gpu.wait_for("does not know the auth_token")
    assert TOKEN not in "".join(gpu.lines)
    assert TOKEN not in Path(f"/proc/{gpu.learner}/cmdline").read_text()


def test_a_token_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN)
    file.chmod(0o644)
    why = r"can be read by others \(mode 644\): chmod 600"
    assert_refused(2, why, "--port", "0", HANABI_AUTH_TOKEN_FILE=str(file))


def test_a_token_on_the_command_line_works_and_warns(start: Start) -> None:
    gpu = start("--port", "0", "--auth-token", TOKEN)
    gpu.wait_for("can be read by every user of this machine")
    address = gpu.address
    client = patiently(lambda: by_tcp(address, TOKEN))
    client.close()


def test_a_unix_socket_is_served_on_and_taken_away_at_the_end(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "own" / "socket"
    gpu = start("--socket", str(path))
    gpu.wait_for("listening on")
    gpu.wait_for("computing on")
    assert path.is_socket()
    gpu.process.terminate()
    assert gpu.process.wait(SOON * 2) == 0
    assert not path.exists()


def test_a_socket_whose_path_no_sshd_could_lead_to_is_refused(tmp_path: Path) -> None:
    assert_refused(2, "at most 103 are allowed", "--socket", str(tmp_path / ("deep" * 30) / "socket"))


def test_a_target_to_dial_that_is_none_is_refused() -> None:
    assert_refused(2, r"'me@server:port' is no \[USER@\]HOST", "--port", "0", "--dial", "me@server:port")


def test_a_port_in_use_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        why = f"127.0.0.1:{port} cannot be served on: Address already in use"
        assert_refused(1, why, "--port", port)  # it may be free later


@pytest.mark.parametrize(
    ("host", "why"),
    [
        ("192.0.2.1", "Cannot assign requested address"),  # nobody's, by RFC 5737
        ("fe80::1%wlan77", "cannot be served on: "),  # of an interface that is not there
        ("nowhere.invalid", "cannot be served on: "),
    ],
)
def test_an_address_that_is_not_there_yet_may_be_there_later(host: str, why: str) -> None:
    assert_refused(1, why, "--host", host, "--port", "0", HANABI_AUTH_TOKEN=TOKEN)


def test_a_host_that_can_be_no_name_is_refused() -> None:
    why = r"bücher\.\.home:0 cannot be served on"
    assert_refused(2, why, "--host", "bücher..home", "--port", "0", HANABI_AUTH_TOKEN=TOKEN)


def test_a_socket_where_somebody_answers_may_be_free_later(tmp_path: Path) -> None:
    with unix.listen(tmp_path / "own" / "socket"):
        why = "is in use: somebody answers there"
        assert_refused(1, why, "--socket", str(tmp_path / "own" / "socket"))


def test_a_socket_in_a_folder_of_others_is_refused(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o755)
    assert_refused(2, "can be entered by others", "--socket", str(tmp_path / "open" / "socket"))


def test_a_device_that_is_not_there_is_no_reason_to_try_for_ever(start: Start) -> None:
    gpu = start("--port", "0", "--device", "cuda:7")
    gpu.wait_for(r"device 'cuda:7' cannot be used: .*Here are: cpu")
    gpu.wait_for("the learner cannot begin")
    assert gpu.process.wait(LOADING) == 1


def test_behind_nat_it_dials_out_and_is_reached_on_the_server(start: Start, tmp_path: Path) -> None:
    sshd = Sshd(tmp_path / "etc")
    path = tmp_path / "s" / "gpu.sock"
    machine = sshd.machine()
    try:
        gpu = start(
            *("--port", "0", "--dial", f"{machine.user}@127.0.0.1:{sshd.port}", "--dial-path", str(path)),
            *("--dial-key", machine.key, "--known-hosts", machine.known_hosts),
        )
        gpu.wait_for(f"reachable on .* at {path}")
        client = patiently(
            lambda: Client(
                partial(unix.dial, path), control=partial(unix.dial, path.with_name("gpu.sock-control"))
            )
        )
        assert client.hello(GREETING).result(LOADING).device.startswith("cpu")
        assert path.stat().st_mode & 0o077 == 0
        sshd.close()
        assert eventually(lambda: client.lost is not None)
        client.close()
        gpu.wait_for("is lost")
        sshd.start()
        gpu.wait_for("reachable on")
        again = patiently(lambda: Client(partial(unix.dial, path)))
        again.close()
    finally:
        sshd.close()
