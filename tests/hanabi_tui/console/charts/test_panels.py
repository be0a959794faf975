"""Which charts there are, and what each says of itself."""

from pathlib import Path

from engine.contracts.events import Progress, metrics
from hanabi_tui.console.charts.curves import METRICS, Curves
from hanabi_tui.console.charts.marks_to_beat import PUBLISHED, goals_for
from hanabi_tui.console.charts.panels import PANELS, VITALS, Run, figure_of, has_numbers
from hanabi_tui.console.charts.place import Place
from hanabi_tui.console.charts.series import Series

DEFINED = {metric.name: metric for metric in metrics(Progress)}


def test_every_curve_of_progress_is_on_a_chart_that_explains_it_in_its_own_words() -> None:
    shown = {metric: panel for panel in PANELS if panel.source == "progress" for metric, _ in panel.metrics}
    assert set(shown) == set(METRICS)
    for metric, panel in shown.items():
        assert DEFINED[metric].meaning in panel.meaning
        assert panel.unit in (DEFINED[metric].unit, "")


def test_a_chart_of_two_runs_names_every_line() -> None:
    runs = [Run("mine", Curves(Path("a"))), Run("theirs", Curves(Path("b")), first=False)]
    samples = next(panel for panel in PANELS if panel.name == "samples")
    figure = figure_of(samples, runs, Series(VITALS))
    assert [line.name for line in figure.lines] == [
        "mine collected",
        "mine trained",
        "theirs collected",
        "theirs trained",
    ]


def test_what_was_never_measured_has_no_numbers() -> None:
    vitals = Series(VITALS)
    trip = next(panel for panel in PANELS if panel.name == "round trip")
    runs = [Run("", Curves(Path("a")))]
    assert not has_numbers(figure_of(trip, runs, vitals))
    vitals.append(Place(1, 1, 1), (20.0, 0, 0))
    assert has_numbers(figure_of(trip, runs, vitals))


def test_goals_are_those_of_the_full_game_with_as_many_players() -> None:
    assert [goal.value for goal in goals_for(["full, 2 players"])] == [20.64, 22.52, 24.01, 24.48]
    assert [goals_for([f"full, {players} players"])[0].value for players in (3, 4, 5)] == [18.71, 18.0, 15.26]
    assert goals_for(["small, 2 players"]) == goals_for([]) == goals_for(["full, 2 players"] * 2) == ()
    assert all(list(goals) == sorted(goals, key=lambda goal: goal.value) for goals in PUBLISHED.values())
