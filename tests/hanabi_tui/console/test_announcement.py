"""What the banner says."""

import time
from pathlib import Path

from engine.contracts.states import State
from hanabi_tui.console.announcement import announcement
from hanabi_tui.console.live.bridge import UNANSWERED
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.live.starting import Starter

WHY = "no run is live in runs/a"


def said(**known: object) -> str:
    model = Model(Path("runs/a"), **({"why": WHY} | known))
    starter = Starter(Path("runs/a"))
    return announcement(model, starter, "B", follows=True).removesuffix(" B starts it.")


def test_a_run_that_is_over_is_told_with_its_reason() -> None:
    when = time.strftime("%H:%M:%S")
    now = time.mktime(time.strptime(time.strftime("%Y-%m-%d ") + when, "%Y-%m-%d %H:%M:%S"))
    words = said(state=State.FAILED, reason="the disk broke", since=now)
    assert words == f"The run is over: failed: the disk broke, since {when}."
    assert said(state=State.COMPLETED) == "The run is over: completed."


def test_a_run_that_ended_without_a_word_is_told_as_it_was() -> None:
    assert said() == "No run is live in runs/a."
    words = said(state=State.TRAINING, since=1.0)
    assert "It ended without a word; the last that is known of it is training, since " in words


def test_before_anybody_has_looked_nothing_is_told() -> None:
    assert said(why="") == ""


def test_a_run_that_is_live_and_silent_is_not_offered_to_be_started() -> None:
    model = Model(Path("runs/a"), why=UNANSWERED)
    words = announcement(model, Starter(Path("runs/a")), "B", follows=True)
    assert words.startswith("A run is live here, and has not answered for ")
    assert "starts it" not in words
