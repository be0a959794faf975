"""Which games of an evaluation are kept."""

import numpy as np
import pytest

from engine import preset
from engine.contracts.orders import Highlight
from engine.players.bots import find
from engine.players.evaluation import evaluate, record
from engine.players.highlights import Chooser
from engine.records import hanablive

SMALL = preset("very-small")


def chosen(bot: str, count: int, seed: int = 3) -> tuple[dict[str, Highlight], np.ndarray]:
    chooser = Chooser(seed)
    outcome = evaluate([find(bot)], SMALL, count, seed, seen=chooser)
    return {each.kind: each for each in chooser.highlights()}, outcome.scores()


def test_the_first_best_worst_and_struck_out_games_are_kept() -> None:
    found, scores = chosen("random", 300)
    assert list(found) == ["first", "best", "worst", "struck-out"]
    assert found["first"].score == scores[0]
    assert found["best"].score == scores.max()
    assert found["worst"].score == scores.min() == 0
    assert found["struck-out"].score == 0


def test_what_is_kept_is_the_game_that_was_played() -> None:
    found, _ = chosen("cautious", 20)
    game = hanablive.load(found["first"].game, "first")
    again = record([find("cautious")], SMALL, 3, game.players)
    assert (game.deck, game.moves) == (again.deck, again.moves)
    assert game.seed == "evaluation-3-deck-1"


def test_the_best_of_all_batches_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    whole, scores = chosen("cautious", 100)
    monkeypatch.setattr("engine.players.evaluation.BATCH", 32)
    split, _ = chosen("cautious", 100)
    assert split == whole
    assert split["best"].score == scores.max() > scores[:32].min()


def test_looking_changes_no_outcome() -> None:
    _, looked_at = chosen("random", 100)
    assert np.array_equal(evaluate([find("random")], SMALL, 100, 3).scores(), looked_at)
