"""Seating: who plays a new game, which one, and on which deck."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.message import Message
from textual.widgets import Button, Input, Select, Static

from engine.errors import ConfigError
from engine.players.bots import BOTS
from engine.settings.games import game_name
from engine.settings.keys import from_open
from engine.store.directory import GENERATIONS
from engine.store.generations import Generations
from hanabi_tui.table.messages import HUMAN

PRACTICE = "practice"
VARIANTS = ("full", "small", "very-small")
MOST = 5
WIDEST = 52
"""Columns that a choice has."""

OFFERED = 12
"""The newest generations that can be chosen here; others by `another player`."""


class Seating(VerticalScroll):
    """A form; Dealt tells what was chosen."""

    DEFAULT_CSS = """
    Seating { padding: 0 1; height: 1fr; }
    Seating Horizontal { height: 1; }
    Seating .label { width: 18; }
    Seating Select { width: 56; }
    Seating Input { width: 56; }
    Seating .gap { height: 1; }
    Seating Button { margin-right: 2; }
    """

    class Dealt(Message):
        """A game shall be dealt."""

        def __init__(self, seats: tuple[str, ...], variant: str, seed: str, practice: bool) -> None:
            super().__init__()
            self.seats, self.variant, self.seed, self.practice = seats, variant, seed, practice

    def __init__(self) -> None:
        super().__init__(can_focus=False)
        self._others: list[str] = []
        self._directory, self._steps = Path(), list[int]()
        self._options: list[tuple[str, str]] = []

    def compose(self) -> ComposeResult:
        """A line for each thing that can be chosen."""
        yield Static(
            "Take a seat, and play Hanabi with bots and with what this run has learned.", markup=False
        )
        yield Static(classes="gap")
        with Horizontal():
            yield Static("Players", classes="label")
            yield Select(
                [(str(count), count) for count in range(2, MOST + 1)],
                value=2,
                allow_blank=False,
                compact=True,
                id="players",
            )
        for seat in range(MOST):
            with Horizontal(id=f"row-{seat}"):
                yield Static(f"Seat {seat + 1}{' (begins)' if seat == 0 else ''}", classes="label")
                yield Select(
                    _choices([]), value=_usual(seat), allow_blank=False, compact=True, id=f"seat-{seat}"
                )
        with Horizontal():
            yield Static("Another player", classes="label")
            yield Input(
                placeholder="DIR, DIR@best, DIR@STEP, FILE.py:CLASS; Enter adds it",
                compact=True,
                id="other",
            )
        with Horizontal():
            yield Static("Variant", classes="label")
            yield Select(
                [(name, name) for name in VARIANTS],
                value="full",
                allow_blank=False,
                compact=True,
                id="variant",
            )
        with Horizontal():
            yield Static("Seed of the deck", classes="label")
            yield Input(placeholder="a whole number; empty: any deck", compact=True, id="seed")
        with Horizontal():
            yield Static("Practice", classes="label")
            yield Select(
                [
                    ("no: an honest game", ""),
                    ("yes: moves can be taken back, every seat be seen", PRACTICE),
                ],
                value="",
                allow_blank=False,
                compact=True,
                id="practice",
            )
        yield Static(classes="gap")
        with Horizontal():
            yield Button("Deal", compact=True, variant="primary", id="deal")
        yield Static(classes="gap")
        yield Static(
            "Tab and arrows move, Enter chooses. g leads here from a game, Esc back to it.", markup=False
        )

    def on_mount(self) -> None:
        """Two players to begin with."""
        self._show_rows(2)

    def suggest(self, ranges: Mapping[str, Any]) -> None:
        """Begin with the game that a run plays, as its [game_ranges] have it: that is what it has learned."""
        try:
            played = from_open({"game_ranges": dict(ranges)}).game_ranges
        except ConfigError:  # of another version
            return
        name, variants = game_name(played), self.query_one("#variant", Select)
        if name not in VARIANTS:
            variants.set_options([(each, each) for each in (name, *VARIANTS)])
        variants.value = name
        self.query_one("#players", Select).value = played.players[0]

    async def look(self, directory: Path) -> None:
        """Offer the checkpoints that a run has now."""
        self._directory, self._steps = directory, await asyncio.to_thread(_steps, directory)
        self._offer()

    def _offer(self) -> None:
        """Offer who there is. Whoever was chosen stays; at first a checkpoint is met, where there is one."""
        run, steps = self._directory, self._steps
        options = _choices(
            [
                *([(f"newest checkpoint, step {steps[0]:,}", str(run))] if steps else []),
                *([("best checkpoint", f"{run}@best")] if steps else []),
                *((name, name) for name in self._others),
                *((f"checkpoint, step {step:,}", f"{run}@{step}") for step in steps),
            ]
        )
        if options == self._options:
            return
        first, self._options = not self._options, options
        known = [value for _, value in options]
        for seat, select in enumerate(self._selects):
            chosen = str(run) if first and steps and seat > 0 else select.value
            select.set_options(options)
            select.value = chosen if chosen in known else _usual(seat)

    @property
    def _selects(self) -> list[Select[str]]:
        return [self.query_one(f"#seat-{seat}", Select) for seat in range(MOST)]

    @property
    def _players(self) -> int:
        return int(str(self.query_one("#players", Select).value))

    def on_select_changed(self, event: Select.Changed) -> None:
        """As many seats as players."""
        if event.select.id == "players" and isinstance(event.value, int):
            self._show_rows(event.value)

    def _show_rows(self, count: int) -> None:
        for seat in range(MOST):
            self.query_one(f"#row-{seat}").display = seat < count

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Add another player to what can be chosen, or deal."""
        event.stop()
        name = event.value.strip()
        if event.input.id == "seed" or not name:
            self._deal()
            return
        if name not in self._others:
            self._others.insert(0, name)
        event.input.value = ""
        self._offer()
        self._selects[self._players - 1].value = name

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Deal."""
        event.stop()
        self._deal()

    def _deal(self) -> None:
        self.post_message(
            self.Dealt(
                tuple(str(select.value) for select in self._selects[: self._players]),
                str(self.query_one("#variant", Select).value),
                self.query_one("#seed", Input).value,
                self.query_one("#practice", Select).value == PRACTICE,
            )
        )


def _choices(checkpoints: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [("you", HUMAN), *checkpoints, *((_about(name), name) for name in reversed(BOTS))]


def _about(bot: str) -> str:
    about = f"{bot}, a bot: {BOTS[bot].about}"
    return about if len(about) <= WIDEST else f"{about[: WIDEST - 1]}…"


def _usual(seat: int) -> str:
    return HUMAN if seat == 0 else "convention"


def _steps(directory: Path) -> list[int]:
    """Of a run's generations, the newest first."""
    try:
        paths = Generations(directory / GENERATIONS).paths()
    except OSError:
        return []
    return [int(path.name) for path in paths if not path.suffix][:OFFERED]  # DIR@STEP names no older copy
