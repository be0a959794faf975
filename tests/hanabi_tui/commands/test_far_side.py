"""What doctor makes of a learner's own words."""

from importlib.metadata import version

import pytest

from engine.contracts.vitals import Status
from hanabi_tui.commands.far_side import of_status
from hanabi_tui.commands.finding import Verdict

HERE = version("hanabi-tui")
NOW = 1e9
GPU = {
    "device": "cuda:0 (some GPU)",
    "memory": 4 << 30,
    "memory_total": 8 << 30,
    "clock": NOW,
    "version": HERE,
}


def found(**changes: object) -> dict[str, tuple[Verdict, str, str]]:
    """Findings by what they are about."""
    status = Status(**{"step": 5, "uptime": 1.0, **GPU, **changes})  # type: ignore[arg-type]
    return {each.about: (each.verdict, each.text, each.advice) for each in of_status(status, NOW)}


def test_a_gpu_with_room_the_same_version_and_the_same_clock_are_well() -> None:
    assert {about: verdict for about, (verdict, *_) in found().items()} == {
        "device": Verdict.OK,
        "clock": Verdict.OK,
    }


@pytest.mark.parametrize(
    ("changes", "about", "words", "advice"),
    [
        ({"device": "cpu (4 threads)", "memory_total": None}, "device", "cpu", "torch installed with CUDA"),
        ({"memory": 7.9 * (1 << 30)}, "device", "8.5 of 8.6 GB", "--batch-size 128"),
        ({"version": "9.9"}, "versions", f"hanabi-tui 9.9 there, {HERE} here", "both sides"),
        ({"clock": NOW - 3600}, "clock", "-3600 s there", "timedatectl"),
    ],
)
def test_what_is_not_well_is_said_with_what_to_do(
    changes: dict[str, object], about: str, words: str, advice: str
) -> None:
    verdict, text, what_to_do = found(**changes)[about]
    assert verdict is Verdict.NOTE
    assert words in text
    assert advice in what_to_do


def test_a_learner_that_does_not_tell_its_version_or_clock_is_not_suspected() -> None:
    assert found(version="", clock=None).keys() == {"device"}
