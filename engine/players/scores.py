"""Scores of a run's evaluations: from the games that a worker played to what is told of them."""

from collections.abc import Sequence

import numpy as np

from engine.contracts.events import Score
from engine.contracts.orders import Evaluated
from engine.game.variants import Variant
from engine.players.evaluation import Evaluation


def scores_of(variants: Sequence[Variant], outcome: Evaluated) -> tuple[Score, ...]:
    """A score for each variant that was evaluated."""
    return tuple(
        score_of(
            Evaluation(
                variant,
                np.frombuffer(points, dtype=np.uint8).astype(np.int64),
                np.frombuffer(struck_out, dtype=np.bool_),
            )
        )
        for variant, points, struck_out in zip(variants, outcome.points, outcome.struck_out, strict=True)
    )


def score_of(evaluation: Evaluation) -> Score:
    """What is told of an evaluation."""
    return Score(
        variant=str(evaluation.variant),
        players=evaluation.variant.players,
        games=evaluation.games,
        mean=evaluation.mean(),
        error=evaluation.standard_error(),
        kept=evaluation.mean(strict=False),
        perfect=evaluation.perfect,
        struck_out=evaluation.strike_outs,
        best_possible=evaluation.variant.max_score,
    )
