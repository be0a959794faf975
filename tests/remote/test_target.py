"""[USER@]HOST[:PORT], as people write it."""

import pytest

from remote.errors import LinkError
from remote.target import split_target, target_of


@pytest.mark.parametrize(
    ("target", "parts"),
    [
        ("server", ("", "server", 0)),
        ("me@server", ("me", "server", 0)),
        ("me@server.example:2222", ("me", "server.example", 2222)),
        ("10.0.0.7:22", ("", "10.0.0.7", 22)),
        ("me@[2001:db8::5]:2222", ("me", "2001:db8::5", 2222)),
        ("[::1]", ("", "::1", 0)),
    ],
)
def test_a_target_is_understood_as_ssh_would(target: str, parts: tuple[str, str, int]) -> None:
    assert split_target(target) == parts
    assert target_of(*parts) == target


@pytest.mark.parametrize(
    "target",
    ["", "me@", "me@server:port", "me@server:70000", "me@2001:db8::5", "a b", "@server", "me@you@server"],
)
def test_what_is_no_target_is_refused(target: str) -> None:
    with pytest.raises(LinkError, match="USER@"):
        split_target(target)
