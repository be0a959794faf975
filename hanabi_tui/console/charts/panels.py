"""Which charts there are, and what each shows of a run; units and meanings come from the events."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.contracts.events import Progress, Score, metrics
from hanabi_tui.console.charts.curves import Curves
from hanabi_tui.console.charts.figure import Figure, Line
from hanabi_tui.console.charts.marks_to_beat import goals_for
from hanabi_tui.console.charts.series import Series

VITALS = ("round_trip", "gpu", "cpu")
"""What is measured now and then, and kept nowhere but here: ms, %, %."""


@dataclass(frozen=True)
class Panel:
    """A chart of certain metrics.

    Attributes:
      name: of the chart.
      unit: of y.
      meaning: a sentence.
      metrics: which, and what each is called where there are several.
      source: "scores", "progress" or "vitals".
      places: decimal places; −1: three digits.
      noisy: whether smoothing it makes sense.
    """

    name: str
    unit: str
    meaning: str
    metrics: tuple[tuple[str, str], ...]
    source: str = "progress"
    places: int = -1
    noisy: bool = True


@dataclass(frozen=True)
class Run:
    """A run on a chart: its name there (empty where it is alone), its curves, and whether all is about it."""

    name: str
    curves: Curves
    first: bool = True


_OF_PROGRESS = {metric.name: metric for metric in metrics(Progress)}
_OF_SCORE = {metric.name: metric for metric in metrics(Score)}


def _of_progress(name: str, *fields: tuple[str, str], noisy: bool = True) -> Panel:
    defined = [_OF_PROGRESS[field] for field, _ in fields]
    unit = "" if defined[0].unit == "0–1" else defined[0].unit
    return Panel(name, unit, "; ".join(_sentence(each) for each in defined), fields, noisy=noisy)


def _sentence(metric: object) -> str:
    meaning, how = getattr(metric, "meaning", ""), getattr(metric, "how", "")
    return f"{meaning} ({how})" if how else meaning


PANELS = (
    Panel(
        "score",
        "points",
        f"greedy games: {_sentence(_OF_SCORE['mean'])}; band: standard error; across: published scores",
        (("mean", ""),),
        source="scores",
        places=2,
    ),
    _of_progress("training score", ("training_score", "")),
    _of_progress("loss", ("loss", "")),
    _of_progress("games", ("games_per_second", "")),
    _of_progress("samples", ("samples_per_second", "collected"), ("trained_per_second", "trained")),
    _of_progress("gradient norm", ("gradient_norm", "")),
    _of_progress("learning rate", ("learning_rate", ""), noisy=False),
    _of_progress("replay fill", ("replay_fill", ""), noisy=False),
    _of_progress("weights age", ("weights_age", "")),
    _of_progress("belief loss", ("belief_loss", "")),
    Panel(
        "perfect games",
        "",
        f"greedy games: {_sentence(_OF_SCORE['perfect'])}; {_sentence(_OF_SCORE['struck_out'])}",
        (("perfect", "perfect"), ("struck_out", "struck out")),
        source="scores",
    ),
    Panel(
        "round trip",
        "ms",
        "how long the learner's answer takes, while this page was known to the console",
        (("round_trip", ""),),
        source="vitals",
    ),
    Panel(
        "load",
        "%",
        "how busy the learner's GPU and this machine's cores are, while this page was known to the console",
        (("gpu", "GPU"), ("cpu", "CPU")),
        source="vitals",
    ),
)
"""All charts, in their order."""

USUAL = frozenset(panel.name for panel in PANELS[:8])
"""Those that are shown before anything is known."""


def figure_of(panel: Panel, runs: Sequence[Run], vitals: Series, *, log: bool = False) -> Figure:
    """What a panel shows of runs, the first of which is the one that all is about."""
    lines = [line for run in runs for line in _lines(panel, run, vitals)]
    variants = [*runs[0].curves.scores] if runs else []
    return Figure(
        panel.name,
        panel.unit,
        panel.meaning,
        lines,
        goals_for(variants) if panel.name == "score" else (),
        runs[0].curves.marks if runs else (),
        log,
        panel.places,
    )


def has_numbers(figure: Figure) -> bool:
    """Whether any line has a number at all."""
    return any(value == value for value in (line.series.last(line.metric) for line in figure.lines))


def _lines(panel: Panel, run: Run, vitals: Series) -> list[Line]:
    if panel.source == "scores":
        several = len(run.curves.scores) > 1
        return [
            Line(
                _named(run.name, variant if several else "", label),
                series,
                metric,
                error="error" if metric == "mean" else "",
                smooth=False,
            )
            for variant, series in run.curves.scores.items()
            for metric, label in panel.metrics
        ]
    if panel.source == "vitals":
        return [Line(label, vitals, metric) for metric, label in panel.metrics] if run.first else []
    return [
        Line(_named(run.name, label), run.curves.progress, metric, smooth=panel.noisy)
        for metric, label in panel.metrics
    ]


def _named(*parts: str) -> str:
    return " ".join(part for part in parts if part)
