"""Files that users ask for: checked before the work begins, written whole or not at all."""

import os
from collections.abc import Iterable
from pathlib import Path

MOST_FILES = 10_000
"""In one folder: more are nothing to look through."""


def check_writable(path: Path) -> None:
    """Raise OSError if no file can be written there; make none."""
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a directory; give the name of a file")
    folder = path.resolve().parent
    if not folder.is_dir():
        raise FileNotFoundError(f"{path}: there is no folder {folder}")
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(f"{path}: writing to it is not permitted")
    if not _is_device(path) and not os.access(folder, os.W_OK):
        raise PermissionError(f"{path}: writing to the folder {folder} is not permitted")


def write(path: Path, words: str) -> bool:
    """Write a file whole or not at all; whether another file was replaced."""
    if _is_device(path):
        path.write_text(words, encoding="utf-8")
        return False
    path = path.resolve()  # of a symbolic link, what it points to
    replaced, part = path.exists(), path.with_name(f".hanabi-tui-{os.getpid()}.part")
    try:
        part.write_text(words, encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return replaced


def check_folder(path: Path, count: int) -> None:
    """Raise OSError if so many files cannot be written into a folder, new or empty; make none."""
    if count > MOST_FILES:
        raise OSError(
            f"{path}: {count:,} games are too many files; at most {MOST_FILES:,} are saved: --games"
        )
    if path.exists() and not path.is_dir():
        raise NotADirectoryError(f"{path} is a file; give a folder, new or empty")
    if path.is_dir() and any(path.iterdir()):
        raise FileExistsError(f"{path} holds files already; give a folder that is new or empty")
    folder = path if path.is_dir() else path.resolve().parent
    if not folder.is_dir():
        raise FileNotFoundError(f"{path}: there is no folder {folder}")
    if not os.access(folder, os.W_OK):
        raise PermissionError(f"{path}: writing to the folder {folder} is not permitted")


def write_all(path: Path, games: Iterable[str]) -> None:
    """Write `game-00001.json` and so on into a folder, which is made where it is missing: all, or none.

    None also where it is broken off by Ctrl-C. Raises OSError.
    """
    made = not path.is_dir()
    path.mkdir(exist_ok=True)
    written: list[Path] = []
    try:
        for number, words in enumerate(games, start=1):
            written.append(path / f"game-{number:05}.json")
            written[-1].write_text(words, encoding="utf-8")
    except BaseException:
        for file in written:
            file.unlink(missing_ok=True)
        if made:
            path.rmdir()
        raise


def _is_device(path: Path) -> bool:
    """Whether there is something to write into rather than a file to replace, such as /dev/stdout."""
    return path.exists() and not path.is_file()
