"""Files that users ask for: checked before the work begins, written whole or not at all."""

import os
from pathlib import Path


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


def _is_device(path: Path) -> bool:
    """Whether there is something to write into rather than a file to replace, such as /dev/stdout."""
    return path.exists() and not path.is_file()
