import os
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("OMP_NUM_THREADS", "1")  # several processes share the cores; set before torch comes

settings.register_profile("patient", deadline=None)  # nothing is timed: a busy machine is no fault
settings.load_profile("patient")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share what their file started stay together (`--dist loadgroup`): so it starts once."""
    for item in items:
        fixtures = item._fixtureinfo.name2fixturedefs.values()
        if any(each[-1].scope == "module" for each in fixtures):
            file = item.path.relative_to(Path(__file__).parent)  # its name alone may be that of another, too
            item.add_marker(pytest.mark.xdist_group(file.as_posix()))
