"""An agent of the user's own: a class in a Python file, beside which nothing has to be installed or listed.

    mybot.py:Hinter          the class Hinter (or whatever else makes an agent when called) of mybot.py
    rules/v2/mybot.py:Hinter

Such a file is run as what it is, a program of whoever names it. Its folder is where it finds its neighbours
while it is loaded, as if Python were started there. It is loaded anew each time, neighbours too: files of two
folders that import `rules` get each their own, and what was changed meanwhile counts.
"""

import importlib
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from engine.errors import AgentError
from engine.game.games import Games
from engine.players.agents import Agent

SUFFIX = ".py"

_PARTS = ("begin", "act", "watch")
"""What an agent must have: engine.players.agents.Agent."""

_neighbours: set[str] = set()
"""Modules that such files imported from their own folders."""

_folders: set[Path] = set()
"""Where such files were loaded from."""


@dataclass(frozen=True, eq=False)  # what is found there may not be hashable
class OwnAgent:
    """What makes an agent, found in a file.

    Attributes:
      file: as it was given.
      called: the name there.
      maker: what has it.
    """

    file: Path
    called: str
    maker: Callable[[Games], Any]

    @property
    def name(self) -> str:
        """Short: `mybot.py:Hinter`."""
        return f"{self.file.name}:{self.called}"

    @property
    def about(self) -> str:
        """The first line of what it says of itself; may be empty."""
        return (inspect.getdoc(self.maker) or "").partition("\n")[0]

    def make(self, games: Games) -> Agent:
        """Seat it (engine.players.evaluation.Maker). Raises AgentError where what it makes is no agent.

        What it raises itself is left as it is, for whoever wrote it.
        """
        made: Agent = self.maker(games)
        missing = " and ".join(part for part in _PARTS if not callable(getattr(made, part, None)))
        if missing:
            raise AgentError(
                f"{self.file}:{self.called} makes a {type(made).__name__}, which lacks {missing}; "
                "an agent has begin, act and watch (docs/extending.md)"
            )
        return made


def names_own_agent(name: str) -> bool:
    """Whether a player's name means such a file, and no bot or checkpoint: FILE.py:CLASS, or nearly so."""
    if Path(name).is_dir():  # a checkpoint may be called as it likes
        return False
    file, colon, _ = name.rpartition(":")
    return name.endswith(SUFFIX) or (bool(colon) and (file.endswith(SUFFIX) or Path(file).is_file()))


def open_own_agent(name: str) -> OwnAgent:
    """Load the file of an agent, and find it there.

    Args:
      name: FILE.py:CLASS.

    What the file prints meanwhile goes to stderr. Raises AgentError: no such file, or not one of Python's; it
    fails while it is loaded; it has no such name, or one that cannot be called with games.
    """
    words, colon, called = name.rpartition(":")
    file = Path(words if colon else name)
    if file.suffix != SUFFIX:
        raise AgentError(f"{file} is no {SUFFIX} file; an agent of your own is given as FILE{SUFFIX}:CLASS")
    if not file.is_file():
        raise AgentError(f"{file}: {'is no file' if file.exists() else 'no such file'}")
    module = _loaded(file)
    if not called or not colon:
        raise AgentError(f"{file}: say which class of it plays, as in {file}:CLASS; {_classes(module)}")
    if not hasattr(module, called):
        raise AgentError(f"{file} has no {called}; {_classes(module)}")
    maker = getattr(module, called)
    if not callable(maker):
        raise AgentError(
            f"{file}:{called} is a {type(maker).__name__} and makes no agent: give a class, or a function"
        )
    if not _takes_games(maker):
        raise AgentError(
            f"{file}:{called} cannot be called with the games that it shall play, and nothing else: "
            f"it takes {inspect.signature(maker)}"
        )
    return OwnAgent(file, called, maker)


def _loaded(file: Path) -> ModuleType:
    """The file, run from top to bottom. Raises AgentError."""
    path = file.resolve()
    _folders.add(path.parent)
    name = str(path).replace(".", "_")  # no other module's; a dot would make it part of a package
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise AgentError(f"{file} is nothing that Python can load")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses, for one, look themselves up there
    try:
        with _among_neighbours(path.parent), redirect_stdout(sys.stderr):
            spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise AgentError(f"{_where(error, [path.parent]) or path}: {_what(error)}") from error
    return module


@contextmanager
def _among_neighbours(folder: Path) -> Iterator[None]:
    """For as long as this lasts a folder can be imported from, and nothing is left of those before it."""
    for name in _neighbours:
        sys.modules.pop(name, None)
    _neighbours.clear()
    before = set(sys.modules)
    importlib.invalidate_caches()
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        with suppress(ValueError):
            sys.path.remove(str(folder))
        _neighbours.update(name for name in set(sys.modules) - before if _is_of(folder, name, before))


def _is_of(folder: Path, name: str, before: set[str]) -> bool:
    """Whether a module that was loaded is of a folder, rather than installed (maybe below it)."""
    top = name.partition(".")[0]
    file, package = folder / f"{top}{SUFFIX}", folder / top
    module = sys.modules.get(top)
    places = [getattr(module, "__file__", None), *getattr(module, "__path__", ())]
    return top not in before and any(place in (str(file), str(package)) for place in places)


def blame(error: BaseException) -> str:
    """What an agent of the user's own raised, and in which line; empty: it was none of these."""
    where = _where(error, _folders)
    return f"{where}: {_what(error)}" if where else ""


def _where(error: BaseException, folders: Collection[Path]) -> str:
    """File and line that are to blame: the last ones that were called in some folders; empty: none there."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).parent in folders]
    return f"{own[-1].filename}:{own[-1].lineno}" if own else ""


def _what(error: BaseException) -> str:
    return f"{type(error).__name__}: {error.msg if isinstance(error, SyntaxError) else error}"


def _classes(module: ModuleType) -> str:
    """Which classes there are to choose from."""
    found = [
        name
        for name, value in vars(module).items()
        if inspect.isclass(value) and value.__module__ == module.__name__ and not name.startswith("_")
    ]
    return f"its classes: {', '.join(found)}" if found else "it has no class of its own"


def _takes_games(maker: Callable[..., Any]) -> bool:
    try:
        inspect.signature(maker).bind(None)
    except TypeError:
        return False
    except ValueError:  # written in C, and says nothing of itself
        return True
    return True
