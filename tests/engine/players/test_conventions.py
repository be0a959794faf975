"""Conventions: an agent whose answers are known shows them in the matrix."""

from itertools import pairwise

import numpy as np
import pytest

from engine import Games, Variant, chance, preset
from engine.errors import EngineError
from engine.game.games import PASS
from engine.game.moves import Kind, Move, number
from engine.players.agents import Moves
from engine.players.bots import find
from engine.players.bots.random_legal import RandomLegal
from engine.players.conventions import conventions
from engine.players.evaluation import evaluate, play, seat

VARIANTS = [preset("full", 2), preset("full", 3), preset("full", 5), preset("very-small", 2)]


class Planted(RandomLegal):
    """Answers each hint of red with a play of slot 3, and is random else."""

    def __init__(self, games: Games) -> None:
        super().__init__(games)
        self.last = np.full(len(games), PASS)

    def act(self, games: Games, stream: chance.Stream) -> Moves:
        moves = super().act(games, stream)
        hinted = (self.last == red(games.variants[0])) & ~games.over
        moves[hinted] = number(Move(Kind.PLAY, slot=2), games.variants[0])
        return moves

    def watch(self, games: Games, moves: Moves) -> None:
        self.last = moves.copy()


def red(variant: Variant) -> int:
    return number(Move(Kind.COLOUR, offset=1, value=0), variant)


@pytest.mark.parametrize("players", [2, 4])
def test_an_answer_that_was_planted_shows_up_with_certainty(players: int) -> None:
    variant = preset("full", players)
    found = conventions(Planted, variant, 200, 1)
    answer = number(Move(Kind.PLAY, slot=2), variant)
    assert found.conditional()[red(variant), answer] == 1.0
    assert found.answered[red(variant)].sum() > 50
    assert found.marginal()[answer] < 0.5
    others = [row for row in range(variant.moves) if row != red(variant)]
    assert (found.conditional()[others, answer] < 0.5).all()


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_rows_sum_to_one_and_counts_add_up(variant: Variant) -> None:
    found = conventions(RandomLegal, variant, 60, 2)
    conditional, answered = found.conditional(), found.answered.sum(axis=1) > 0
    assert conditional.shape == (variant.moves, variant.moves)
    assert conditional[answered].sum(axis=1) == pytest.approx(np.ones(answered.sum()))
    assert np.isnan(conditional[~answered]).all()
    assert found.marginal().sum() == pytest.approx(1)
    # the first move of a game answers none, and the last is not answered
    assert found.answered.sum() == found.made.sum() - found.games
    assert (found.answered.sum(axis=1) <= found.made).all()
    assert (found.answered.sum(axis=0) <= found.made).all()


def test_it_counts_the_games_that_evaluate_plays(monkeypatch: pytest.MonkeyPatch) -> None:
    variant, maker = preset("full", 3), find("cautious")
    games = Games.shuffled([variant] * 9, chance.stream(4, 0))
    history = list(play(games, seat([maker], games), chance.stream(4, 1)))
    assert games.scores().tolist() == evaluate([maker], variant, 9, 4).scores().tolist()
    counted = np.zeros((variant.moves, variant.moves), dtype=int)
    for game in range(9):
        made = [int(moves[game]) for moves in history if moves[game] != PASS]
        for before, after in pairwise(made):
            counted[before, after] += 1
    assert (conventions(maker, variant, 9, 4).answered == counted).all()
    monkeypatch.setattr("engine.players.evaluation.BATCH", 4)
    assert (conventions(maker, variant, 9, 4).answered == counted).all()


def test_a_move_that_nobody_makes_has_no_row() -> None:
    class Discarder(RandomLegal):
        def act(self, games: Games, stream: chance.Stream) -> Moves:
            legal = games.legal_mask()
            first = legal.argmax(axis=1)  # a discard if there is one, else a play
            return np.where(games.over, PASS, first)

    found = conventions(Discarder, preset("full"), 5, 0)
    assert found.made[red(preset("full"))] == 0
    assert np.isnan(found.conditional()[red(preset("full"))]).all()


def test_it_tells_how_far_it_is_and_refuses_no_games() -> None:
    told: list[int] = []
    conventions(RandomLegal, preset("full"), 7, 0, told.append)
    assert told == sorted(told) and told[-1] == 7
    with pytest.raises(EngineError, match="games = 0"):
        conventions(RandomLegal, preset("full"), 0, 0)
