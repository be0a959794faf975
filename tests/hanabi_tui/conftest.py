import pytest
from small_run import SERIAL, SmallRun, newest


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The digest of the weights that a serial run of the embedded learner comes to."""
    directory = tmp_path_factory.mktemp("undisturbed") / "run"
    with SmallRun(directory, settings=SERIAL) as run:
        run.finish()
    return newest(directory).manifest.digest
