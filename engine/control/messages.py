"""The control API: what consoles, command-line verbs and a run say to each other over `control.sock`.

A Unix socket in the run's directory, mode 0600: whoever may read the run's files may steer it, nobody
else. Each message is a line of JSON, so that `socat` and ten lines of any language can speak it too:

    {"type":"Ask","number":1,"command":{"type":"Pause","reason":"lunch"}}
    {"type":"Answer","number":1,"reply":{"type":"Done","text":"paused: lunch"}}

A client asks (Ask), looks once (Look) or follows (Follow): then it gets one Overview, and from there on every
event, as News. A client that does not read fast enough loses old news, never the run its time; it is told how
much it Missed, and finds it in run.db.
"""

import math

import msgspec

from engine.contracts.commands import Command, Reply
from engine.contracts.events import AnyEvent, Evaluated, Progress
from engine.contracts.states import State
from engine.contracts.vitals import Vitals
from engine.errors import EngineError

VERSION = 1
"""Of these messages. A client meets it in Overview."""

SOCKET = "control.sock"

LONGEST = 65_536
"""Bytes that a message to a run has at most. What a run says may be longer."""


class ControlError(EngineError):
    """A run that cannot be reached, or does not answer; says what to do."""


class Ask(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Carry out a command; an Answer with the same number comes."""

    number: int
    command: Command


class Look(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Send an Overview with the same number."""

    number: int


class Follow(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Send an Overview with the same number, and from there on all News."""

    number: int


Request = Ask | Look | Follow


class Answer(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What became of a command; of a message that is none, with number −1."""

    number: int
    reply: Reply


class Overview(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """How a run stands."""

    number: int
    version: int = VERSION
    program: str  # version of hanabi-tui
    run: str  # its id; empty: not begun yet
    pid: int
    directory: str  # absolute
    began: float  # s since the epoch, when this process did
    state: State
    reason: str
    since: float  # s since the epoch, when it entered the state
    settings: dict[str, dict[str, object]]  # by section and key, without secrets
    progress: Progress | None = None  # the last
    evaluated: Evaluated | None = None  # the last
    vitals: Vitals | None = None  # the last
    lines: tuple[str, ...] = ()  # the last log lines


class News(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Something happened."""

    event: AnyEvent | Vitals
    lines: tuple[str, ...] = ()  # what the log says of it


class Missed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """So many News were left out here, for they were not read in time."""

    count: int


Message = Answer | Overview | News | Missed

_encoder = msgspec.json.Encoder()
_requests: msgspec.json.Decoder[Request] = msgspec.json.Decoder(Request)


def encode(message: Request | Message) -> bytes:
    """A line. NaN, which JSON does not know, is null there."""
    return _encoder.encode(message) + b"\n"


def request_of(line: bytes) -> Request:
    """What a client said. Raises ControlError, naming what is wrong with it."""
    try:
        return _requests.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ControlError(f"not understood: {error}") from None


def message_of(line: bytes) -> Message:
    """What a run said. Raises ControlError for a run of another version."""
    try:
        said = msgspec.json.decode(line)
        for place in ("event", "progress") if isinstance(said, dict) else ():
            progress = said.get(place)
            if isinstance(progress, dict) and progress.get("type") == "Progress":
                said[place] = {key: math.nan if value is None else value for key, value in progress.items()}
        message: Message = msgspec.convert(said, Message)
        return message
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ControlError(
            f"the run speaks another version of the control API than this program ({error}): "
            "stop it, and start it with this version"
        ) from None
