"""Generations: complete checkpoints of a run, each a folder that is there whole or not at all.

    generations/000012400/manifest.json       what it is, and the checksum of every other file
    generations/000012400/learner.safetensors weights, their average, the optimizer
    generations/000012400/replay-pending.bin  samples that were in no block of the replay yet
    generations/000012400/worker-N.bin        games of worker N, in serial mode
    generations/000012400.old                 what this step had before, while it is saved once more
    generations/latest                        the name of the newest
    generations/set-aside/                    what came after a step that the run went back to

A generation is written into a temporary folder, synced, renamed, and its parent synced; `latest` moves last.
A broken one (`engine.store.manifest`) is passed over for the one before.
"""

import contextlib
import hashlib
import os
import re
import shutil
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec

from engine.machine.durable import sync, unused, write, write_atomically
from engine.store.manifest import (
    MANIFEST,
    File,
    Generation,
    GenerationError,
    Manifest,
    open_generation,
    read_manifest,
    sealed,
)

LATEST, ASIDE = "latest", "set-aside"

_OLD = ".old"
_NAME = re.compile(r"[0-9]+(\.old)?")


class Generations:
    """The generations of a run.

    Args:
      folder: `generations/` of its directory.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def paths(self) -> list[Path]:
        """All that look like generations, newest first; the one that `latest` names leads."""
        latest = self._latest()
        # what is newer than the latest was never completed
        return [path for path in self._found() if latest is None or _order(path)[0] <= latest]

    def path_of(self, step: int) -> Path:
        """Where the generation of a step is, or would be."""
        return self.folder / f"{step:09d}"

    def newest(self) -> tuple[Generation | None, list[GenerationError]]:
        """The newest sound generation, if there is one, and why those before it were passed over."""
        paths = self.paths()
        passed = [
            GenerationError(f"{path} was never completed: {LATEST} names {paths[0].name}")
            for path in self._found()
            if path not in paths
        ]
        for path in paths:
            try:
                return open_generation(path), passed
            except GenerationError as error:
                passed.append(error)
        return None, passed

    def by_score(self) -> list[Path]:
        """Those that were evaluated, the highest score first, of equal ones the newest.

        Only those count that were evaluated by the same games as the newest: a run may go on with others.
        """
        found = {path: manifest for path in self.paths() if (manifest := _manifest(path))}
        games = next((set(each.counters.best_of) for each in found.values()), set())
        scores = {
            path: each.score
            for path, each in found.items()
            if each.score is not None and (not games or set(each.counters.best_of) in (set(), games))
        }
        return sorted(scores, key=lambda path: -scores[path])

    def note(self, step: int, score: float) -> bool:
        """Note the score of the generation of a step; whether there is one that can be read.

        Raises OSError; then nothing has changed.
        """
        path = self.path_of(step)
        manifest = _manifest(path)
        if manifest is not None:
            write_atomically(path / MANIFEST, sealed(msgspec.structs.replace(manifest, score=score, seal="")))
        return manifest is not None

    def save(self, manifest: Manifest, files: Mapping[str, bytes]) -> Generation:
        """Write a generation, filling in `manifest.files`. Raises OSError; then nothing has changed."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{manifest.step:09d}"
        path, fresh = self.path_of(manifest.step), self.folder / f".{name}.{os.getpid()}"
        old, placed = path.with_suffix(_OLD), False
        shutil.rmtree(fresh, ignore_errors=True)
        entries = {
            key: File(size=len(content), sha256=hashlib.sha256(content).hexdigest())
            for key, content in files.items()
        }
        manifest = msgspec.structs.replace(manifest, files=entries, seal="")
        try:
            fresh.mkdir(mode=0o700)
            for key, content in files.items():
                write(fresh / key, content)
            write(fresh / MANIFEST, sealed(manifest))
            sync(fresh)
            if path.exists():  # the same step once more, or the ruins of one
                shutil.rmtree(old, ignore_errors=True)
                path.rename(old)
            fresh.rename(path)
            placed = True
            sync(self.folder)
            write_atomically(self.folder / LATEST, f"{name}\n".encode())
        except OSError:
            shutil.rmtree(path if placed else fresh, ignore_errors=True)
            if old.exists() and not path.exists():
                old.rename(path)
            raise
        shutil.rmtree(old, ignore_errors=True)
        return Generation(path=path, manifest=manifest)

    def tidy(self, keep: int, awaited: int | None = None) -> None:
        """Remove all but the newest `keep` generations and the best one; and what was left half written.

        `awaited` is the step of one more that stays.
        """
        with contextlib.suppress(OSError):  # in the way of nobody until it can be done
            self._clear_up()
        spared = [*self.by_score()[:1], *([] if awaited is None else [self.path_of(awaited)])]
        for path in self.paths()[keep:]:
            if path not in spared:
                shutil.rmtree(path, ignore_errors=True)

    def _clear_up(self) -> None:
        for ruin in self.folder.glob(".*"):
            shutil.rmtree(ruin, ignore_errors=True)
        for path in self._found():
            twin = path.with_suffix("")
            if path.suffix and twin.is_dir():
                shutil.rmtree(path)
            elif path.suffix:
                path.rename(twin)
        latest = self._latest()
        if latest is not None:
            self.set_aside(latest)

    def aside(self) -> list[Path]:
        """Those that were set aside, newest first."""
        found = [path for path in (self.folder / ASIDE).glob("*/*") if _NAME.fullmatch(path.name)]
        return sorted(found, key=_order, reverse=True)

    def set_aside(self, after: int) -> list[Path]:
        """Move generations after a step out of the way; the newest left is the latest.

        Raises OSError where they cannot be moved.
        """
        later = [path for path in self._found() if _order(path)[0] > after]
        if not later:
            return []
        aside = unused(self.folder / ASIDE / time.strftime("%Y%m%d-%H%M%S"))
        aside.mkdir(parents=True, mode=0o700)
        moved = [path.rename(aside / path.name) for path in reversed(later)]
        left = self._found()
        with contextlib.suppress(OSError):  # they are moved; a name that is nowhere any more counts as none
            if left:
                write_atomically(self.folder / LATEST, f"{left[0].stem}\n".encode())
        return moved

    def _found(self) -> list[Path]:
        """All, newest first, also those that were never completed."""
        if not self.folder.is_dir():
            return []
        named = (path for path in self.folder.iterdir() if _NAME.fullmatch(path.name))
        return sorted(named, key=_order, reverse=True)

    def _latest(self) -> int | None:
        """The step of the one that `latest` names; None if that is none."""
        try:
            name = (self.folder / LATEST).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return None
        return int(name) if name in {path.stem for path in self._found()} else None


def _order(path: Path) -> tuple[int, bool]:
    """What generations are sorted by: the step, and what an older copy of it comes behind."""
    return int(path.stem), path.suffix != _OLD


def _manifest(path: Path) -> Manifest | None:
    try:
        return read_manifest(path)
    except GenerationError:
        return None
