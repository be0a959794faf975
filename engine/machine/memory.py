"""How the processes that learn and play ask the system for memory."""

import os

_KEEP = str(1 << 30)  # bytes


def keeping_memory() -> dict[str, str]:
    """The environment for such a process: this one's, and that freed memory is kept for the next array.

    glibc gives large arrays back to the system at once, and takes them again page by page soon after:
    some hundreds of page faults a step, measured at 5 % of the learner's time. Other C libraries ignore it.
    """
    ours = {f"MALLOC_{name}_": _KEEP for name in ("TRIM_THRESHOLD", "MMAP_THRESHOLD")}
    # no settings: an auth_token is for a learner on another machine, and for no child's eyes
    others = {key: value for key, value in os.environ.items() if not key.startswith("HANABI_")}
    return {**ours, "MALLOC_TOP_PAD_": str(1 << 26), **others}
