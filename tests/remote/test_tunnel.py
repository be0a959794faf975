"""A learner behind OpenSSH's sshd and behind asyncssh's server: reached, refused, lost, and reached again."""

import asyncio
import contextlib
import gc
import re
import socket
import subprocess
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from plain_learner import PlainLearner
from served import GREETING, QUICK, SOON, descriptors, eventually, ours, samples, step
from ssh_server import AsyncSshd
from sshd import Sshd, descendants, free_port, keygen

from engine.contracts.learner import BarredError
from remote import ssh
from remote.client import Client
from remote.errors import ChangedHostError, LinkError, SshError, UnknownHostError
from remote.machine import Machine
from remote.service import Service
from remote.ssh import host_key
from remote.tunnel import Tunnel

FEW = 10


@pytest.fixture(scope="module", params=[Sshd, AsyncSshd], ids=["OpenSSH", "asyncssh"])
def sshd(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    it = request.param(tmp_path_factory.mktemp("sshd") / "etc")
    yield it
    it.close()


@pytest.fixture
def service() -> Iterator[tuple[str, int]]:
    listener = socket.create_server(("127.0.0.1", 0))
    it = Service(PlainLearner(), listener)
    yield listener.getsockname()
    assert it.close()
    assert eventually(lambda: not ours()), ours()


@pytest.fixture
def tunnel(sshd: Sshd, service: tuple[str, int]) -> Iterator[Tunnel]:
    it = Tunnel(sshd.machine(), service)
    yield it
    it.close()


def refused(
    machine: Machine, to: tuple[str, int], error: type[Exception], words: str | None = None, start: str = ""
) -> Exception:
    """The error that dialling ends with, which says these words."""
    with (
        contextlib.closing(Tunnel(machine, to, start)) as tunnel,
        pytest.raises(error, match=words) as raised,
    ):
        tunnel.dial()
    return raised.value


def test_a_learner_is_reached_through_it(tunnel: Tunnel) -> None:
    client = Client(tunnel.dial, packed=True)
    client.hello(GREETING).result(SOON)
    client.load(b"").result(SOON)
    client.extend(0, samples(1000)).result(SOON)
    assert [made.number for made in client.train([step(1), step(2)]).result(SOON)] == [1, 2]
    assert client.status().result(SOON).device == "plain"
    client.close()


def test_much_goes_both_ways_whole(tunnel: Tunnel) -> None:
    client = Client(tunnel.dial)
    client.hello(GREETING).result(SOON)
    snapshot = (7).to_bytes(8, "little") + bytes(range(256)) * (1 << 14)  # 4 MiB
    assert client.load(snapshot).result(SOON).step == 7
    assert client.snapshot().result(SOON).data == snapshot
    client.close()


def test_a_unix_socket_there_is_reached_as_well(sshd: Sshd, serve) -> None:
    served = serve()
    tunnel = Tunnel(sshd.machine(), str(served.path))
    client = Client(tunnel.dial)
    assert client.hello(GREETING).result(SOON).run == "run-1"
    client.close()
    tunnel.close()


def test_an_unknown_host_key_is_shown_and_not_accepted(sshd: Sshd, service, tmp_path: Path) -> None:
    machine = sshd.machine(known_hosts=str(tmp_path / "none"))
    refused(
        machine, service, UnknownHostError, r"nobody has accepted yet: ssh-ed25519 SHA256:.*hanabi-tui trust"
    )
    assert not (tmp_path / "none").exists()


def test_another_host_key_than_the_accepted_one_is_called_that(sshd: Sshd, service, tmp_path: Path) -> None:
    other = keygen(tmp_path / "other").with_suffix(".pub").read_text()
    known = tmp_path / "known_hosts"
    known.write_text(f"[127.0.0.1]:{sshd.port} {other}")
    refused(sshd.machine(known_hosts=str(known)), service, ChangedHostError, "Somebody may be in between")


def test_a_key_accepted_for_an_address_is_not_that_of_a_name_which_leads_there(
    sshd: Sshd, service, tmp_path: Path
) -> None:
    other = keygen(tmp_path / "other").with_suffix(".pub").read_text()
    known = tmp_path / "known_hosts"
    known.write_text(f"[localhost]:{sshd.port} {other}" + sshd.known_hosts.read_text())
    refused(sshd.machine(host="localhost", known_hosts=str(known)), service, ChangedHostError)


def test_a_key_that_is_accepted_for_two_ports_is_changed_on_either(
    sshd: Sshd, service, tmp_path: Path
) -> None:
    other = keygen(tmp_path / "other").with_suffix(".pub").read_text()
    known = tmp_path / "known_hosts"
    known.write_text(f"127.0.0.1 {other}[127.0.0.1]:{sshd.port} {other}")
    refused(sshd.machine(known_hosts=str(known)), service, ChangedHostError)


def test_a_certificate_of_an_unknown_authority_is_told_with_what_to_do(service, tmp_path: Path) -> None:
    sshd = Sshd(tmp_path / "etc")
    sshd.close()
    authority, public = keygen(tmp_path / "authority"), sshd.host_key.with_suffix(".pub")
    signing = ["ssh-keygen", "-q", "-s", authority, "-I", "laptop", "-h", "-n", "127.0.0.1", public]
    subprocess.run(signing, check=True)
    with sshd.config.open("a") as config:
        config.write(f"HostCertificate {sshd.folder}/host-cert.pub\n")
    sshd.start()
    machine = sshd.machine(known_hosts=str(tmp_path / "none"))
    refused(machine, service, UnknownHostError, r"a certificate of an authority .* hanabi-tui trust")
    tunnel = Tunnel(sshd.machine(), service)  # the key itself was accepted
    Client(tunnel.dial).close()
    tunnel.close()
    sshd.close()


def test_a_key_that_is_not_let_in_says_what_to_do(sshd: Sshd, service, tmp_path: Path) -> None:
    machine = sshd.machine(key=str(keygen(tmp_path / "stranger")))
    error = refused(machine, service, SshError, r"does not let us in.*ssh-copy-id")
    assert isinstance(error, BarredError)


def test_a_key_that_cannot_be_read_says_so(sshd: Sshd, service, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("this is no key\n")
    for key in (tmp_path / "key", tmp_path / "missing"):
        refused(sshd.machine(key=str(key)), service, SshError, key.name)


def test_a_key_of_the_config_that_is_not_there_is_passed_over_as_ssh_does(
    sshd: Sshd, service, tmp_path: Path
) -> None:
    config = tmp_path / "config"
    config.write_text(f"Host *\n  IdentityFile {tmp_path}/missing\n  IdentityFile {sshd.key}\n")
    for key in ("", str(sshd.key)):
        tunnel = Tunnel(sshd.machine(config=str(config), key=key), service)
        tunnel.dial().close()
        tunnel.close()
    assert asyncio.run(host_key(sshd.machine(config=str(config)))).get_fingerprint()


def test_a_key_that_is_named_is_the_only_one_offered(
    sshd: Sshd, service, tmp_path: Path, monkeypatch
) -> None:
    """Those of an agent would come first, and after six of them sshd hangs up."""
    agent = tmp_path / "agent"
    running = subprocess.Popen(["ssh-agent", "-D", "-a", agent], stdout=subprocess.DEVNULL)
    monkeypatch.setenv("SSH_AUTH_SOCK", str(agent))
    try:
        assert eventually(agent.exists)
        for number in range(8):
            subprocess.run(["ssh-add", "-q", keygen(tmp_path / f"other{number}")], check=True)
        tunnel = Tunnel(sshd.machine(), service)
        tunnel.dial().close()
        tunnel.close()
        refused(sshd.machine(key=""), service, SshError, "IdentitiesOnly|does not let us in")
    finally:
        running.kill()
        running.wait()


def test_known_hosts_that_cannot_be_read_are_named(sshd: Sshd, service, tmp_path: Path) -> None:
    known = tmp_path / "known_hosts"
    known.write_text("oneword\n")
    refused(sshd.machine(known_hosts=str(known)), service, SshError, "cannot be read")


def test_no_config_has_host_keys_go_unchecked(sshd: Sshd, service, tmp_path: Path, monkeypatch) -> None:
    config = tmp_path / "config"
    config.write_text("Host *\n  UserKnownHostsFile none\n  StrictHostKeyChecking no\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "known_hosts").write_text("")
    refused(sshd.machine(known_hosts="", config=str(config)), service, UnknownHostError)


def test_jump_hosts_are_gone_through_and_their_keys_checked_too(sshd: Sshd, service, tmp_path: Path) -> None:
    bastion, config, known = Sshd(tmp_path / "etc"), tmp_path / "config", tmp_path / "known hosts"
    config.write_text(
        "Host *\n  UserKnownHostsFile none\n  StrictHostKeyChecking no\n  HostName 127.0.0.1\n"
        f"Host laptop\n  Port {sshd.port}\n  ProxyJump bastion\n"
        f"Host bastion\n  Port {bastion.port}\n  IdentityFile {bastion.key}\n"
    )
    known.write_text(sshd.known_hosts.read_text())
    machine = sshd.machine(host="laptop", port=0, config=str(config), known_hosts=str(known))
    tunnel = Tunnel(machine, service)
    with pytest.raises(UnknownHostError, match="bastion shows a host key") as raised:
        tunnel.dial()
    # the command is to look where the run looks
    assert f"hanabi-tui trust bastion --known-hosts '{known}' --ssh-config {config}" in str(raised.value)
    known.write_text(sshd.known_hosts.read_text() + bastion.known_hosts.read_text())
    assert asyncio.run(host_key(machine)).get_fingerprint()
    client = Client(tunnel.dial)
    assert client.hello(GREETING).result(SOON).run == "run-1"
    client.close()
    assert eventually(lambda: not tunnel._tasks)
    assert eventually(lambda: len(descendants(bastion.process.pid)) == 0)  # nobody is left on it
    tunnel.close()
    bastion.close()


@pytest.mark.parametrize("hop", ["fd00::1", "ssh://[fd00::1", "me@host:port"])
def test_a_jump_host_that_makes_no_sense_is_named(sshd: Sshd, service, tmp_path: Path, hop: str) -> None:
    config = tmp_path / "config"
    config.write_text(f"Host laptop\n  ProxyJump {hop}\n")
    machine = sshd.machine(host="laptop", config=str(config))
    refused(machine, service, SshError, rf"names ProxyJump {re.escape(hop)}: .* is no \[USER@\]HOST")


@pytest.mark.parametrize("hop", ["[::1]", "ssh://[::1]", "ssh://me@[::1]:{port}/"])
def test_a_jump_host_may_be_written_as_ssh_has_it(sshd: Sshd, service, tmp_path: Path, hop: str) -> None:
    config, port = tmp_path / "config", free_port()
    config.write_text(f"Host laptop\n  ProxyJump {hop.format(port=port)}\nHost *\n  Port {port}\n")
    machine = sshd.machine(host="laptop", config=str(config))
    refused(machine, service, LinkError, r"\[::1\].* does not answer by SSH")


def test_a_config_that_jumps_in_circles_is_refused(sshd: Sshd, service, tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text("Host *\n  ProxyJump bastion\n")
    refused(sshd.machine(config=str(config)), service, SshError, "more than 8 jump hosts")


def test_a_config_that_was_named_and_is_not_there_is_refused(sshd: Sshd, service, tmp_path: Path) -> None:
    refused(sshd.machine(config=str(tmp_path / "confg")), service, SshError, "confg: there is no such file")


def test_the_key_of_another_sshd_on_that_machine_is_no_alarm(sshd: Sshd, service, tmp_path: Path) -> None:
    other = keygen(tmp_path / "other").with_suffix(".pub").read_text()
    known = tmp_path / "known_hosts"
    known.write_text(f"127.0.0.1 {other}")
    refused(sshd.machine(known_hosts=str(known)), service, UnknownHostError)


def test_a_learner_that_hangs_behind_it_keeps_no_connection(sshd: Sshd) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:  # takes connections, and never answers
        tunnel = Tunnel(sshd.machine(), listener.getsockname())
        for _ in range(3):
            sock = tunnel.dial()
            sock.close()
        assert eventually(lambda: not tunnel._tasks)
        tunnel.close()


def test_a_machine_that_does_not_answer_is_no_reason_for_alarm(service) -> None:
    port = free_port()
    machine = Machine(host="127.0.0.1", port=port, config="none")
    refused(machine, service, LinkError, f"127.0.0.1:{port} does not answer by SSH: Connection refused$")


def test_where_no_learner_listens_the_machine_was_reached_all_the_same(sshd: Sshd) -> None:
    words = r"is reached, but nobody answers at 127\.0\.0\.1:.*is hanabi-gpu running"
    refused(sshd.machine(), ("127.0.0.1", free_port()), LinkError, words)


def test_a_learner_that_does_not_run_is_started_there(sshd: Sshd, tmp_path: Path) -> None:
    start = f"echo it\\'s started > '{tmp_path}/started'"
    refused(sshd.machine(), ("127.0.0.1", free_port()), LinkError, "it was told to start", start)
    assert eventually((tmp_path / "started").exists)


def test_a_machine_that_forwards_nothing_is_told_apart_from_a_learner_that_is_not_there(
    tmp_path: Path, service
) -> None:
    sshd = Sshd(tmp_path / "etc", "AllowTcpForwarding no")
    refused(sshd.machine(), service, SshError, r"does not forward to 127\.0\.0\.1:.*its sshd_config")
    sshd.close()


def test_a_key_that_may_only_forward_is_enough(tmp_path: Path, service) -> None:
    sshd = Sshd(tmp_path / "etc")
    authorized = sshd.folder / "authorized_keys"
    port = service[1]
    authorized.write_text(
        f'restrict,port-forwarding,permitopen="127.0.0.1:{port}",command="/bin/true" '
        + authorized.read_text()
    )
    tunnel = Tunnel(sshd.machine(), service)
    client = Client(tunnel.dial)
    assert client.hello(GREETING).result(SOON).run == "run-1"
    client.close()
    tunnel.close()
    sshd.close()


def test_twenty_reconnects_leave_no_thread_no_descriptor_and_no_memory_behind(tunnel: Tunnel) -> None:
    def reconnect(times: int) -> None:
        for _ in range(times):
            Client(tunnel.dial, timing=QUICK).close()
        # the service's side of a link ends a little later than ours
        assert eventually(lambda: not tunnel._tasks and ours() == ["service"]), ours()

    def kept() -> int:
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    reconnect(3)
    before = descriptors(), threading.active_count()
    gc.collect()
    tracemalloc.start()
    try:
        reconnect(20)
        # a pool of asyncio's may have got some threads more, once and for all; twenty would be a link's
        assert eventually(
            lambda: descriptors() <= before[0] + FEW and threading.active_count() <= before[1] + FEW
        ), (descriptors(), threading.active_count(), before)
        assert eventually(lambda: kept() < 20 * 10_000), kept()  # one frame of one link has a million
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", [Sshd, AsyncSshd], ids=["OpenSSH", "asyncssh"])
def test_a_dead_sshd_is_noticed_at_once_and_reached_again_when_it_is_back(
    tmp_path: Path, service, kind: type[Sshd]
) -> None:
    sshd = kind(tmp_path / "etc")
    tunnel = Tunnel(sshd.machine(), service)
    client = Client(tunnel.dial)
    future = client.hello(GREETING)
    future.result(SOON)
    sshd.close()
    assert eventually(lambda: client.lost is not None)
    client.close()
    with pytest.raises(LinkError):
        tunnel.dial()
    sshd.start()
    again = Client(tunnel.dial, name=client.name)
    assert again.hello(GREETING).result(SOON).run == "run-1"
    again.close()
    tunnel.close()
    sshd.close()


def test_a_machine_that_says_nothing_is_told_with_how_long_it_had(
    service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ssh, "CONNECTING", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        machine = Machine(host="127.0.0.1", port=port, config="none")
        refused(machine, service, LinkError, f"127.0.0.1:{port} does not answer by SSH: .*0.5 s")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(113, "Connect call failed ('10.0.0.5', 22)"), "No route to host"),
        (
            OSError("Multiple exceptions: [Errno 111] a, [Errno 111] b, [Errno 101] c"),
            "Connection refused, Network is unreachable",
        ),
        (socket.gaierror(-2, "Name or service not known"), "Name or service not known"),
        (TimeoutError(), "nothing for 10 s"),
        (ConnectionError(), "it broke off without a word"),
    ],
)
def test_why_a_machine_does_not_answer_is_told_in_the_systems_words(error: Exception, told: str) -> None:
    assert ssh._why(error) == told
