"""The learner that computes keeps the contract: each step once, nothing half done, exact after going back."""

import math
from typing import Any

import msgspec
import numpy as np
import plain_learning as plain
import pytest
import safetensors.torch
import torch
from made_actor import made_actor

import engine.learning.learning
from engine import chance, preset
from engine.contracts.learner import (
    PROTOCOL,
    GapError,
    Greeting,
    LearnerError,
    MismatchError,
    NotLoadedError,
    Step,
    Weights,
)
from engine.game import observation
from engine.game.row_version import ROW_VERSION
from engine.learning.gauges import gauges
from engine.learning.learning import Learning
from engine.learning.loss import belief_loss, value_loss
from engine.learning.mirror import Mirror
from engine.networks.architectures import build
from engine.networks.largest import Largest
from engine.networks.manner import Manner
from engine.networks.network import judge_of
from engine.networks.perceptron import Perceptron
from engine.settings.config import ModelSection

MODEL = ModelSection(architecture="mlp", max_players=2, hidden_size=8, hidden_layers=1)
GREETING = Greeting(run="a", model=MODEL, capacity=96, weight_average=0.9, acting_average=0.5, seed=3)
HELD = 64


EXACT = Manner(precision="float32")
"""As what is written out here reckons."""


@pytest.fixture(scope="module")
def samples() -> np.ndarray:
    """What an actor played: SAMPLE[64]."""
    torch.manual_seed(0)
    actor = made_actor([preset("very-small")] * 8, chance.stream(6), exploration=0.5, moves=8)
    return actor.chunk(judge_of(Perceptron(Largest(2), width=8, depth=1))).copy()


@pytest.fixture
def learner(samples: np.ndarray) -> Learning:
    return taught(samples)


def taught(samples: np.ndarray) -> Learning:
    """A learner that met a run and stands at step 0 with samples to learn from."""
    learner = Learning(manner=EXACT)
    learner.hello(GREETING)
    learner.load(b"")
    learner.extend(0, samples)
    return learner


def step_of(number: int, **changes: Any) -> Step:
    slots = np.random.default_rng(number).integers(0, HELD, 16).astype(np.uint32)
    usual = Step(
        number=number,
        slots=slots,
        learning_rate=1e-2,
        weight_decay=1e-2,
        gradient_clip=1.0,
        belief_weight=0.5,
        bend=1.0,
    )
    return msgspec.structs.replace(usual, **changes)


def steps_of(first: int, last: int) -> list[Step]:
    return [step_of(number) for number in range(first, last + 1)]


def stand(learner: Learning) -> tuple[Any, ...]:
    """All that a step could move."""
    snapshot = learner.snapshot()
    return snapshot.step, snapshot.digest, snapshot.data


def weights_of(learner: Learning, *, average: bool = False) -> Weights:
    weights = learner.weights(-1, average=average)
    assert weights is not None
    return weights


def learned(learner: Learning) -> np.ndarray:
    """The weights as the last step left them; who plays gets averages."""
    return safetensors.torch.load(learner.snapshot().data)["weights"].numpy()


# who comes first


def test_before_hello_nothing_is_answered_and_before_load_nothing_is_learned(samples: np.ndarray) -> None:
    learner = Learning()
    for call in (lambda: learner.load(b""), lambda: learner.extend(0, samples)):
        with pytest.raises(NotLoadedError, match="hello comes first"):
            call()
    welcome = learner.hello(GREETING)
    assert (welcome.run, welcome.step, welcome.digest, welcome.mirrored) == ("a", -1, "", (0, 0))
    learner.extend(0, samples)
    for call in (lambda: learner.train([step_of(1)]), lambda: learner.weights(-1), learner.snapshot):
        with pytest.raises(NotLoadedError, match="load comes first"):
            call()
    welcome = learner.load(b"")
    # whoever has it loaded may have learned elsewhere under the same numbers
    assert (welcome.step, welcome.mirrored) == (0, (0, 0))
    assert welcome.digest == learner.snapshot().digest != ""


def test_another_capacity_empties_the_mirror_and_keeps_the_weights(learner: Learning) -> None:
    before = learner.hello(GREETING)
    met = learner.hello(msgspec.structs.replace(GREETING, capacity=97))
    assert (met.step, met.digest, met.incarnation) == (before.step, before.digest, before.incarnation)
    assert met.mirrored == (0, 0)


def test_after_another_run_nobody_takes_it_for_the_learner_it_was(learner: Learning) -> None:
    before = learner.hello(GREETING)
    learner.hello(msgspec.structs.replace(GREETING, run="another"))
    assert learner.hello(GREETING).incarnation != before.incarnation


def test_who_loaded_it_anew_knows_it_under_another_name(learner: Learning) -> None:
    """A copy of a run's directory has the run's id: what it brings here is not what the run made."""
    before, kept = learner.hello(GREETING), learner.snapshot().data
    loaded = learner.load(kept)
    assert (loaded.step, loaded.digest) == (before.step, before.digest)
    assert loaded.incarnation != before.incarnation
    assert learner.hello(GREETING).incarnation == loaded.incarnation


def test_a_new_run_has_the_room_of_the_one_before(learner: Learning, monkeypatch: pytest.MonkeyPatch) -> None:
    before = learner.hello(GREETING)
    room_for_one(monkeypatch, learner)
    met = learner.hello(msgspec.structs.replace(GREETING, run="another"))
    assert (met.run, met.step, met.mirrored) == ("another", -1, (0, 0))
    assert met.incarnation != before.incarnation


def test_without_room_for_a_run_it_says_so_and_meets_the_next(
    learner: Learning, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = learner.hello(GREETING)
    room_for_one(monkeypatch, learner)
    with pytest.raises(LearnerError, match=r"no room here for 97 samples \(buffer_size\)"):
        learner.hello(msgspec.structs.replace(GREETING, run="another", capacity=GREETING.capacity + 1))
    met = learner.hello(GREETING)
    assert (met.step, met.mirrored) == (-1, (0, 0))  # the run before brings it all once more
    assert met.incarnation != before.incarnation


def room_for_one(monkeypatch: pytest.MonkeyPatch, learner: Learning) -> None:
    """Have a device with room for one mirror, as large as the one that is there."""

    def make(capacity: int, device: torch.device) -> Mirror:
        if capacity > GREETING.capacity or (capacity and learner._mirror.capacity):
            raise RuntimeError("out of memory")
        return Mirror(capacity, device)

    monkeypatch.setattr("engine.learning.learning.Mirror", make)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"protocol": 99}, ["protocol 99 of the run", f"{PROTOCOL} of the learner"]),
        ({"rows": 99}, ["rows of version 99 of the run", f"{ROW_VERSION} of the learner"]),
        (
            {"model": msgspec.structs.replace(MODEL, hidden_size=16)},
            ["model of the run", "hidden_size=16", "of the learner", "hidden_size=8"],
        ),
    ],
)
def test_a_run_that_does_not_fit_is_refused_naming_both_sides(
    learner: Learning, changes: dict[str, Any], said: list[str]
) -> None:
    before = stand(learner)
    with pytest.raises(MismatchError) as refusal:
        learner.hello(msgspec.structs.replace(GREETING, **changes))
    assert all(words in str(refusal.value) for words in said)
    assert stand(learner) == before
    learner.train([step_of(1)])


def test_the_same_run_finds_it_where_it_stood(learner: Learning) -> None:
    learner.train(steps_of(1, 3))
    welcome = learner.hello(GREETING)
    assert (welcome.step, welcome.mirrored) == (3, (0, 64))
    assert welcome.digest == learner.snapshot().digest
    assert welcome.incarnation == learner.incarnation != Learning().incarnation


def test_another_run_finds_it_empty(learner: Learning) -> None:
    learner.train(steps_of(1, 3))
    other = msgspec.structs.replace(GREETING, run="b", capacity=32)
    welcome = learner.hello(other)
    assert (welcome.run, welcome.step, welcome.digest, welcome.mirrored) == ("b", -1, "", (0, 0))
    with pytest.raises(NotLoadedError, match="load comes first"):
        learner.train([step_of(3)])
    learner.load(b"")
    with pytest.raises(GapError):
        learner.train([step_of(3)])
    with pytest.raises(NotLoadedError, match="holds no samples"):
        learner.train([step_of(1)])


def test_first_weights_are_the_seeds_and_nobody_elses(samples: np.ndarray) -> None:
    torch.manual_seed(1)
    before = torch.random.get_rng_state()
    one, two, other = Learning(), Learning(), Learning()
    digests = []
    for learner, seed in ((one, 3), (two, 3), (other, 4)):
        torch.rand(5)
        learner.hello(msgspec.structs.replace(GREETING, seed=seed))
        digests.append(learner.load(b"").digest)
    assert digests[0] == digests[1] != digests[2]
    torch.random.set_rng_state(before)


# each step once


def test_steps_are_made_one_after_another(learner: Learning) -> None:
    assert [outcome.number for outcome in learner.train(steps_of(1, 4))] == [1, 2, 3, 4]
    assert [outcome.number for outcome in learner.train(steps_of(5, 5))] == [5]
    assert learner.status().step == weights_of(learner).step == learner.snapshot().step == 5
    assert learner.train([]) == ()


def test_one_call_or_many_are_the_same(learner: Learning, samples: np.ndarray) -> None:
    other = taught(samples)
    together = learner.train(steps_of(1, 6))
    assert together == tuple(outcome for step in steps_of(1, 6) for outcome in other.train([step]))
    assert stand(learner) == stand(other)


def test_a_step_asked_for_again_is_answered_from_memory_and_moves_nothing(learner: Learning) -> None:
    first = learner.train(steps_of(1, 5))
    before = stand(learner)
    assert learner.train(steps_of(1, 5)) == first
    # nor does what it is made of matter: it was made
    nowhere = np.array([95], dtype=np.uint32)
    assert learner.train([step_of(3, slots=nowhere, learning_rate=1.0)]) == (first[2],)
    assert stand(learner) == before


def test_a_list_that_begins_with_steps_already_made_goes_on_where_they_end(
    learner: Learning, samples: np.ndarray
) -> None:
    first = learner.train(steps_of(1, 5))
    outcomes = learner.train(steps_of(3, 8))
    assert outcomes[:3] == first[2:]
    other = taught(samples)
    other.train(steps_of(1, 8))
    assert stand(learner) == stand(other)


@pytest.mark.parametrize(
    ("steps", "error", "said"),
    [
        ([step_of(5)], GapError, "step 5 does not follow step 3"),
        ([step_of(0)], GapError, "step 0 is forgotten; the learner stands at step 3"),
        ([step_of(4), step_of(6)], GapError, "step 6 does not follow step 4"),
        ([step_of(4), step_of(5), step_of(5)], GapError, "step 5"),
        ([step_of(5), step_of(4)], GapError, "step 5 does not follow step 3"),
        (
            [step_of(4), step_of(5, slots=np.array([0, 64], dtype=np.uint32))],
            NotLoadedError,
            "slot 64 is not mirrored; the learner holds samples 0 to 63 in 96 slots",
        ),
        ([step_of(4), step_of(5, slots=np.array([], dtype=np.uint32))], LearnerError, "without samples"),
    ],
)
def test_if_one_of_some_steps_cannot_be_made_none_is(
    learner: Learning, steps: list[Step], error: type[LearnerError], said: str
) -> None:
    learner.train(steps_of(1, 3))
    before = stand(learner)
    with pytest.raises(error, match=said):
        learner.train(steps)
    assert stand(learner) == before
    learner.train([step_of(4)])


def test_what_is_long_past_is_forgotten_and_refused(
    learner: Learning, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine.learning.learning, "REMEMBERED", 3)
    outcomes = learner.train(steps_of(1, 6))
    assert [outcome.number for outcome in outcomes] == [1, 2, 3, 4, 5, 6]
    assert learner.train(steps_of(4, 6)) == outcomes[3:]
    before = stand(learner)
    with pytest.raises(GapError, match="step 3 is forgotten; the learner stands at step 6"):
        learner.train(steps_of(3, 7))
    assert stand(learner) == before
    assert learner.train([step_of(7), step_of(4)])[1] == outcomes[3]


# what a step does


@pytest.fixture
def nothing_whitened(monkeypatch: pytest.MonkeyPatch) -> None:
    """What moves whitened matrices is tested in test_optimizer.py."""
    monkeypatch.setattr("engine.learning.whitening.SMALLEST", 1 << 20)


@pytest.mark.parametrize("belief_weight", [0.0, 0.5])
@pytest.mark.parametrize("clip", [0.05, 1e6])
@pytest.mark.usefixtures("nothing_whitened")  # before the learner is made
def test_steps_are_those_of_adamw_written_out(
    learner: Learning, samples: np.ndarray, belief_weight: float, clip: float
) -> None:
    twin = plain.PlainAdamW(weights_of(learner).flat)
    clipped = 0
    for number in range(1, 15):
        step = step_of(number, belief_weight=belief_weight, gradient_clip=clip, learning_rate=0.02 / number)
        flat, batch = learned(learner), samples[step.slots]
        value, belief, slope = slow_slope(flat, batch, belief_weight)
        length = twin.step(slope, step.learning_rate, step.weight_decay, clip, number, averages=(0.9, 0.5))
        (outcome,) = learner.train([step])
        clipped += length > clip
        assert outcome.loss == pytest.approx(value, rel=1e-5)
        assert outcome.gradient_norm == pytest.approx(length, rel=1e-5)
        if belief_weight:
            assert outcome.belief_loss == pytest.approx(belief, rel=1e-5)
        else:
            assert math.isnan(outcome.belief_loss)
        for flat, wanted in (
            (learned(learner), twin.weights),
            (weights_of(learner).flat, twin.acting),
            (weights_of(learner, average=True).flat, twin.average),
        ):
            np.testing.assert_allclose(flat, wanted, rtol=1e-4, atol=2e-5)
    assert clipped == (14 if clip < 1 else 0)


def slow_slope(flat: np.ndarray, batch: np.ndarray, belief_weight: float) -> tuple[float, float, np.ndarray]:
    """Both losses, by the plain ones, and the gradient, by a network whose parameters lie apart."""
    network = build(MODEL)
    torch.nn.utils.vector_to_parameters(torch.from_numpy(flat.copy()), network.parameters())
    said = network(torch.from_numpy(batch["row"].copy()))
    moves, targets = batch["move"].astype(int), batch["target"].astype(float)
    loss = value_loss(said.values, torch.from_numpy(moves), torch.from_numpy(batch["target"].copy()), 1.0)
    loss = loss + belief_weight * belief_loss(said.beliefs, torch.from_numpy(batch["own"].copy()))
    slope = torch.autograd.grad(loss, list(network.parameters()), allow_unused=True, materialize_grads=True)
    values, beliefs = (tensor.detach().double().numpy() for tensor in (said.values, said.beliefs))
    return (
        plain.value_loss(values, moves.tolist(), targets.tolist(), 1.0),
        plain.belief_loss(beliefs, batch["own"]),
        np.concatenate([each.numpy().ravel() for each in slope]),
    )


def test_learning_makes_the_loss_smaller(learner: Learning) -> None:
    everything = np.arange(HELD, dtype=np.uint32)
    outcomes = learner.train([step_of(number, slots=everything) for number in range(1, 101)])
    assert outcomes[-1].loss < 0.5 * outcomes[0].loss
    assert outcomes[-1].belief_loss < 0.8 * outcomes[0].belief_loss


def test_a_target_that_is_no_number_moves_nothing_but_the_count(
    learner: Learning, samples: np.ndarray
) -> None:
    learner.train(steps_of(1, 3))
    broken = samples[:1].copy()
    broken["target"] = math.nan
    learner.extend(HELD, broken)
    before = safetensors.torch.load(learner.snapshot().data)
    digest = learner.snapshot().digest
    (outcome,) = learner.train([step_of(4, slots=np.array([0, HELD], dtype=np.uint32))])
    assert math.isnan(outcome.loss)
    assert math.isnan(outcome.gradient_norm)
    after = safetensors.torch.load(learner.snapshot().data)
    assert (learner.snapshot().step, learner.snapshot().digest) == (4, digest)
    assert {name for name in after if not torch.equal(after[name], before[name])} == {"step"}
    (outcome,) = learner.train([step_of(5)])
    assert math.isfinite(outcome.gradient_norm)
    assert np.isfinite(weights_of(learner).flat).all()
    assert learner.snapshot().digest != digest


# weights and snapshots


def test_weights_come_only_if_they_are_newer_and_are_a_copy(learner: Learning) -> None:
    learner.train(steps_of(1, 3))
    for average in (False, True):
        assert learner.weights(3, average=average) is None
        newest = learner.weights(2, average=average)
        assert newest is not None
        kept = newest.flat.copy()
        learner.train(steps_of(3, 5) if average else steps_of(1, 3))
        assert (newest.flat == kept).all()
        newest.flat[:] = 0
    learner.train(steps_of(1, 6))
    assert np.abs(weights_of(learner).flat).sum() > 0


def test_weights_that_are_no_numbers_are_in_no_snapshot(learner: Learning) -> None:
    learner.train(steps_of(1, 3))
    assert learner._pupil
    learner._pupil.flat[7] = math.inf
    with pytest.raises(LearnerError, match="the weights of step 3 hold what is no number"):
        learner.snapshot()


@pytest.mark.parametrize("made", [0, 1, 7])
def test_a_learner_that_loads_a_snapshot_goes_on_bit_for_bit(
    learner: Learning, samples: np.ndarray, made: int
) -> None:
    learner.train(steps_of(1, made))
    snapshot = learner.snapshot()
    fresh = Learning(manner=EXACT)
    fresh.hello(GREETING)
    welcome = fresh.load(snapshot.data)
    assert (welcome.step, welcome.digest) == (snapshot.step, snapshot.digest) == (made, stand(learner)[1])
    fresh.extend(0, samples)
    assert fresh.train(steps_of(made + 1, made + 9)) == learner.train(steps_of(made + 1, made + 9))
    assert stand(fresh) == stand(learner)
    assert (weights_of(fresh, average=True).flat == weights_of(learner, average=True).flat).all()


def test_going_back_forgets_what_came_after(learner: Learning, samples: np.ndarray) -> None:
    learner.train(steps_of(1, 3))
    kept, before = learner.snapshot().data, stand(learner)
    first = learner.train(steps_of(4, 6))
    learner.load(kept)
    assert stand(learner) == before
    learner.extend(0, samples)
    with pytest.raises(GapError, match="step 6 does not follow step 3"):
        learner.train([step_of(6)])
    other = learner.train([step_of(4, learning_rate=1e-3), *steps_of(5, 6)])
    assert other[0] == first[0]
    assert other[1] != first[1]


def test_outcomes_of_another_past_are_forgotten(learner: Learning, samples: np.ndarray) -> None:
    learner.train(steps_of(1, 3))
    other = taught(samples)
    other.train([step_of(number, learning_rate=0.1) for number in range(1, 6)])
    learner.load(other.snapshot().data)
    with pytest.raises(GapError, match="step 2 is forgotten; the learner stands at step 5"):
        learner.train([step_of(2)])


def damaged_snapshots(sound: bytes) -> dict[str, bytes]:
    tensors = safetensors.torch.load(sound)
    other = Learning()
    other.hello(msgspec.structs.replace(GREETING, model=msgspec.structs.replace(MODEL, hidden_size=16)))
    other.load(b"")
    lacking = {f"without {name}": save_without(tensors, name) for name in tensors}
    return lacking | {
        "cut short": sound[:-1],
        "no snapshot": b"x",
        "much too long": (2**62).to_bytes(8, "little") + sound[8:],
        "of another network": other.snapshot().data,
        "of other numbers": safetensors.torch.save(tensors | {"average": tensors["average"].double()}),
        "of two steps": safetensors.torch.save(tensors | {"step": torch.tensor([1, 2])}),
    }


def save_without(tensors: dict[str, torch.Tensor], name: str) -> bytes:
    return safetensors.torch.save({key: tensor for key, tensor in tensors.items() if key != name})


def test_a_snapshot_that_does_not_fit_is_refused_and_the_learner_stands_where_it_stood(
    learner: Learning,
) -> None:
    outcomes = learner.train(steps_of(1, 3))
    before = stand(learner)
    for what, data in damaged_snapshots(learner.snapshot().data).items():
        with pytest.raises(LearnerError, match="snapshot"):
            learner.load(data)
        assert stand(learner) == before, what
        assert learner.train(steps_of(1, 3)) == outcomes, what
    with pytest.raises(
        LearnerError, match=r"snapshot: weights is float32\[\d+\]; this network needs float32"
    ):
        learner.load(damaged_snapshots(learner.snapshot().data)["of another network"])
    learner.train([step_of(4)])


# how it fares


def test_it_tells_how_it_fares(learner: Learning) -> None:
    fresh = Learning().status()
    assert fresh.step == -1
    learner.train(steps_of(1, 2))
    status = learner.status()
    assert status.step == 2
    assert status.device.startswith("cpu (")
    assert status.memory > 10 * 2**20
    assert 0 <= status.uptime <= learner.status().uptime
    assert learner.hello(GREETING).device == status.device


def test_a_card_that_tells_not_everything_tells_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    def untold(_: torch.device) -> int:
        raise RuntimeError("not supported")

    monkeypatch.setattr(torch.cuda, "utilization", lambda _: 93)
    monkeypatch.setattr(torch.cuda, "temperature", lambda _: 71)
    monkeypatch.setattr(torch.cuda, "power_draw", untold)
    assert gauges(torch.device("cuda")) == {"utilisation": 93, "temperature": 71}


def test_memory_is_told_in_bytes_wherever_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    here = Learning().status().memory
    monkeypatch.setattr("engine.learning.learning.sys.platform", "darwin")
    assert Learning().status().memory < here / 500  # there the system itself says bytes


def test_the_rows_it_learns_from_are_those_of_this_version(samples: np.ndarray) -> None:
    assert samples["row"].shape == (HELD, observation.WIDTH)
    assert (samples["own"] > 0).any()
