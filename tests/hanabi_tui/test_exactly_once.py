"""Messages lost, repeated and out of turn, learners killed at the worst moment: each step is made once."""

import os
import signal
from pathlib import Path

import pytest
from meddling_link import Act, MeddlingLink, lose, overtake, repeat
from small_run import PATIENCE, SERIAL, Ending, SmallRun, assert_agrees, ending


def direct(link: MeddlingLink) -> list[str]:
    return ["--gpu-host", "127.0.0.1", "--gpu-port", str(link.port), "--transport", "direct"]


HARMS = [
    *((kind, lose) for kind in ("ExtendPacked", "Done", "Train", "Made", "AskWeights", "WeightsSent")),
    *((kind, lose) for kind in ("AskSnapshot", "SnapshotSent")),
    *((kind, repeat) for kind in ("ExtendPacked", "Train", "Made")),
    *((kind, overtake) for kind in ("Made", "Train", "Done")),
]


def test_messages_that_are_lost_come_twice_or_out_of_turn_change_nothing(
    tmp_path: Path, start, undisturbed: Ending
) -> None:
    link = MeddlingLink(start("--port", "0").address)
    with SmallRun(tmp_path / "run", *direct(link), settings=SERIAL) as run:
        run.wait_for("saved", times=2)
        for kind, harm in HARMS:
            assert link.once(kind, harm).wait(PATIENCE), (kind, harm)
        welcome = link.once("Stands", lose)
        link.once("Made", lose)
        assert welcome.wait(PATIENCE)
        said = run.finish()
    assert ending(tmp_path / "run") == undisturbed
    assert_agrees(tmp_path / "run")
    # the learner lived on, so that hardly ever anything had to be made again
    assert said.count("nothing was lost") >= 8, said
    link.close()


@pytest.mark.parametrize(
    "moments", [("Train", "Made"), ("AskSnapshot", "SnapshotSent")], ids=["a step", "a save"]
)
def test_a_learner_killed_before_and_after(
    tmp_path: Path, start, undisturbed: Ending, moments: tuple[str, str]
) -> None:
    gpu = start("--port", "0")
    link = MeddlingLink(gpu.address)

    def kill(pass_on: Act, cut: Act) -> None:
        os.kill(gpu.learner, signal.SIGKILL)
        cut()

    with SmallRun(tmp_path / "run", *direct(link), settings=SERIAL) as run:
        run.wait_for("saved", times=2)
        for moment in moments:
            assert link.once(moment, kill).wait(PATIENCE), moment
            run.wait_for("went back to generation")
        run.finish()
    assert ending(tmp_path / "run") == undisturbed
    assert_agrees(tmp_path / "run")
    link.close()
