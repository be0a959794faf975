"""Work on samples in as few parts as a device's memory allows."""

import logging
from collections.abc import Callable

import torch

from engine.contracts.learner import LearnerError

_log = logging.getLogger(__name__)


class Portions:
    """What was found out about how many samples fit; what was too much once is not tried again."""

    def __init__(self) -> None:
        self._most = 0  # samples at once; 0: it never was too much

    @property
    def most(self) -> int | None:
        """Samples that are worked on at once; None: as many as there are."""
        return self._most or None

    def each(self, count: int, restart: Callable[[], None], work: Callable[[slice], None]) -> None:
        """Do some work on parts of `count` samples, after `restart`; again, in halves, where memory ends.

        Raises LearnerError where there is not even room for one sample.
        """
        while True:
            restart()
            most = min(self._most or count, count)
            try:
                for start in range(0, count, most):
                    work(slice(start, min(start + most, count)))
                return
            except RuntimeError as error:
                if not is_out_of_memory(error):
                    raise
                why = str(error).splitlines()[0]
            # here, not above: the error held on to all that was reckoned
            self._halve(most, why)

    def _halve(self, tried: int, why: str) -> None:
        if tried == 1:
            raise LearnerError(f"there is no room here to learn from even one sample: {why}")
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        self._most = (tried + 1) // 2
        _log.warning(
            "no room for %d samples at once: from now on steps are made of %d at a time, with the same "
            "result (%s)",
            tried,
            self._most,
            why,
        )


def is_out_of_memory(error: RuntimeError) -> bool:
    """Whether a device had no room; each kind of device says so in its own way."""
    words = ("out of memory", "can't allocate memory", "not enough memory")
    return isinstance(error, torch.OutOfMemoryError) or any(word in str(error).lower() for word in words)
