"""How `hanabi-gpu` and its learner log: to standard output, for people and for journald."""

import logging
import sys

from engine.machine.printable import shown


class Plain(logging.Formatter):
    """A record as a line. What peers say of themselves stands in it, and is made safe for a terminal."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # logging's name
        """The line."""
        return shown(super().formatMessage(record))


def log_plainly() -> None:
    """Log like that from now on."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(Plain("%(asctime)s  %(message)s", "%H:%M:%S"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
