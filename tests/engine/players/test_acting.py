"""An actor's samples, checked against the games they were taken from."""

from collections import Counter

import numpy as np
import pytest
import torch
from made_actor import made_actor

from engine import Variant, chance, preset
from engine.errors import ShapeError
from engine.game import observation
from engine.game.moves import from_shared
from engine.game.observation import ROW
from engine.networks.largest import Largest
from engine.networks.network import IMPOSSIBLE, MOVES, OneVector, judge_of, legal_moves
from engine.networks.perceptron import Perceptron
from engine.players.acting import Exploration, spread
from engine.store.sample import SAMPLE


class Oracle(OneVector):
    """Values every move by its number and every position alike, so that greedy play can be foretold."""

    def __init__(self) -> None:
        super().__init__(width=1)

    def body(self, rows: torch.Tensor) -> torch.Tensor:
        raise AssertionError("an oracle needs no body")

    def values(self, rows: torch.Tensor, sums: object = None) -> torch.Tensor:
        numbers = torch.arange(MOVES, dtype=torch.float32).repeat(len(rows), 1)
        return numbers.masked_fill(~legal_moves(rows), IMPOSSIBLE)


MIX = [preset("full", 2), preset("full", 5), preset("small", 3), Variant(4, 3, 4, 3)]


def test_without_exploration_every_move_is_the_best_legal_one() -> None:
    actor = made_actor(MIX * 3, chance.stream(1), exploration=0.0)
    samples = actor.chunk(judge_of(Oracle()))
    legal = observation.legal_mask(np.ascontiguousarray(samples["row"]))
    assert (samples["move"] == MOVES - 1 - legal[:, ::-1].argmax(axis=1)).all()


def test_samples_hold_what_the_player_knew_and_truly_held() -> None:
    actor = made_actor(MIX, chance.stream(3), exploration=0.5, moves=4)
    network = Perceptron(Largest(5), width=8, depth=1)
    before = actor.games.table.copy()
    samples = actor.chunk(judge_of(network)).reshape(4, len(MIX))
    rows = np.ascontiguousarray(samples["row"]).view(ROW)[..., 0]
    assert (samples["own"] > 0).sum(axis=2).max() == 5
    for g, variant in enumerate(MIX):
        first = [before[g]["deck"][before[g]["hands"][slot]] + 1 for slot in range(variant.hand_size)]
        assert samples["own"][0, g][: variant.hand_size].tolist() == first
        assert (rows[:, g]["cards"][:, 0, : variant.hand_size] == observation.HIDDEN).all()
        assert rows[0, g]["seat"] == 0
        assert all(from_shared(variant)[move] >= 0 for move in samples["move"][:, g])


def test_games_that_end_are_dealt_anew_and_counted() -> None:
    actor = made_actor([preset("very-small")] * 8, chance.stream(5), exploration=1.0, spread=0.0)
    network = Perceptron(Largest(2), width=8, depth=1)
    for _ in range(4):
        actor.chunk(judge_of(network))
    assert actor.finished > 8
    assert not actor.games.over.any()


def test_targets_end_with_the_game_and_add_up_rewards() -> None:
    class Blind(Oracle):
        def values(self, rows: torch.Tensor, sums: object = None) -> torch.Tensor:
            return super().values(rows).clamp(max=0)

    actor = made_actor([preset("full")] * 64, chance.stream(2), exploration=1.0, spread=0.0, moves=300)
    samples = actor.chunk(judge_of(Blind())).reshape(300, 64)
    rows = np.ascontiguousarray(samples["row"]).view(ROW)[..., 0]
    stacks = rows["stacks"].sum(axis=2).astype(int)
    # positions are worth nothing to this network and every move explores: a target is its move's reward
    fresh = rows["last"][1:, :, 0, 0] == 0
    rewards = samples["target"][:-1]
    assert (rewards[~fresh] == np.diff(stacks, axis=0)[~fresh]).mean() > 0.99
    assert rewards[fresh].max() <= 1
    assert rewards[fresh].min() < 0


def test_exploration_spreads_over_the_games() -> None:
    chances = Exploration(0.1, 5.0).chances(5)
    assert chances == pytest.approx([1e-1, 10**-2.25, 10**-3.5, 10**-4.75, 1e-6])
    assert Exploration(0.1, 5.0).chances(1) == pytest.approx([0.1])


def test_the_same_seed_gives_the_same_samples() -> None:
    def samples() -> bytes:
        torch.manual_seed(1)
        network = Perceptron(Largest(2), width=16, depth=1)
        actor = made_actor([preset("full")] * 16, chance.stream(4))
        return b"".join(actor.chunk(judge_of(network)).tobytes() for _ in range(3))

    assert samples() == samples()


def test_a_sample_takes_under_200_bytes() -> None:
    assert SAMPLE.itemsize < 200


def test_an_actor_goes_on_exactly_where_it_was_kept() -> None:
    judge = judge_of(Perceptron(Largest(5), width=8, depth=1))
    actor = made_actor(MIX, chance.stream(8), exploration=0.5)
    actor.chunk(judge)
    kept = actor.keep()
    expected = actor.chunk(judge).copy()
    other = made_actor(MIX, chance.stream(9), exploration=0.5)
    other.restore(kept)
    assert other.chunk(judge).tobytes() == expected.tobytes()


def test_kept_games_of_other_variants_are_refused_and_change_nothing() -> None:
    actor = made_actor(MIX, chance.stream(8), exploration=0.5)
    before = actor.keep()
    for others in ([*MIX[1:], MIX[0]], MIX[1:]):
        with pytest.raises(ShapeError, match="kept games"):
            actor.restore(made_actor(others, chance.stream(8)).keep())
    assert actor.keep() == before


def test_all_workers_together_play_every_variant_as_often_as_can_be() -> None:
    two, three = spread(MIX, 2, worker=0), spread(MIX, 2, worker=1)
    assert set(two + three) == set(MIX[:4]) and len(MIX) >= 4
    counts = Counter(variant for worker in range(3) for variant in spread(MIX, 5, worker))
    assert max(counts.values()) - min(counts.values()) <= 1
