from pathlib import Path

import pytest
from plain_run import PlainRun, digest
from small_run import assert_agrees

from engine.contracts import events as e


@pytest.fixture(scope="session")
def peace(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The weights that a serial run comes to."""
    directory = tmp_path_factory.mktemp("peace") / "run"
    PlainRun(directory).finish()
    assert_agrees(directory)
    return digest(directory)


@pytest.fixture(scope="session")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was killed after some generations; copy it."""
    directory = tmp_path_factory.mktemp("stopped") / "run"
    run = PlainRun(directory)
    for _ in run.events():
        if len(run.of(e.GenerationSaved)) == 5:  # whose generation has samples that fill no block
            break
    run.directory.release()
    return directory
