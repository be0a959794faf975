"""Which names are this machine and nothing else."""

import pytest

from engine.machine.loopback import is_loopback


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "::1"])
def test_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["localhost.example.org", "127.example.net", "::1234", "192.168.1.1", "laptop", "", "0.0.0.0"]
)
def test_another_one(host: str) -> None:
    assert not is_loopback(host)
