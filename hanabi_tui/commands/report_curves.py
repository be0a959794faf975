"""The curves of a report: score, losses and rates over the time trained, as SVG."""

import math
from collections.abc import Iterator, Sequence

from engine.contracts.events import Evaluated, Progress
from engine.store.history import History
from hanabi_tui.commands.curve_svg import Line, picture

POINTS = 600
"""Of a curve; of more, those with the smallest and largest values stay."""


def curves(history: History, evaluations: Sequence[Evaluated]) -> Iterator[tuple[str, str]]:
    """A caption and a picture for each; nothing for what was never measured.

    Args:
      history: of the run.
      evaluations: its.
    """
    training = _line(history, "training_score", "training, exploring", faint=True)
    scores = _scores(evaluations)
    if scores or training.points:
        caption = "Strict score: 0 for a game whose lives were all lost. Band: ± one standard error."
        best = max((each.best_possible for event in evaluations for each in event.scores), default=0)
        yield caption, picture("Score", [*scores, training], unit="points", least=float(best), alone=False)
    for title, unit, caption, names in (
        (
            "Loss",
            "points",
            "Huber loss of values against targets; cross-entropy of beliefs, if they are learned, in nats.",
            {"loss": "loss", "belief_loss": "belief loss"},
        ),
        (
            "Samples",
            "samples/s",
            "Moves collected by the workers, and moves trained on by the learner.",
            {"samples_per_second": "collected", "trained_per_second": "trained on"},
        ),
        ("Games", "games/s", "Games finished by the workers.", {"games_per_second": "games"}),
        ("Learning rate", "", "Of the newest step.", {"learning_rate": "learning rate"}),
    ):
        found = [_line(history, name, label) for name, label in names.items()]
        drawn = [line for line in found if any(value > 0 for _, value in line.points)]
        if drawn:
            yield caption, picture(title, drawn, unit=unit, least=0.0, alone=False)


def _scores(evaluations: Sequence[Evaluated]) -> list[Line]:
    """A line for each variant that was evaluated."""
    variants = dict.fromkeys(score.variant for event in evaluations for score in event.scores)
    lines = []
    for variant in variants:
        found = [
            (event.seconds / 60, score.mean, 0.0 if math.isnan(score.error) else score.error)
            for event in evaluations
            for score in event.scores
            if score.variant == variant
        ]
        lines.append(Line(variant, [(x, y) for x, y, _ in found], [error for *_, error in found]))
    return lines


def _line(history: History, of: str, label: str, *, faint: bool = False) -> Line:
    points: list[Progress] = list(history.progress(points=POINTS, of=of))
    return Line(label, [(each.seconds / 60, getattr(each, of)) for each in points], faint=faint)
