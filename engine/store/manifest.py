"""What a generation is: its manifest, sealed, and its files, each checked against that.

`engine.store.generations` passes a broken one over for the one before.
"""

import hashlib
from pathlib import Path
from typing import TypeVar

import msgspec

from engine.errors import EngineError
from engine.game.row_version import ROW_VERSION
from engine.settings.config import ModelSection

FORMAT = 5
"""Counted up whenever weights mean something else; since 2 networks see colours in order, since 3 they
judge moves by what they touch, since 4 perceptrons know the moves of their games alone, since 5 their
heads are whitened again."""

MANIFEST = "manifest.json"
LEARNER, PENDING = "learner.safetensors", "replay-pending.bin"


class GenerationError(EngineError):
    """A checkpoint that is broken, or none at all."""


class Counters(msgspec.Struct, kw_only=True):
    """How far a run is."""

    step: int = 0
    samples: int = 0  # collected
    trained: int = 0  # samples trained on
    games: int = 0  # finished by workers
    dropped: int = 0  # unfinished games lost with their worker
    seconds: float = 0.0  # of training
    credit: float = 0.0  # steps that the samples collected allow and that have not been made
    best: float | None = None  # best mean score of an evaluation …
    best_of: tuple[str, ...] = ()  # … of these games; none named: by a version that did not say
    evaluated: float = 0.0  # seconds when last evaluated
    finished: bool = False  # the run was completed, its last evaluation done


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a generation."""

    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a generation is."""

    format: int = FORMAT
    row_version: int = ROW_VERSION
    run: str
    created: float  # s since the epoch
    model: ModelSection
    digest: str  # SHA-256 of the weights
    weights: int  # how many there are
    score: float | None  # of the newest evaluation of weights since the generation before, its own included
    counters: Counters
    files: dict[str, File]
    seal: str = ""  # SHA-256 of the manifest's file with nothing here

    @property
    def step(self) -> int:
        """The step it was cut after."""
        return self.counters.step


T = TypeVar("T")


class _Kind(msgspec.Struct):
    """What of a manifest all versions have in common."""

    format: int
    row_version: int


class OtherVersionError(GenerationError):
    """A generation of another version of this program."""


class Generation(msgspec.Struct, frozen=True, kw_only=True):
    """A generation that was read and found sound."""

    path: Path
    manifest: Manifest

    def read(self, name: str) -> bytes:
        """A file's content, checked. Raises GenerationError."""
        entry = self.manifest.files.get(name)
        if entry is None:
            raise GenerationError(f"{self.path} has no {name}")
        try:
            content = (self.path / name).read_bytes()
        except OSError as error:
            raise GenerationError(f"{self.path / name} cannot be read: {error.strerror}") from None
        if len(content) != entry.size or hashlib.sha256(content).hexdigest() != entry.sha256:
            raise GenerationError(f"{self.path / name} is damaged: its checksum fails")
        return content


def read_manifest(path: Path) -> Manifest:
    """What a generation says of itself, its seal checked but none of its files. Raises GenerationError."""
    try:
        raw = (path / MANIFEST).read_bytes()
    except OSError as error:
        raise GenerationError(f"{path} is no checkpoint: {MANIFEST}: {error.strerror}") from None
    kind = _decoded(path, raw, _Kind)
    for what, found, wanted in (
        ("format", kind.format, FORMAT),
        ("row version", kind.row_version, ROW_VERSION),
    ):
        if found != wanted:  # then the rest may be anything
            raise OtherVersionError(
                f"{path}: {what} {found}; this version of hanabi-tui reads {wanted}: use the version it was "
                "made with"
            )
    manifest = _decoded(path, raw, Manifest)
    if manifest.seal != hashlib.sha256(raw.replace(manifest.seal.encode(), b"", 1)).hexdigest():
        raise GenerationError(f"{path / MANIFEST} is damaged: its checksum fails")
    return manifest


def _decoded(path: Path, raw: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise GenerationError(f"{path / MANIFEST} is damaged: {error}") from None


def open_generation(path: Path) -> Generation:
    """Read a generation and check all of its files. Raises GenerationError."""
    generation = Generation(path=path, manifest=read_manifest(path))
    for name in generation.manifest.files:
        generation.read(name)
    return generation


def sealed(manifest: Manifest) -> bytes:
    """The content of its file, with the seal on it."""
    raw = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    return raw.replace(b'"seal": ""', b'"seal": "' + hashlib.sha256(raw).hexdigest().encode() + b'"')
