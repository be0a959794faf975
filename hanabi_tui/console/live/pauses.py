"""Why a run is paused, told by its reason: that is all that a run says of it."""

LEARNER = ("the learner is gone", "the learner cannot be reached")
"""How reasons begin that are the link's fault; the run tries again by itself."""

DISK = ("cannot write",)
"""Where the disk is full, or gone; the run tries again by itself."""

ILL = ("loss ", "the score fell")
"""Where learning made no sense any more; the run rests until somebody says what to do."""


def waits(reason: str) -> bool:
    """Whether the run waits for something, and goes on by itself when that is there."""
    return reason.startswith(LEARNER + DISK)


def by_itself(reason: str) -> bool:
    """Whether nobody asked for the pause."""
    return reason.startswith(LEARNER + DISK + ILL)
