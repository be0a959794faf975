"""The lines above the view: what they say last is what matters most."""

from console import seen, text_of, until
from textual.app import App, ComposeResult

from hanabi_tui.console.widgets.banner import ROWS, Banner, fitting

ERROR = "hanabi-tui: distributed_config.toml: [learner] batch_size = 0: allowed: whole numbers from 1"
TEXT = "\n".join(["It ended at once:", "Traceback:", *(f"  File {each}, in a call" for each in "abc"), ERROR])


class Alone(App[None]):
    def compose(self) -> ComposeResult:
        yield Banner()


def test_what_fits_is_left_as_it_is() -> None:
    assert fitting(TEXT, 100) == TEXT
    assert fitting("", 80) == ""


def test_where_lines_are_wrapped_those_in_the_middle_make_room_for_the_end() -> None:
    rows = fitting(TEXT, 40).splitlines()
    assert len(rows) == ROWS and max(map(len, rows)) <= 40
    assert rows[0] == "It ended at once:"
    assert rows[-1].endswith("numbers from 1")
    narrow = fitting(f"{'A long first line ' * 20}\n{ERROR}", 20)
    assert narrow.endswith("numbers from 1")


async def test_the_end_is_seen_however_wide_the_terminal_is() -> None:
    async with Alone().run_test(size=(100, 24)) as pilot:
        pilot.app.query_one(Banner).say(TEXT)
        await seen(pilot, "It ended at once:", "Traceback", "numbers from 1")
        await pilot.resize_terminal(50, 24)
        await until(pilot, lambda: "Traceback" not in text_of(pilot))
        await seen(pilot, "It ended at once:", "numbers from 1")
