"""What the engine refuses, as a tree. A run, a learner or a checkpoint has errors of its own, beside it.

    EngineError
    ├── VariantError      a variant that cannot be played
    ├── DeckError         a deck that does not belong to its variant
    ├── IllegalMoveError  a move the rules forbid in this position
    ├── ShapeError        an array of another shape or kind of numbers
    ├── RowError          a compact row that cannot hold this game, or of another version
    ├── RecordingError    a recorded game, file or link that makes no game
    ├── AgentError        an unknown agent, or one given games or moves it cannot take
    └── ConfigError       settings that cannot be used; `mistakes` has them one by one

A wrong index is Python's IndexError. Each message says what was wrong, where, what was given and what is
allowed. Whoever raises one has changed nothing.
"""

from collections.abc import Iterable


class EngineError(ValueError):
    """The engine was given something it cannot use; nothing was changed."""


class VariantError(EngineError):
    """A variant that cannot be played."""


class DeckError(EngineError):
    """A deck that does not belong to its variant."""


class IllegalMoveError(EngineError):
    """A move that the rules forbid in this position."""


class ShapeError(EngineError):
    """An array of another shape or kind of numbers than is needed."""


class RowError(EngineError):
    """A compact row that cannot hold this game, or that has another version."""


class RecordingError(EngineError):
    """A recorded game, file or link code that makes no game."""


class AgentError(EngineError):
    """An agent nobody knows, or one given games or moves it cannot take."""


class ConfigError(EngineError):
    """Settings that cannot be used: all that is wrong with them at once, a sentence each."""

    def __init__(self, mistakes: Iterable[str]) -> None:
        self.mistakes = tuple(mistakes)
        if len(self.mistakes) == 1:
            super().__init__(self.mistakes[0])
        else:
            listed = "".join(f"\n  {mistake}" for mistake in self.mistakes)
            super().__init__(f"{len(self.mistakes)} mistakes in the settings:{listed}")
