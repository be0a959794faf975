"""A view with a table behind it, pressed and awaited, for tests."""

from console import text_of
from textual.pilot import Pilot

GROUPS = ("table", "deal", "album", "seating", "judging")


async def settled(pilot: Pilot[str]) -> str:
    """What is on the screen when nothing is awaited any more."""
    await pilot.pause()
    while [worker for worker in pilot.app.workers if worker.group in GROUPS]:
        await pilot.pause(0.02)
    await pilot.pause()
    return text_of(pilot)


async def press(pilot: Pilot[str], *keys: str) -> str:
    """What is on the screen after some keys, each pressed when what the one before began is done."""
    for key in keys:
        await pilot.press(key)
        await settled(pilot)
    return text_of(pilot)
