"""A laptop's end, and what an undisturbed run comes to."""

from collections.abc import Iterator

import pytest
from gpu import start as start
from small_run import SERIAL, Ending, SmallRun, ending
from sshd import Sshd


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    it = Sshd(tmp_path_factory.mktemp("sshd") / "etc")
    yield it
    it.close()


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Ending:
    """What a serial run of the embedded learner comes to."""
    directory = tmp_path_factory.mktemp("undisturbed") / "run"
    with SmallRun(directory, settings=SERIAL) as run:
        run.finish()
    return ending(directory)
