"""What is told of the connections to a learner: of one that died, and of those before it."""

from pathlib import Path

from small_run import until

from hanabi_tui.foreground.embedded import EmbeddedLearner
from hanabi_tui.settings import Given, load


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
