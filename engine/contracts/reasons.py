"""Why a run is paused: how the reasons begin that it gives by itself, and what these beginnings say.

A reason is a sentence for people. The run writes its own from these beginnings, and lets no other begin so:
whoever reads one, in an event or in a line of the log, can tell what it is due to.
"""

ASKED = "asked to"
"""The reason of who asked for a pause without one."""

GONE, UNREACHED = "the learner is gone", "the learner cannot be reached"
UNWRITTEN = "cannot write"
LOSS, LOW = "loss", "the score fell"

LEARNER = (GONE, UNREACHED)
"""How reasons begin that are the link's fault; the run tries again by itself."""

DISK = (UNWRITTEN,)
"""Where the disk is full, or gone; the run tries again by itself."""

ILL = (LOSS, LOW)
"""Where learning made no sense any more; the run rests until somebody says what to do."""


def waits(reason: str) -> bool:
    """Whether the run waits for something, and goes on by itself when that is there."""
    return reason.startswith(LEARNER + DISK)


def by_itself(reason: str) -> bool:
    """Whether nobody asked for the pause."""
    return reason.startswith(LEARNER + DISK + ILL)


def asked_for(words: str) -> str:
    """The reason of who asked for a pause in these words, which may be any."""
    plain = " ".join(words.split())  # as a line of the log has them
    return f"{ASKED}: {words}" if by_itself(plain) else words
