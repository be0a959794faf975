"""Which device the next learner computes on."""

import os

import pytest

from remote.found_device import FoundDevice


@pytest.mark.parametrize(
    ("named", "told", "name"),
    [
        ("auto", [], "auto"),
        ("auto", ["cuda:0"], "cuda:0"),
        ("auto", ["cpu"], "auto"),
        ("auto", ["cpu", "mps"], "mps"),
        ("auto", ["cuda:0", "cpu"], "cuda:0"),
        ("cuda:1", ["cuda:1"], "cuda:1"),
        ("cpu", ["cpu"], "cpu"),
    ],
)
def test_a_gpu_once_found_is_what_the_next_takes_and_a_cpu_is_not(
    named: str, told: list[str], name: str
) -> None:
    device = FoundDevice(named)
    assert device.name == named
    for life in told:
        os.write(device.writer, life.encode())
        assert device.name in (life, named, name)
    assert device.name == name
    assert device.flags == ["--device", name, "--tell-device", str(device.writer)]
