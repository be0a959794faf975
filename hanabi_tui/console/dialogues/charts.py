"""What the Charts page asks: which charts are shown, and which runs are compared."""

import asyncio
from collections.abc import Collection

from hanabi_tui.console.charts.album import Album
from hanabi_tui.console.charts.other_runs import neighbours, run_in, short_names
from hanabi_tui.console.charts.panels import PANELS, Panel
from hanabi_tui.console.dialogues.pick import Choice, Pick


def which_panels(shown: Collection[Panel]) -> Pick:
    """Ends with the names of panels."""
    return Pick("Charts that are shown", [(_said_of(panel), panel.name, panel in shown) for panel in PANELS])


async def which_runs(album: Album) -> Pick:
    """Ends with directories."""
    chosen = [curves.directory for curves in album.others]
    found = await asyncio.to_thread(neighbours, album.own.directory)
    every = [*chosen, *(path for path in found if path not in chosen)]
    names = short_names(every)
    choices = [(name, str(path), path in chosen) for name, path in zip(names, every, strict=True)]
    return Pick("Runs to compare with", choices, typed=_typed, hint="another run's directory")


def _said_of(panel: Panel) -> str:
    meaning = panel.meaning.partition(";")[0].partition(" (")[0]
    return f"{panel.name}: {meaning}"[:60]


def _typed(text: str) -> Choice:
    path = run_in(text)
    return str(path), str(path), True
