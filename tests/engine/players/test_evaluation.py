from collections.abc import Sequence

import numpy as np
import pytest

from engine import Games, Variant, chance, preset
from engine.errors import AgentError, EngineError, IllegalMoveError
from engine.players.agents import Moves
from engine.players.bots import find
from engine.players.bots.random_legal import RandomLegal
from engine.players.evaluation import Evaluation, choose, evaluate, play, record, recorded
from engine.records.recording import Recording


class Witness(RandomLegal):
    """A random player that writes down what it was asked and shown."""

    def __init__(self, games: Games) -> None:
        super().__init__(games)
        self.asked: list[set[int]] = []
        self.seen: list[Moves] = []
        self.begun = 0

    def begin(self, games: Games, which: Moves) -> None:
        self.begun += len(which)

    def act(self, games: Games, stream: chance.Stream) -> Moves:
        self.asked.append(set(games.to_move[~games.over].tolist()))
        return super().act(games, stream)

    def watch(self, games: Games, moves: Moves) -> None:
        self.seen.append(moves.copy())


def test_each_seat_is_asked_only_in_its_turn_and_everyone_sees_every_move() -> None:
    stream = chance.stream(1)
    games = Games.shuffled([preset("full", 3)] * 5, stream)
    players = [Witness(games) for _ in range(3)]
    made = list(play(games, players, stream))
    assert np.array_equal(made, players[0].seen)
    for seat, player in enumerate(players):
        assert all(asked == {seat} for asked in player.asked)
        assert player.begun == 5
        assert np.array_equal(player.seen, players[0].seen)
    assert sum(int((moves >= 0).sum()) for moves in players[0].seen) == games.table["turn"].sum()


def test_games_of_different_length_and_variant_can_be_played_side_by_side() -> None:
    stream = chance.stream(4)
    games = Games.shuffled([preset("full", 2), preset("very-small"), preset("full", 5)] * 9, stream)
    agent = RandomLegal(games)
    assert len(list(play(games, [agent], stream))) == games.table["turn"].max()
    assert games.over.all()
    assert (choose([agent], games, stream) == -1).all()


def test_a_score_and_its_error_are_those_of_the_textbook() -> None:
    outcome = Evaluation(preset("full"), np.array([25, 20, 10, 25]), np.array([False, False, True, False]))
    assert outcome.mean() == 17.5
    assert outcome.mean(strict=False) == 20.0
    assert outcome.standard_error(strict=False) == pytest.approx(np.std([25, 20, 10, 25], ddof=1) / 2)
    assert (outcome.perfect, outcome.strike_outs, outcome.games) == (0.5, 0.25, 4)
    assert np.isnan(Evaluation(preset("full"), np.array([3]), np.array([False])).standard_error())


def test_the_same_seed_gives_the_same_outcome_whatever_the_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = evaluate([find("cautious")], preset("small", 3), 50, 7)
    monkeypatch.setattr("engine.players.evaluation.BATCH", 8)
    parts = evaluate([find("cautious")], preset("small", 3), 50, 7)
    assert whole.points.tolist() == parts.points.tolist()
    assert whole.points.tolist() != evaluate([find("cautious")], preset("small", 3), 50, 8).points.tolist()


def test_random_play_scores_what_random_play_scores() -> None:
    # OpenSpiel's Hanabi gives 1.25 points on the stacks, and nearly always strikes out
    outcome = evaluate([find("random")], preset("full"), 4000, 0)
    assert outcome.mean(strict=False) == pytest.approx(1.25, abs=0.1)
    assert outcome.strike_outs > 0.99


def test_agents_must_fit_the_seats_and_must_move() -> None:
    for count in (0, 2, 4):
        with pytest.raises(AgentError, match=f"{count} agents for full, 3 players"):
            evaluate([RandomLegal] * count, preset("full", 3), 2, 0)

    class Idle(RandomLegal):
        def act(self, games: Games, stream: chance.Stream) -> Moves:
            return np.full(len(games), -1)

    with pytest.raises(AgentError, match="game 0: Idle in seat 1 passed"):
        evaluate([RandomLegal, Idle], preset("full"), 2, 0)


@pytest.mark.parametrize("partner", ["cautious", "convention", "hat"])
def test_an_illegal_move_is_refused_before_anyone_sees_it(partner: str) -> None:
    class Rogue(RandomLegal):
        def act(self, games: Games, stream: chance.Stream) -> Moves:
            return np.full(len(games), 60)

    with pytest.raises(IllegalMoveError, match="move 60"):
        evaluate([Rogue, find(partner)], preset("full"), 2, 0)


def test_no_games_and_unknown_players_are_refused() -> None:
    with pytest.raises(EngineError, match="games = 0: at least 1"):
        evaluate([find("random")], Variant(), 0, 0)
    with pytest.raises(AgentError, match="agent 'hal': allowed are random, "):
        find("hal")


def test_a_recorded_game_is_the_first_of_the_evaluation() -> None:
    maker = find("cautious")
    outcome = evaluate([maker], preset("full", 4), 3, 11)
    game = record([maker], preset("full", 4), 11, ["a", "b", "c", "d"])
    assert game.games_at(len(game.moves)).over[0]
    assert game.games_at(len(game.moves)).scores(strict=False)[0] == outcome.points[0]
    assert game.players == ("a", "b", "c", "d")


def test_games_can_be_kept_as_they_were_played_by_players_who_draw_lots_too() -> None:
    kept: list[Recording] = []

    def keep(games: Games, moves: Sequence[np.ndarray]) -> None:
        kept.extend(recorded(games, moves, game) for game in range(len(games)))

    outcome = evaluate([find("random")], preset("full", 3), 20, 5, seen=keep)
    assert [game.positions[-1]["points"] for game in kept] == outcome.points.tolist()
