"""Paths as people write them where no shell sees them: in a file, a prompt, an environment."""

import os


def at_home(path: str) -> str:
    """A path with its ~ resolved; as it is where no such user is known, for which Path.expanduser raises."""
    return os.path.expanduser(path)  # noqa: PTH111
