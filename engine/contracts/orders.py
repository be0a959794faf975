"""What a run tells its workers, and what they report: frozen tagged messages."""

import msgspec

from engine.game.variants import Variant
from engine.settings.config import ModelSection, SimulationSection


class Setup(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Who a worker is, and what it plays."""

    worker: int
    life: int  # how often this worker was started before: each life draws other decks
    since: int  # samples of the run when its crew was started: likewise
    seed: int
    model: ModelSection
    simulation: SimulationSection
    discount: float
    trace: float
    variants: tuple[Variant, ...]
    slots: int
    weights: int  # how many a network has
    newest: int  # descriptor of the board that the worker plays with
    average: int  # of the one that is evaluated
    samples: int  # of its sample slots
    judge: int = -1  # of the line on which it asks for moves; −1: it finds them out itself
    games: bytes  # where to go on (Kept.games); empty: from fresh decks


class Play(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Play a chunk into a slot."""

    slot: int


class Evaluate(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Play whole games greedily, with the average of weights."""

    number: int
    variants: tuple[Variant, ...]
    games: int  # of each variant
    seed: int


class Keep(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Say what it takes to go on from here."""


class Ready(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Set up; from now on it plays."""


class Played(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A chunk stands in its slot."""

    slot: int
    step: int  # of the weights it was played with
    games: int  # that came to their end in it
    points: int  # the sum of their scores, strict
    afar: bool = False  # whether the learner found out the moves
    chose: str = ""  # said once: which way of finding them out is kept, and why


class Highlight(msgspec.Struct, frozen=True, kw_only=True):
    """A game of an evaluation that people will want to look at."""

    kind: str  # why, as engine.players.highlights says
    players: int
    score: int  # strict
    game: bytes  # hanab.live's JSON


class Evaluated(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """How the games of an evaluation ended."""

    number: int
    step: int  # of the weights that played
    points: tuple[bytes, ...]  # uint8[K] for each variant
    struck_out: tuple[bytes, ...]  # bool[K] likewise
    highlights: tuple[Highlight, ...] = ()


class Kept(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What it takes to go on."""

    games: bytes


class Asked(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """On the line to the learner: a question for the best moves."""

    half: int  # of the worker's games, of which it asks
    rows: bytes  # uint8[N, 169]


class Answered(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """On the line from the learner: the best moves."""

    half: int
    step: int  # of the weights
    moves: bytes  # uint8[N] shared numbers
    values: bytes  # float32[N]
    again: bool = False  # the learner was out of reach when it was asked first


class Broke(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """It met an error and ends; `games` are those it was playing."""

    why: str
    games: bytes


Order = Setup | Play | Evaluate | Keep
Report = Ready | Played | Evaluated | Kept | Broke
