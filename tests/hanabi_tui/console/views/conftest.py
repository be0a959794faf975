"""One real table for all tests of these views: its process takes seconds to start."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from hanabi_tui.console.measuring import child
from hanabi_tui.console.tables.table_process import TableProcess


class Shared(TableProcess):
    """Outlives the views that use it."""

    async def close(self) -> None:
        pass


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_table() -> AsyncIterator[TableProcess]:
    shared = Shared()
    yield shared
    await TableProcess.close(shared)


@pytest.fixture
def one_table(shared_table: TableProcess, monkeypatch: pytest.MonkeyPatch) -> TableProcess:
    monkeypatch.setattr("hanabi_tui.console.views.at_table.TableProcess", lambda told: shared_table)
    return shared_table


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands need not yield to a run: there is none."""
    monkeypatch.setattr(child, "NICE", 0)
