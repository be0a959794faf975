"""Cross-play: who sits where, and that it agrees with evaluate."""

import numpy as np
import pytest

from engine import Games, preset
from engine.errors import AgentError, EngineError
from engine.players.agents import Moves
from engine.players.bots import find
from engine.players.bots.cautious import Cautious
from engine.players.bots.random_legal import RandomLegal
from engine.players.crossplay import CrossPlay, crossplay, games_of, teams
from engine.players.evaluation import Maker, evaluate

HAT, CAUTIOUS, CONVENTION = find("hat"), find("cautious"), find("convention")


@pytest.mark.parametrize("players", [2, 3])
def test_an_agent_with_itself_plays_as_evaluate_says(players: int) -> None:
    variant = preset("full", players)
    alone, outcome = evaluate([HAT], variant, 30, 5), crossplay([HAT, CAUTIOUS], variant, 30, 5)
    assert outcome.scores[0, 0].tolist() == alone.scores().tolist()
    assert outcome.mean()[0, 0] == alone.mean()
    assert outcome.standard_error()[0, 0] == pytest.approx(alone.standard_error())


def test_with_two_players_the_row_begins_and_the_column_is_the_other() -> None:
    variant = preset("full", 2)
    outcome = crossplay([CAUTIOUS, CONVENTION], variant, 40, 2)
    for row, column, seats in ((0, 1, [CAUTIOUS, CONVENTION]), (1, 0, [CONVENTION, CAUTIOUS])):
        assert outcome.scores[row, column].tolist() == evaluate(seats, variant, 40, 2).scores().tolist()
    assert outcome.scores[0, 1].tolist() != outcome.scores[1, 0].tolist()


def test_strangers_play_worse_together_than_with_themselves() -> None:
    mean = crossplay([CAUTIOUS, CONVENTION], preset("full", 2), 200, 0).mean()
    assert max(mean[0, 1], mean[1, 0]) < min(mean[0, 0], mean[1, 1])


def test_with_more_players_the_row_sits_alone_in_each_seat_once() -> None:
    variant = preset("full", 3)
    outcome = crossplay([CAUTIOUS, CONVENTION], variant, 20, 3)
    c, v = CAUTIOUS, CONVENTION
    assert teams(c, v, 3) == [[c, v, v], [v, c, v], [v, v, c]]
    by_seat = [evaluate(seats, variant, 20, 3).scores() for seats in teams(c, v, 3)]
    assert outcome.scores[0, 1] == pytest.approx(np.mean(by_seat, axis=0))


def test_every_pairing_plays_the_same_decks() -> None:
    seen: list[np.ndarray] = []

    class Looker(Cautious):
        def begin(self, games: Games, which: Moves) -> None:
            seen.append(games.table["deck"].copy())

    crossplay([Looker, CAUTIOUS, RandomLegal], preset("full", 2), 10, 4)
    assert len(seen) == 5
    assert all(np.array_equal(decks, seen[0]) for decks in seen)


def test_the_mean_with_others_leaves_self_play_out() -> None:
    scores = np.array([[[25.0, 25], [1, 3]], [[5, 7], [20, 20]]])
    outcome = CrossPlay(preset("full"), scores)
    assert outcome.with_others().tolist() == [4, 4]  # of 1, 3, 5, 7
    assert outcome.with_others_error() == pytest.approx([1, 1])  # decks are worth 3 and 5
    assert np.isnan(CrossPlay(preset("full"), scores[:1, :1]).with_others()).all()


def test_self_play_is_the_diagonal_and_cross_play_all_else() -> None:
    scores = np.random.default_rng(1).normal(10, 4, (5, 5, 7))
    outcome, mean = CrossPlay(preset("full"), scores), scores.mean(2)
    diagonal = np.diag(mean)
    assert outcome.self_play() == pytest.approx(diagonal.mean())
    assert outcome.self_play_error() == pytest.approx(diagonal.std(ddof=1) / np.sqrt(5))
    assert outcome.cross_play() == pytest.approx(mean[~np.eye(5, dtype=bool)].mean())
    without = []
    for left_out in range(5):
        others = np.delete(np.delete(mean, left_out, 0), left_out, 1)
        without.append(others[~np.eye(4, dtype=bool)].mean())
    spread = np.sum((np.array(without) - np.mean(without)) ** 2)
    assert outcome.cross_play_error() == pytest.approx(np.sqrt(4 / 5 * spread))


def test_few_agents_have_no_standard_error() -> None:
    scores = np.array([[[25.0], [1]], [[5], [20]]])
    two, one = CrossPlay(preset("full"), scores), CrossPlay(preset("full"), scores[:1, :1])
    assert (two.self_play(), two.cross_play(), two.self_play_error()) == (22.5, 3, 2.5)
    assert np.isnan(two.cross_play_error())
    assert one.self_play() == 25
    assert np.isnan([one.cross_play(), one.self_play_error(), one.cross_play_error()]).all()


def test_one_deck_has_no_standard_error() -> None:
    assert np.isnan(crossplay([CAUTIOUS], preset("full"), 1, 0).standard_error()).all()


def test_it_tells_how_far_it_is() -> None:
    told: list[int] = []
    crossplay([CAUTIOUS, RandomLegal], preset("small", 3), 5, 0, told.append)
    assert told == sorted(told)
    assert told[-1] == games_of(2, 3, 5) == (2 + 2 * 3) * 5
    assert games_of(6, 2, 1) == 36


def test_what_cannot_be_played_is_refused() -> None:
    with pytest.raises(EngineError, match="0 agents, 1 games"):
        crossplay([], preset("full"), 1, 0)
    with pytest.raises(EngineError, match="1 agents, 0 games"):
        crossplay([CAUTIOUS], preset("full"), 0, 0)
    with pytest.raises(EngineError, match="given twice"):
        crossplay([CAUTIOUS, CAUTIOUS], preset("full"), 1, 0)


def test_seats_of_one_maker_share_an_agent() -> None:
    made: list[Games] = []

    def make(games: Games) -> RandomLegal:
        made.append(games)
        return RandomLegal(games)

    makers: list[Maker] = [make, CAUTIOUS, make]
    evaluate(makers, preset("full", 3), 2, 0)
    assert len(made) == 1
    with pytest.raises(AgentError, match="2 agents for full, 3 players"):
        evaluate([make, make], preset("full", 3), 2, 0)
