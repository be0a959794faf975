"""A laptop's end, and what an undisturbed run comes to."""

import fcntl
import os
import shutil
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
    """What a serial run of the embedded learner comes to; of processes that share the tests one runs it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "undisturbed"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            shutil.rmtree(folder, ignore_errors=True)  # of one that failed, if any
            folder.mkdir()
            with SmallRun(folder / "run", settings=SERIAL) as run:
                run.finish()
            (folder / "done").touch()
    return ending(folder / "run")
