"""Keys that belong to a move which is not made: they come all the same, and shall do nothing else."""

from dataclasses import dataclass

from hanabi_tui.console.tables.spelling import HINT, NAMES

DIGITS = "123456789"
COLOURS = "".join(NAMES).lower()


@dataclass
class Stray:
    """What may still come: slots, seats, ranks and colours; the first key that is none of these ends it.

    Attributes:
      keys: of these.
      count: so many.
    """

    keys: str = ""
    count: int = 0

    @classmethod
    def after(cls, deed: str, *, aimed: bool = True, colours: bool = True) -> "Stray":
        """What may still come after a deed's key.

        Args:
          deed: PLAY, DISCARD or HINT.
          aimed: whether it is known whom a hint is for.
          colours: whether letters are guarded, too: they do harm only where a game goes on.
        """
        if deed != HINT:
            return cls(DIGITS, 1)
        return cls(DIGITS + COLOURS * colours, 1 if aimed else 2)

    def takes(self, key: str) -> bool:
        """Whether a key is one of them, and so shall do nothing."""
        taken = self.count > 0 and len(key) == 1 and key in self.keys
        self.count = self.count - 1 if taken else 0
        return taken
