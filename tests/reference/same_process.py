"""Commands typed in the tests' own process: one of their own has to load first what is loaded here."""

import contextlib
import io
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import remote.__main__ as remote
from hanabi_tui import cli

Done = subprocess.CompletedProcess[str]


def typed(main: Callable[[], object], *words: str, place: Path = Path(), **environment: str) -> Done:
    """What a program comes to, given its name and words; of HANABI_* it has only what is given."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("HANABI_")}
    out, told = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, {**clean, "COLUMNS": "80", **environment}, clear=True),
        mock.patch("sys.argv", list(words)),
        contextlib.chdir(place),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(told),
    ):
        try:
            code = main()
        except SystemExit as end:
            code = end.code
    return Done(words, code, out.getvalue(), told.getvalue())


def hanabi_tui(*words: str, place: Path = Path()) -> Done:
    """For commands without settings: the flags of those hang on the words that this process began with."""
    return typed(cli.main, "hanabi-tui", *words, place=place)


def hanabi_gpu(*flags: str, **environment: str) -> Done:
    """Of one that is refused."""
    with unserved():
        return typed(lambda: remote.main(flags), "hanabi-gpu", *flags, **environment)


@contextlib.contextmanager
def unserved() -> Iterator[None]:
    """Whoever would begin to serve here fails, and nobody logs to what is standard output just now."""
    with mock.patch.object(remote, "log_plainly"), mock.patch.object(remote, "Reviver", _serve):
        yield


def _serve(*_: object) -> None:
    raise AssertionError("it begins to serve")
