"""The device that the learners of one program compute on, life after life."""

import contextlib
import os
import weakref


class FoundDevice:
    """The device that is named; or, for "auto", the GPU that a learner once found.

    Those after it take that one as well: while it is gone, after a suspend, they cannot begin, and are
    started again until it is back. Else the CPU would be found, and taken for ever.

    Args:
      named: "auto", or a device as torch names it.

    Attributes:
      writer: file descriptor that a learner must have, for it tells there what it computes on.
    """

    def __init__(self, named: str) -> None:
        self._name = named
        self._reader, self.writer = os.pipe()
        os.set_blocking(self._reader, False)
        for end in (self._reader, self.writer):
            weakref.finalize(self, os.close, end)

    @property
    def name(self) -> str:
        """What the next learner shall compute on."""
        if self._name == "auto":
            with contextlib.suppress(BlockingIOError):  # none of them got so far
                found = os.read(self._reader, 100).decode()
                self._name = "auto" if found == "cpu" else found
        return self._name

    @property
    def flags(self) -> list[str]:
        """Of `remote.serving`, for the next learner."""
        return ["--device", self.name, "--tell-device", str(self.writer)]
