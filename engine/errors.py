"""Everything the engine can refuse, as a tree; with the module below `engine`, where it is not the parent's.

    EngineError
    ├── VariantError         a variant that cannot be played
    ├── DeckError            a deck that does not belong to its variant
    ├── IllegalMoveError     a move the rules forbid in this position
    ├── ShapeError           an array of another shape or kind of numbers
    ├── RowError             a compact row that cannot hold this game, or of another version
    ├── RecordingError       a recorded game, file or link that makes no game
    ├── AgentError           an unknown agent, or one given games or moves it cannot take
    ├── ConfigError          settings that cannot be used; `mistakes` has them one by one
    ├── TokenSourceError     machine.credential: a token that cannot be had, or that others can read
    ├── StateError           contracts.states: a change of state that is not in the table
    ├── LearnerError         contracts.learner: a learner refused a call
    │   ├── MismatchError       run and learner do not fit: trying again helps nobody
    │   ├── GapError            a step that is neither the next one nor remembered
    │   ├── NotLoadedError      it holds no weights yet, or not the samples
    │   ├── BusyError           it works for another run: later it may be free
    │   └── BarredError         the way to it is barred until a person opens it
    ├── ReplayError          store.ring: a replay file that this program cannot use
    ├── GenerationError      store.manifest: a checkpoint that is broken, or none at all
    │   └── OtherVersionError   one of another version of this program
    ├── MetricsError         store.history: a run.db that cannot be used or read
    │   └── NotRecordedError    store.metrics: one that cannot be written; later it may be
    ├── LockedError          store.directory: another run holds the directory
    ├── DirectoryError       store.directory: a directory that cannot be used for a run
    ├── ModelError           networks.transformer: numbers that make no network
    ├── CrewError            workers.crew: a worker that cannot be kept alive
    ├── RunError             run.ground: a run that cannot begin or go on
    └── ControlError         control.messages: a run that cannot be reached, or does not answer
        └── ControlGoneError    control.client: it ended, or let go of the connection

A learner out of reach is a ConnectionError, in two cases one of contracts.learner: AwaitedError, UnsureError.
A wrong index is Python's IndexError. Each message says what was wrong, where, what was given and what is
allowed. Whoever raises one that is at home in this module has changed nothing.
"""

from collections.abc import Iterable


class EngineError(ValueError):
    """The engine was given something it cannot use."""


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
