"""The heat map, with keys and mouse."""

from textual.app import App, ComposeResult

from hanabi_tui.commands.heat import ground
from hanabi_tui.console.widgets.heatmap import Field, HeatMap, Matrix


def matrix(rows: int, columns: int) -> Matrix:
    fields = [
        [Field(f"{(10 * r + c) % 100}", c / columns, ground(c / columns)) for c in range(columns)]
        for r in range(rows)
    ]
    return Matrix([f"row {r}" for r in range(rows)], [f"c{c}" for c in range(columns)], fields)


class Shown(App[None]):
    def __init__(self, shown: Matrix) -> None:
        super().__init__()
        self.shown, self.pointed = shown, [(-1, -1)]

    def compose(self) -> ComposeResult:
        yield HeatMap()

    def on_mount(self) -> None:
        self.query_one(HeatMap).show_matrix(self.shown)

    def on_heat_map_pointed(self, event: HeatMap.Pointed) -> None:
        self.pointed.append((event.row, event.column))


def lines(app: App[None]) -> list[str]:
    heat_map = app.query_one(HeatMap)
    return [heat_map.render_line(y).text.rstrip() for y in range(heat_map.size.height)]


async def test_labels_numbers_and_shades_are_shown_without_any_colour() -> None:
    app = Shown(matrix(2, 4))
    async with app.run_test(size=(40, 6)) as pilot:
        await pilot.press("end")
        assert lines(app)[0] == "       c0 c1 c2 c3"
        assert lines(app)[1] == "row 0   0░ 1▒ 2  3"
        assert lines(app)[2] == "row 1  10░11▒12▓13"
        assert lines(app)[3] == ""


async def test_the_cursor_moves_by_keys_and_stops_at_the_edges() -> None:
    app = Shown(matrix(3, 3))
    async with app.run_test(size=(40, 8)) as pilot:
        await pilot.press("down", "right", "right", "right")
        assert app.pointed[-1] == (1, 2)
        await pilot.press("ctrl+end")
        assert app.pointed[-1] == (2, 2)
        await pilot.press("home", "up", "up", "up")
        assert app.pointed[-1] == (0, 0)


async def test_the_labels_stay_while_a_large_matrix_scrolls() -> None:
    app = Shown(matrix(40, 40))
    async with app.run_test(size=(40, 12)) as pilot:
        await pilot.press("ctrl+end")
        await pilot.pause()
        shown = lines(app)
        assert shown[0].split()[-1] == "c39"
        assert any(line.startswith("row 39") for line in shown)
        assert not any(line.startswith("row 0 ") for line in shown)
        await pilot.press("ctrl+home")
        await pilot.pause()
        assert lines(app)[0].split()[0] == "c0"
        assert lines(app)[1].startswith("row 0")


async def test_a_click_points_at_what_is_under_it_also_when_scrolled() -> None:
    app = Shown(matrix(40, 40))
    async with app.run_test(size=(40, 12)) as pilot:
        wide = app.shown.label_width
        await pilot.click(HeatMap, offset=(wide + 4, 3))
        assert app.pointed[-1] == (2, 1)
        await pilot.press("ctrl+end")
        await pilot.pause()
        top = app.query_one(HeatMap).scroll_offset
        await pilot.click(HeatMap, offset=(wide + 4, 3))
        assert app.pointed[-1] == (2 + top.y, (4 + top.x) // app.shown.field_width)
        before = len(app.pointed)
        await pilot.click(HeatMap, offset=(1, 0))
        assert len(app.pointed) == before  # a corner is no field


async def test_an_empty_matrix_is_an_empty_page() -> None:
    app = Shown(Matrix((), (), ()))
    async with app.run_test(size=(40, 6)) as pilot:
        await pilot.press("down", "right")
        assert set(lines(app)) == {""}
        assert app.pointed == [(-1, -1)]
