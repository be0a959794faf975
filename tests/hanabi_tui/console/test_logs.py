"""The log: all lines once, in their order, found as one types."""

import asyncio
from pathlib import Path

from console import shown, text_of
from textual.pilot import Pilot

from hanabi_tui.console.live.model import Model
from hanabi_tui.console.views.logs import Logs


def a_log(directory: Path, *lines: str, name: str = "run.log") -> Path:
    (directory / "logs").mkdir(exist_ok=True)
    file = directory / "logs" / name
    with file.open("a", encoding="utf-8") as log:
        log.writelines(f"{line}\n" for line in lines)
    return file


def said(model: Model, *lines: str) -> None:
    model.lines.extend(lines)
    model.lines_seen += len(lines)


async def loaded(pilot: Pilot[str]) -> None:
    """Have the view look at the file now, and wait until it has."""
    for _ in range(2):  # one may be under way, and have begun too early
        pilot.app.page._look()
        while pilot.app.page._reading:
            await pilot.pause(0.01)
    await pilot.pause()
    await pilot.pause()


def rows(pilot: Pilot[str]) -> list[str]:
    """What the pane shows, without its scrollbar."""
    pane = pilot.app.page.pane
    return [pane.render_line(y).text for y in range(pane.scrollable_content_region.height)]


def numbered(count: int, start: int = 0) -> list[str]:
    return [f"12:{n // 60 % 60:02}:{n % 60:02}  step  {n:,}  loss 0.2" for n in range(start, start + count)]


async def test_lines_of_both_files_and_of_the_socket_are_there_once_and_in_order(tmp_path: Path) -> None:
    a_log(tmp_path, "oldest", name="run.log.1")
    a_log(tmp_path, "Training in x", "12:00:01  a", "12:00:02  b", "12:00:02  b")
    model = Model(tmp_path, connected=True)
    said(model, "12:00:02  b", "12:00:02  b", "12:00:03  c")
    async with shown(Logs, model) as pilot:
        await loaded(pilot)
        screen = text_of(pilot).splitlines()
        lines = [line.strip() for line in screen[2:9]]
        assert lines[:6] == [
            "oldest",
            "Training in x",
            "12:00:01  a",
            "12:00:02  b",
            "12:00:02  b",
            "12:00:03  c",
        ]
        a_log(tmp_path, "12:00:03  c", "12:00:04  d")  # the file is later than the socket
        await loaded(pilot)
        a_log(tmp_path, "12:00:05  e")  # and quicker
        await loaded(pilot)
        said(model, "12:00:04  d", "12:00:05  e")
        pilot.app.page.show(model)
        await pilot.pause()
        assert "8 of 8 lines" in text_of(pilot)


async def test_what_comes_while_it_is_hidden_is_not_lost(tmp_path: Path) -> None:
    a_log(tmp_path, *numbered(10))
    model = Model(tmp_path, connected=True)
    async with shown(Logs, model) as pilot:
        await loaded(pilot)
        pilot.app.page.leave()
        a_log(tmp_path, *numbered(30_000, 10))
        said(model, *numbered(30_000, 10))  # more than the model remembers
        pilot.app.page.show(model)
        await loaded(pilot)
        assert pilot.app.page.pane.total == 30_010
        assert "step  30,009" in text_of(pilot)


async def test_without_a_file_the_lines_of_the_socket_are_shown(tmp_path: Path) -> None:
    model = Model(tmp_path, connected=True)
    said(model, "12:00:01  a")
    async with shown(Logs, model) as pilot:
        await loaded(pilot)
        said(model, "12:00:02  b")
        pilot.app.page.show(model)
        await pilot.pause()
        assert "2 of 2 lines" in text_of(pilot)


async def test_a_log_that_begins_a_new_file_goes_on(tmp_path: Path) -> None:
    file = a_log(tmp_path, *numbered(5))
    async with shown(Logs, Model(tmp_path, connected=True)) as pilot:
        await loaded(pilot)
        a_log(tmp_path, "12:10:00  the last one there")
        file.rename(file.with_name("run.log.1"))
        a_log(tmp_path, "12:10:01  the first one here")
        await loaded(pilot)
        screen = text_of(pilot)
        assert "the last one there" in screen
        assert "the first one here" in screen
        assert "7 of 7 lines" in screen


async def test_filter_level_and_all_again(tmp_path: Path) -> None:
    a_log(
        tmp_path,
        *numbered(50),
        "12:01:00  WARNING: worker 1 is lost",
        "12:01:01  worker news",
        "12:01:02  Worker 2",
    )
    async with shown(Logs, Model(tmp_path, connected=True)) as pilot:
        await loaded(pilot)
        await pilot.press("f", *"worker")
        await pilot.pause()
        assert "3 of 53 lines" in text_of(pilot)
        await pilot.press("space", *"1 is")
        await pilot.pause()
        assert "1 of 53 lines" in text_of(pilot)
        await pilot.press("escape", "escape", "v")
        await pilot.pause()
        assert "1 of 53 lines  warnings only" in text_of(pilot)
        await pilot.press("v")
        await pilot.pause()
        assert "53 of 53 lines" in text_of(pilot)


async def test_opened_again_it_listens_to_keys_and_types_nothing(tmp_path: Path) -> None:
    a_log(tmp_path, *numbered(3))
    async with shown(Logs, Model(tmp_path, connected=True)) as pilot:
        await loaded(pilot)
        await pilot.press("f", "0")
        focusable = [each for each in pilot.app.page.walk_children() if each.focusable]
        assert focusable[0] is pilot.app.page.pane  # which is where the console puts the focus


async def test_keys_that_are_letters_are_typed_into_a_filter(tmp_path: Path) -> None:
    a_log(tmp_path, "12:00:00  wrap it now")
    async with shown(Logs, Model(tmp_path, connected=True)) as pilot:
        await loaded(pilot)
        await pilot.press("f", *"wnv")
        assert not pilot.app.page.pane.wrap
        assert "0 of 1 line" in text_of(pilot)


async def test_search_goes_to_the_next_and_the_one_before_and_around(tmp_path: Path) -> None:
    a_log(tmp_path, *numbered(300))
    async with shown(Logs, Model(tmp_path, connected=True)) as pilot:
        await loaded(pilot)
        pane = pilot.app.page.pane
        await pilot.press("slash", *"P  2,", "enter")
        assert "“P  2,” is in no line" in text_of(pilot)
        await pilot.press("slash", "ctrl+u", *"p  27", "enter")
        await pilot.pause()
        assert "1 of 11 lines" in text_of(pilot)  # 27, and 270 to 279, from the last line around to the first
        assert pane.chosen == numbered(1, 27)[0]
        await pilot.press("n", "n")
        assert pane.chosen == numbered(1, 271)[0]
        await pilot.press("b", "b", "b")
        assert pane.chosen == numbered(1, 279)[0]
        assert not pane.follow


async def test_who_looks_back_is_left_there_until_he_follows_again(tmp_path: Path) -> None:
    a_log(tmp_path, *numbered(100))
    model = Model(tmp_path, connected=True)
    async with shown(Logs, model) as pilot:
        await loaded(pilot)
        assert "follows" in text_of(pilot)
        await pilot.press("up", "up", "pageup")
        assert "follows" not in text_of(pilot)
        seen = rows(pilot)
        said(model, "12:59:59  newest")
        pilot.app.page.show(model)
        await pilot.pause()
        assert rows(pilot) == seen
        await pilot.press("o")
        await pilot.pause()
        assert "newest" in text_of(pilot)
        await pilot.press("home")
        assert "step  0" in text_of(pilot)
        await pilot.press("end")
        assert "newest" in text_of(pilot)


async def test_the_chosen_line_is_copied_whole(tmp_path: Path) -> None:
    long = "12:00:00  " + "a long line " * 30
    a_log(tmp_path, long, "12:00:01  short")
    async with shown(Logs, Model(tmp_path, connected=True)) as pilot:
        await loaded(pilot)
        await pilot.press("up", "y")
        assert pilot.app.clipboard == long


async def test_wrapped_lines_show_all_of_their_text(tmp_path: Path) -> None:
    a_log(tmp_path, *numbered(200), "12:00:00  " + "x" * 100 + "日本語" * 20 + " the end")
    async with shown(Logs, Model(tmp_path, connected=True)) as pilot:
        await loaded(pilot)
        assert "the end" not in text_of(pilot)
        await pilot.press("w")
        await pilot.pause()
        joined = "".join(rows(pilot))
        assert "the end" in joined
        assert joined.count("日本語") == 20
        await pilot.resize_terminal(50, 20)
        await pilot.pause()
        assert "the end" in "".join(rows(pilot))
        await pilot.press("up", "w", "right")
        await pilot.pause()
        assert "wrapped" not in text_of(pilot)


async def test_a_hundred_thousand_lines_are_held_and_the_oldest_go(tmp_path: Path) -> None:
    a_log(tmp_path, *numbered(120_000))
    async with shown(Logs, Model(tmp_path, connected=True)) as pilot:
        await loaded(pilot)
        assert "of the last 100,000 lines" in text_of(pilot)
        await pilot.press("f", *"119,99")
        await pilot.pause()
        assert "10 of the last 100,000 lines" in text_of(pilot)


async def test_an_empty_log_explains_itself(tmp_path: Path) -> None:
    async with shown(Logs, Model(tmp_path, why="no run is live in x")) as pilot:
        await loaded(pilot)
        assert "No lines: no run is live in x" in text_of(pilot)
        await pilot.press("n", "b", "y", "up", "down", "pageup", "end", "w", "o", "v", "x")
        await asyncio.sleep(0)
        assert "No lines" in text_of(pilot)
