"""What a console asks of a table, and what that answers: lines of JSON, one answer to each request.

    python -m hanabi_tui.table
    {"type":"Open","number":1,"source":"checkpoints/games/000012400-2p-worst-14.json"}
    {"type":"Laid","number":1,"game":{…}}

A table holds one game at a time: one that was recorded, or one that is being played. What cannot be done is
answered by Refused, in words. The process ends when its input does.
"""

import msgspec

from engine.errors import EngineError
from engine.records.position import Position

LONGEST = 65_536
"""Bytes of a request."""

HUMAN = "you"
"""Who sits where a person does, among the names of bots and checkpoints."""


class Open(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Lay a recorded game on the table: Laid."""

    number: int
    source: str  # a file of hanab.live's JSON, or a hanab.live link


class Deal(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Deal a new game, and let the others play until it is a person's turn: Laid."""

    number: int
    variant: str = "full"
    seats: tuple[str, ...]  # HUMAN, bots, checkpoints as `hanabi-tui evaluate` spells them; seat 0 begins
    seed: str = ""  # a whole number decides the deck; empty: any


class Make(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Make a person's move, and let the others play until it is a person's turn again: Went."""

    number: int
    deed: str  # as in engine.records.position
    slot: int = -1  # played or discarded, from 0
    target: int = -1  # the seat hinted at
    value: str = ""  # named by the hint: a colour's letter, or a rank's digit


class TakeBack(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Go back to the person's turn before: Went."""

    number: int


class Judge(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Say what an agent thinks of the turns of this game: Judged."""

    number: int
    agent: str  # as in Deal.seats; empty: only what can be known from the cards
    since: int = 0  # the first turn of interest


class Save(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Write the game as hanab.live's JSON, and make its link: Saved."""

    number: int
    path: str = ""  # empty: no file, only the link
    turn: int = 0  # where the link opens it


Request = Open | Deal | Make | TakeBack | Judge | Save


class Choice(msgspec.Struct, frozen=True, omit_defaults=True):
    """A legal move."""

    move: int  # its id
    deed: str
    words: str  # `hint red to Bob`
    slot: int = -1
    target: int = -1
    value: str = ""


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """A position, what could be done in it, and what was."""

    position: Position
    choices: tuple[Choice, ...] = ()
    made: int = -1  # the id of the move; −1: none yet


class Game(msgspec.Struct, frozen=True, kw_only=True):
    """A game on the table."""

    title: str
    variant: str
    names: tuple[str, ...]  # by seat
    people: tuple[int, ...] = ()  # seats that people have
    notes: tuple[tuple[str, ...], ...] = ()
    turns: tuple[Turn, ...]  # from the deal to the present
    result: str  # how it stands, in words


class Laid(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A game lies on the table."""

    number: int
    game: Game


class Went(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The game went on, or back: from the turn `since` on it is now so."""

    number: int
    since: int
    turns: tuple[Turn, ...]
    result: str


class Appraisal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an agent thinks in a turn."""

    values: dict[int, float] = {}  # discounted points to come after each legal move's id, best first
    beliefs: tuple[tuple[float, ...], ...] = ()  # of the mover, by own card: probability of R1, R2, … B5
    rank: int = 0  # of the move made among the legal ones, 1 the best; 0: none was made, or no values
    loss: float = 0.0  # points between the best move and the one made
    fall: float = 0.0  # points expected before the move, less those that it brought and left to expect


class Judged(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What an agent thinks of a game."""

    number: int
    agent: str  # its short name; empty: nobody
    source: str  # where beliefs come from, in words
    since: int
    appraisals: tuple[Appraisal, ...]  # of the turns from `since` on
    remark: str = ""  # why there is less than was asked for, in words


class Saved(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The game was written."""

    number: int
    path: str  # empty: it was not
    link: str  # empty: there is none
    remark: str  # why there is no link, or what it does not hold, in words
    replaced: bool = False  # whether another file was


class Refused(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What was asked cannot be done; nothing has changed."""

    number: int  # −1: it was no request
    why: str


Reply = Laid | Went | Judged | Saved | Refused

_encoder = msgspec.json.Encoder()
_requests: msgspec.json.Decoder[Request] = msgspec.json.Decoder(Request)
_replies: msgspec.json.Decoder[Reply] = msgspec.json.Decoder(Reply)


class TableError(EngineError):
    """A message that is none, a table that cannot be used, or what it refused; says why."""


def encode(message: Request | Reply) -> bytes:
    """A line."""
    return _encoder.encode(message) + b"\n"


def request_of(line: bytes) -> Request:
    """What was asked. Raises TableError."""
    if len(line) > LONGEST:
        raise TableError(f"not understood: more than {LONGEST} bytes in a line")
    try:
        return _requests.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise TableError(f"not understood: {error}") from None


def reply_of(line: bytes) -> Reply:
    """What was answered. Raises TableError."""
    try:
        return _replies.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise TableError(f"the table answers what this program does not understand: {error}") from None
