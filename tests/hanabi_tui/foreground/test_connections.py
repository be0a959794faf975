"""What is told of the connections to a learner: of one that died, and of those before it."""

import os
from pathlib import Path

import pytest
from small_run import until

from hanabi_tui.foreground.embedded import EmbeddedLearner
from hanabi_tui.settings import Given, load
from remote.errors import LinkError


def test_a_dead_learner_has_no_round_trip_and_what_went_to_it_still_counts(tmp_path: Path) -> None:
    learner = EmbeddedLearner(load(Given(flags={"preset": "cpu"}), {}).config, tmp_path / "run")
    assert learner.link().connects == 0
    assert learner.link().round_trip is None
    try:
        learner.connect()
        until(lambda: learner.link().round_trip is not None, "a round trip")
        assert learner._child is not None
        learner._child.kill()
        until(lambda: learner.link().round_trip is None, "the loss")
        dead = learner.link()
        assert dead.connects == 1
        assert dead.sent > 0 < dead.received
        learner.connect()
        until(lambda: learner.link().round_trip is not None, "a round trip to the next one")
        again = learner.link()
        assert again.connects == 2
        assert again.sent > dead.sent
        assert again.received > dead.received
    finally:
        learner.stop()
    assert learner.link().round_trip is None


def test_a_run_whose_own_gpu_is_gone_waits_for_it_and_does_not_go_on_by_the_cpu(tmp_path: Path) -> None:
    flags = {"preset": "cpu", "device": "auto"}
    learner = EmbeddedLearner(load(Given(flags=flags), {}).config, tmp_path / "run")
    try:
        learner.connect()
        assert learner._child is not None
        assert learner._device.name  # what this machine has is told already
        os.write(learner._device.writer, b"cuda:77")  # as a learner does that found this one
        learner._child.kill()
        learner._child.wait()
        with pytest.raises(LinkError, match="the learner ended with exit code 1 before it answered"):
            learner.connect()
    finally:
        learner.stop()
    assert "device 'cuda:77' cannot be used" in (tmp_path / "run/logs/learner.log").read_text()
