"""Landmarks of a game: turns that one wants to jump to."""

from collections.abc import Callable, Sequence

from engine.records.position import COLOUR, RANK
from hanabi_tui.table.messages import Appraisal, Turn

NOTICEABLE = 0.05
"""Points that an agent's opinion may differ by without meaning anything."""


def next_mistake(turns: Sequence[Turn], turn: int, by: int = 1) -> int | None:
    """The turn just after the next misplay or loss of a needed card (`by` −1: the one before); None: none."""
    return _next(turns, turn, by, lambda each: each.position.last is not None and each.position.last.mistake)


def next_hint(turns: Sequence[Turn], turn: int, by: int = 1) -> int | None:
    """The turn just after the next hint (`by` −1: the one before); None: none."""
    return _next(
        turns,
        turn,
        by,
        lambda each: each.position.last is not None and each.position.last.deed in (COLOUR, RANK),
    )


def _next(turns: Sequence[Turn], turn: int, by: int, true: Callable[[Turn], bool]) -> int | None:
    ahead = range(turn + 1, len(turns)) if by > 0 else range(turn - 1, -1, -1)
    return next((each for each in ahead if true(turns[each])), None)


def the_mistake(appraisals: Sequence[Appraisal]) -> tuple[int, str] | None:
    """The turn with the move that cost most, and how much that was, in words; None where nothing is known.

    An agent that judges its own moves finds none that cost it anything: then it is the turn after which it
    expected the most less than before.
    """
    valued = [turn for turn, each in enumerate(appraisals) if each.rank]
    if not valued:
        return None
    worst = max(valued, key=lambda turn: appraisals[turn].loss)
    if appraisals[worst].loss >= NOTICEABLE:
        each = appraisals[worst]
        return (
            worst,
            f"the move that cost most: {each.loss:.2f} points, number {each.rank} of {len(each.values)}",
        )
    worst = max(valued, key=lambda turn: appraisals[turn].fall)
    if appraisals[worst].fall < NOTICEABLE:
        return None
    return (
        worst,
        f"it would have made every move; hopes fell most here: by {appraisals[worst].fall:.2f} points",
    )
