"""Samples that come over a wire are what acting makes, or are refused before anything indexes with them."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from made_actor import made_actor

from engine.errors import RowError
from engine.game import observation
from engine.game.chance import stream
from engine.game.observation import legal_mask
from engine.game.variants import Variant, preset
from engine.learning import soundness
from engine.networks.architectures import build
from engine.networks.touched import OWN_MARKS
from engine.settings.config import ModelSection
from engine.store.sample import SAMPLE

MODEL = ModelSection(architecture="mlp", hidden_size=8, hidden_layers=1)


def played(variants: list[Variant], moves: int = 64) -> np.ndarray:
    actor = made_actor(variants, stream(5), exploration=1.0, spread=0.0, moves=moves)
    return actor.chunk(lambda rows: legal_mask(rows).astype(np.float32)).copy()


EVERY = played(
    [preset(name, players) for name in ("full", "small", "very-small") for players in (2, 3, 4, 5)]
)


def test_all_that_acting_makes_is_sound() -> None:
    soundness.check(EVERY, MODEL)
    soundness.check(EVERY[:0], MODEL)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ({"max_players": 4}, "up to 4 players"),
        ({"max_colors": 4}, "4 colours"),
        ({"max_ranks": 4}, "4 ranks"),
        ({"max_hand_size": 4}, "hands of 4"),
    ],
)
def test_a_game_too_large_for_the_model_is_refused(model: dict, words: str) -> None:
    with pytest.raises(RowError, match=words):
        soundness.check(EVERY, ModelSection(architecture="mlp", **model))


@pytest.mark.parametrize(
    ("field", "value"),
    [("version", 2), ("players", 1), ("players", 6), ("colours", 0), ("hand_size", 6), ("deck_left", 51)],
)
def test_a_number_that_cannot_be_is_found_wherever_it_stands(field: str, value: int) -> None:
    samples = EVERY.copy()
    samples["row"].view(observation.ROW)[7, 0][field] = value
    with pytest.raises(RowError, match=f"sample 7 of {len(samples)}"):
        soundness.check(samples, MODEL)


def test_a_move_that_is_none_is_found() -> None:
    samples = EVERY.copy()
    samples["move"][3] = 50
    with pytest.raises(RowError, match="sample 3"):
        soundness.check(samples, MODEL)


def test_a_target_that_is_no_number_passes_for_learning_says_so_itself() -> None:
    samples = EVERY.copy()
    samples["target"][3] = np.nan
    soundness.check(samples, MODEL)


@given(st.data())
def test_what_passes_can_be_seen_by_a_network(data: st.DataObject) -> None:
    """Any bytes at all: either they are refused, or every network can take them in."""
    index = data.draw(st.integers(0, len(EVERY) - 1))
    sample = EVERY[index : index + 1].copy()
    raw = sample.view(np.uint8)
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, SAMPLE.itemsize - 1))] = data.draw(st.integers(0, 255))
    try:
        soundness.check(sample, MODEL)
    except RowError:
        return
    network = build(MODEL)
    seen = network.look(torch.from_numpy(sample["row"].copy()))
    for features, marks in (
        (seen.whole, network.layout.marks),
        (seen.own, OWN_MARKS),
        (seen.hints, network.layout.hint_marks),
    ):
        assert features.marks.numel() == features.starts[-1]
        assert all(0 <= mark < marks for mark in features.marks.tolist())
