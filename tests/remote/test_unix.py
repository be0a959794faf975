"""Unix sockets at a path."""

import stat
from pathlib import Path

import pytest

from remote import unix
from remote.errors import AddressError, LinkError, UnavailableError


@pytest.fixture(params=["near", "deep"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Deep: longer than any address of a socket may be."""
    folder = tmp_path if request.param == "near" else tmp_path / ("d" * 100) / ("e" * 100)
    return folder / "learner" / "socket"


def test_whoever_dials_reaches_who_listens_however_deep_the_folder(path: Path) -> None:
    with unix.listen(path) as listener, unix.dial(path) as here:
        there, _ = listener.accept()
        with there:
            here.sendall(b"hello")
            assert there.recv(5) == b"hello"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_socket_in_use_is_refused_and_one_left_behind_is_replaced(path: Path) -> None:
    with unix.listen(path), pytest.raises(UnavailableError, match="is in use: somebody answers there"):
        unix.listen(path)
    with pytest.raises(LinkError, match="nobody answers at"):
        unix.dial(path)
    with unix.listen(path), unix.dial(path):
        pass


def test_what_is_no_socket_stays_as_it_is(path: Path) -> None:
    path.parent.mkdir(parents=True, mode=0o700)
    path.write_text("mine")
    with pytest.raises(AddressError, match="exists and is no socket") as refused:
        unix.listen(path)
    assert not isinstance(refused.value, UnavailableError)  # it will lie there later too
    assert path.read_text() == "mine"


def test_nobody_is_reached_where_there_is_no_folder(path: Path) -> None:
    with pytest.raises(LinkError, match="nobody answers at"):
        unix.dial(path)
