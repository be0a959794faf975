"""Commands in processes of their own, as the console runs them: the real ones."""

import asyncio
import json
import os
from pathlib import Path

import pytest

from hanabi_tui.console.measuring import child


async def test_a_command_tells_its_lines_as_they_come_and_how_far_it_is() -> None:
    far: list[child.Far] = []
    lines: list[str] = []
    words = ["evaluate", "random", "cautious", "--players", "2", "--games", "300", "--variant", "small"]
    printed = await child.run(words, far.append, lines.append)
    assert [json.loads(line)["agent"] for line in lines] == ["random", "cautious"]
    assert printed.splitlines() == lines
    assert {each.what for each in far} <= {"random, 2 players", "cautious, 2 players"}
    assert all(0 <= each.over <= each.total == 300 for each in far)
    assert str(far[0]).endswith("of 300 games")


async def test_what_a_command_refuses_is_said_in_its_words() -> None:
    with pytest.raises(child.ChildError, match="^1 given: cross-play needs 2 to 26 players"):
        await child.run(["crossplay", "hat"], lambda far: None)


async def test_a_command_that_nobody_waits_for_any_more_is_ended_and_yields_before() -> None:
    begun = asyncio.Event()
    words = ["conventions", "hat", "--players", "5", "--games", "1000000"]
    waiting = asyncio.create_task(child.run(words, lambda far: begun.set()))
    await asyncio.wait_for(begun.wait(), 60)
    (mine,) = [pid for pid in children() if b"1000000" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    assert os.getpriority(os.PRIO_PROCESS, mine) == max(os.getpriority(os.PRIO_PROCESS, 0), child.NICE)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert mine not in children()


def children() -> list[int]:
    """The processes that this one started."""
    tasks = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return [int(pid) for task in tasks for pid in task.read_text().split()]
