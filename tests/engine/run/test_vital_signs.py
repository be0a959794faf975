"""What is found out about a learner besides how it fares, and told once."""

from concurrent.futures import Future
from pathlib import Path
from typing import Any

from engine.contracts.vitals import Status
from engine.run.vital_signs import VitalSigns


class Cramped:
    """A learner whose device has less and less room."""

    def __init__(self, *at_once: int | None) -> None:
        self._left = list(at_once)

    def status(self) -> Future[Status]:
        answer: Future[Status] = Future()
        answer.set_result(
            Status(
                device="cuda", step=1, uptime=1.0, memory=1, at_once=self._left.pop(0) if self._left else None
            )
        )
        return answer


def test_that_steps_are_made_in_parts_is_told_once_and_again_when_they_are_smaller(tmp_path: Path) -> None:
    signs, learner = VitalSigns(tmp_path, lambda: None), Cramped(None, 512, 512, 256, None)
    told = []
    for _ in range(6):
        as_learner: Any = learner
        signs.take(as_learner)
        told.append(signs.remark())
    assert [remark.partition("made of ")[2][:3] for remark in told] == ["", "", "512", "", "256", ""]
