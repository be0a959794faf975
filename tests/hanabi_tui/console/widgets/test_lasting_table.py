"""The table that keeps what it has drawn: the same picture, for less work."""

import pytest
from picture import picture_of
from textual.app import App, ComposeResult
from textual.widgets import Input

from hanabi_tui.console.widgets.lasting_table import LastingTable


class Shown(App[None]):
    def compose(self) -> ComposeResult:
        yield LastingTable(cursor_type="row", zebra_stripes=True)
        yield Input()

    def on_mount(self) -> None:
        table = self.query_one(LastingTable)
        table.add_columns("Setting", "Value")
        for number in range(5):
            table.add_row(f"setting {number}", str(number), key=str(number))


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The rows that were drawn, a row once for each time."""
    rows: list[object] = []
    plain = LastingTable._render_line_in_row

    def noted(table: LastingTable, row: object, *rest: object, **more: object) -> object:
        before = len(table._row_render_cache)
        found = plain(table, row, *rest, **more)
        rows.extend([row] * (len(table._row_render_cache) - before))
        return found

    monkeypatch.setattr(LastingTable, "_render_line_in_row", noted)
    return rows


async def test_rows_are_drawn_once_with_the_focus_and_once_without(drawn: list[object]) -> None:
    async with Shown().run_test(size=(40, 12)) as pilot:
        await pilot.press("tab", "shift+tab")
        await pilot.pause()
        with_focus = picture_of(pilot.app)
        await pilot.press("tab")
        await pilot.pause()
        without = picture_of(pilot.app)
        assert without != with_focus
        drawn.clear()
        await pilot.press("shift+tab")
        await pilot.pause()
        assert picture_of(pilot.app) == with_focus
        await pilot.press("tab")
        await pilot.pause()
        assert picture_of(pilot.app) == without
        assert drawn == []


async def test_out_of_sight_and_back_nothing_is_drawn(drawn: list[object]) -> None:
    async with Shown().run_test(size=(40, 12)) as pilot:
        table = pilot.app.query_one(LastingTable)
        await pilot.press("tab")
        await pilot.pause()
        before = picture_of(pilot.app)
        drawn.clear()
        for display in (False, True):
            table.display = display
            await pilot.pause()
        assert picture_of(pilot.app) == before
        assert drawn == []


async def test_other_values_sizes_and_themes_are_shown() -> None:
    async with Shown().run_test(size=(40, 12)) as pilot:
        table = pilot.app.query_one(LastingTable)
        await pilot.pause()
        table.update_cell_at((1, 1), "other")
        await pilot.pause()
        before = picture_of(pilot.app)
        assert "other" in before
        await pilot.resize_terminal(60, 20)
        pilot.app.theme = "textual-light"
        await pilot.pause()
        assert picture_of(pilot.app).splitlines()[-1] != before.splitlines()[-1]
        await pilot.resize_terminal(40, 12)
        pilot.app.theme = "textual-dark"
        await pilot.pause()
        assert picture_of(pilot.app) == before
