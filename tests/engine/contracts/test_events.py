"""What an evaluation says of all its variants together."""

import math

import msgspec
import pytest
from some_events import evaluated

from engine.contracts.events import AnyEvent, Begun, Evaluated, metrics


def test_the_mean_of_variants_weighs_each_the_same_and_has_an_error() -> None:
    event = evaluated(1, 10.0, 20.0)
    assert event.mean == 15.0
    assert event.error == pytest.approx(math.sqrt(2 * 0.05**2) / 2)


def test_an_evaluation_of_nothing_has_no_mean() -> None:
    event = evaluated(1)
    assert math.isnan(event.mean) and math.isnan(event.error)


def test_what_is_reckoned_from_scores_is_no_field_and_so_is_not_recorded() -> None:
    assert not {"mean", "error"} & {metric.name for metric in metrics(Evaluated)}


def test_a_beginning_that_does_not_say_which_program_it_was_is_still_read() -> None:
    kept = '{"type":"Begun","time":9.0,"step":0,"run":"run-1","pid":12,"generation":-1}'
    found = msgspec.json.decode(kept, type=AnyEvent)
    assert found == Begun(time=9.0, step=0, run="run-1", pid=12, generation=-1)
    assert (found.version, found.commit, found.torch, found.numpy) == ("", "", "", "")
