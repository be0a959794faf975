"""The mirror of the replay, against a dictionary of what each slot holds."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.contracts.learner import LearnerError, NotLoadedError
from engine.learning.mirror import Mirror
from engine.store.sample import SAMPLE

CPU = torch.device("cpu")


class SlowMirror:
    """Samples by number; going back voids what follows, a gap voids all."""

    def __init__(self, capacity: int) -> None:
        self.capacity, self.first, self.end = capacity, 0, 0
        self.held: dict[int, bytes] = {}

    def extend(self, first: int, samples: np.ndarray) -> None:
        if not self.first <= first <= self.end:
            self.held, self.first = {}, first
        self.held = {number: sample for number, sample in self.held.items() if number < first}
        for number, sample in enumerate(samples, first):
            self.held[number] = sample.tobytes()
        self.end = first + len(samples)
        self.first = max(self.first, self.end - self.capacity)
        self.held = {number: sample for number, sample in self.held.items() if number >= self.first}

    def slots(self) -> dict[int, bytes]:
        return {number % self.capacity: sample for number, sample in self.held.items()}


def marked(first: int, count: int, mark: int) -> np.ndarray:
    """Samples that tell their number and when they came."""
    samples = np.zeros(count, dtype=SAMPLE)
    samples["target"], samples["move"] = np.arange(first, first + count), mark
    samples["row"] = (np.arange(first, first + count) % 251)[:, None]
    return samples


MOVES = st.tuples(
    st.sampled_from(["on", "on", "back", "gap", "before"]), st.integers(0, 12), st.integers(0, 30)
)


@settings(max_examples=200)
@given(st.integers(1, 12), st.lists(MOVES, max_size=12))
def test_each_slot_holds_the_newest_sample_of_its_number(
    capacity: int, moves: list[tuple[str, int, int]]
) -> None:
    fast, slow = Mirror(capacity, CPU), SlowMirror(capacity)
    for mark, (where, size, far) in enumerate(moves):
        held = slow.end - slow.first
        first = {
            "on": slow.end,
            "back": slow.end - far % (held + 1),
            "gap": slow.end + 1 + far,
            "before": max(0, slow.first - 1 - far),
        }[where]
        samples = marked(first, min(size, capacity), mark)
        fast.extend(first, samples)
        slow.extend(first, samples)
        assert (fast.first, fast.end) == (slow.first, slow.end)
        holding = slow.slots()
        for slot in range(capacity + 2):
            asked = np.array([slot], dtype=np.uint32)
            if slot in holding:
                fast.check(asked)
                assert fast.gather(asked).numpy().tobytes() == holding[slot]
            else:
                with pytest.raises(NotLoadedError, match=f"slot {slot} is not mirrored"):
                    fast.check(asked)


def test_a_batch_comes_in_the_order_it_was_asked_for_and_may_repeat() -> None:
    mirror, samples = Mirror(10, CPU), marked(0, 10, 7)
    mirror.extend(0, samples)
    slots = np.array([3, 9, 3, 0], dtype=np.uint32)
    mirror.check(slots)
    assert mirror.gather(slots).numpy().tobytes() == samples[[3, 9, 3, 0]].tobytes()


def test_a_batch_is_refused_for_one_slot_and_the_message_names_it() -> None:
    mirror = Mirror(10, CPU)
    with pytest.raises(
        NotLoadedError, match="slot 0 is not mirrored; the learner holds no samples in 10 slots"
    ):
        mirror.check(np.array([0], dtype=np.uint32))
    mirror.extend(0, marked(0, 4, 0))
    for slot in (4, 9, 10, 13, 2**32 - 1):
        with pytest.raises(
            NotLoadedError, match=f"slot {slot} is not mirrored; the learner holds samples 0 to 3 in 10 slots"
        ):
            mirror.check(np.array([0, 3, slot, 1], dtype=np.uint32))


def test_a_step_without_samples_is_refused() -> None:
    mirror = Mirror(4, CPU)
    mirror.extend(0, marked(0, 4, 0))
    with pytest.raises(LearnerError, match="a step without samples"):
        mirror.check(np.empty(0, dtype=np.uint32))


def test_more_than_it_holds_is_refused_and_nothing_changes() -> None:
    mirror = Mirror(4, CPU)
    mirror.extend(0, marked(0, 4, 1))
    with pytest.raises(LearnerError, match="5 samples at once; the replay holds 4"):
        mirror.extend(4, marked(4, 5, 2))
    assert (mirror.first, mirror.end) == (0, 4)
    assert (
        mirror.gather(np.arange(4, dtype=np.uint32)).numpy() == marked(0, 4, 1).view(np.uint8).reshape(4, -1)
    ).all()


def test_what_was_handed_in_may_change_afterwards() -> None:
    mirror, samples = Mirror(4, CPU), marked(0, 4, 1)
    mirror.extend(0, samples)
    samples["move"] = 9
    assert (
        mirror.gather(np.arange(4, dtype=np.uint32)).numpy() == marked(0, 4, 1).view(np.uint8).reshape(4, -1)
    ).all()
