"""What a person is told to type to have another machine let us in."""

import shlex
from pathlib import Path

import pytest

from remote.errors import SshError
from remote.machine import Machine
from remote.target import split_target

SERVER = Machine(host="laptop", port=2222, user="me", key="~/a key", known_hosts="/my hosts")
LAPTOP = Machine(host="fd00::1", user="me", key="/k", known_hosts="/h", dialled=True)


def test_what_it_is_called_can_be_typed() -> None:
    assert str(LAPTOP) == "me@[fd00::1]"
    assert split_target(str(Machine(host="fd00::1", port=22))) == ("", "fd00::1", 22)


def test_a_run_is_told_of_its_settings() -> None:
    key = str(Path("~/a key").expanduser())
    copying = ["ssh-copy-id", "-p", "2222", "-o", 'UserKnownHostsFile="/my hosts"', "-i", key, "me@laptop"]
    assert SERVER.letting_in.startswith("Set gpu_user and gpu_key, or ~/.ssh/config")
    assert shlex.split(SERVER.letting_in.split("key there: ")[1]) == copying
    assert shlex.split(SERVER.trusting) == [
        "hanabi-tui",
        "trust",
        "me@laptop:2222",
        "--known-hosts",
        "/my hosts",
    ]
    assert shlex.split(SERVER.forgetting("[laptop]:2222")) == (
        ["ssh-keygen", "-f", "/my hosts", "-R", "[laptop]:2222"]
    )


def test_a_laptop_that_dials_is_told_of_its_flags() -> None:
    assert "--dial USER@SERVER and --dial-key" in LAPTOP.letting_in
    assert "gpu_" not in LAPTOP.letting_in
    assert LAPTOP.trusting == "ssh -o UserKnownHostsFile=/h -i /k me@fd00::1 true"


@pytest.mark.parametrize(("dialled", "name"), [(False, "gpu_key"), (True, "--dial-key")])
def test_a_key_that_is_not_there_is_no_sleeping_laptop(tmp_path: Path, dialled: bool, name: str) -> None:
    machine = Machine(host="laptop", key=str(tmp_path / "kye"), config="none", dialled=dialled)
    with pytest.raises(SshError, match=f"{name} = .*kye: No such file"):
        machine.options()
