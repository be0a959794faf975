"""A user's own keys: `keymap.toml`, by the names of actions.

    [everywhere]
    pause = "space"
    checkpoint = ["c", "f5"]
    stop = []                 # no key; the palette still has it

    [charts]
    smooth = "m"

A key that is given to an action here is taken from the one that had it by default; one given below
[everywhere] from all views, too.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from textual.keys import Keys, _character_to_key

from engine.settings.keys import nearest
from hanabi_tui.console.actions import EVERYWHERE, Action
from hanabi_tui.console.own.folders import OwnFileError, config_folder, read_table

FILE = "keymap.toml"
EVERY = "everywhere"
_NAMED = {key.value for key in Keys if not key.value.startswith("<")}
_MODIFIERS = ("ctrl+", "alt+", "shift+", "super+", "meta+", "hyper+")
ALLOWED = (
    'a character ("p", "?"), a name ("space", "f5", "up"), or either with a modifier ("ctrl+x", "alt+p")'
)


class Keymap:
    """The keys of all actions.

    Raises OwnFileError, which names file, key and what is allowed.
    """

    def __init__(self, table: Mapping[str, Any], path: Path) -> None:
        self._path = path
        self._chosen: dict[str, dict[str, tuple[str, ...]]] = {}
        for scope, names in table.items():
            if not isinstance(names, Mapping):
                raise self._wrong(scope, f"put it below [{EVERY}] or a view's title in brackets")
            self._chosen[scope.lower()] = {
                name: self._keys(f"[{scope}] {name}", given) for name, given in names.items()
            }

    def check(self, titles: Mapping[str, Callable[[], Sequence[Action]]]) -> None:
        """Raise OwnFileError for a heading or an action that there is not, or a key given twice.

        Args:
          titles: of the views, in small letters, with a way to their actions.
        """
        known = {EVERY: lambda: EVERYWHERE, **titles}
        for scope, chosen in self._chosen.items():
            if scope not in known:
                raise self._wrong(f"[{scope}]", f"no such heading; allowed are {', '.join(known)}")
            names = [action.name for action in known[scope]()]
            taken: dict[str, str] = {}
            for name, keys in chosen.items():
                if name not in names:
                    close = nearest(name, names)
                    raise self._wrong(
                        f"[{scope}] {name}", f"no such action{close}; allowed are {', '.join(names)}"
                    )
                for key in keys:
                    if key in taken:
                        raise self._wrong(f"[{scope}] {name}", f"{key} is given to {taken[key]} too")
                    taken[key] = name

    def apply(self, actions: Sequence[Action], scope: str = EVERY, *, beside: str = "") -> tuple[Action, ...]:
        """The same actions with the user's keys, but those that the view `beside` them was given."""
        chosen, every = self._chosen.get(scope.lower(), {}), self._chosen.get(EVERY, {})
        given = {key for keys in self._chosen.get(beside.lower(), {}).values() for key in keys}
        taken = given.union(*chosen.values(), *every.values())
        found = []
        for action in actions:
            keys = chosen.get(action.name)
            kept = [key for key in action.keys if key not in taken] if keys is None else keys
            found.append(replace(action, keys=tuple(key for key in kept if key not in given)))
        return tuple(found)

    def _keys(self, where: str, given: Any) -> tuple[str, ...]:
        several = given if isinstance(given, list) else [given]
        return tuple(self._key(where, each) for each in several)

    def _key(self, where: str, given: Any) -> str:
        if not isinstance(given, str):
            raise self._wrong(where, f"{given!r}: allowed is {ALLOWED}, or a list of them")
        if len(given) == 1:
            if given.isdigit():
                raise self._wrong(where, f'"{given}": number keys open the views')
            if given.isprintable():
                return given if given.isalnum() else _character_to_key(given)
        name = given.lower()
        bare = name
        while bare.startswith(_MODIFIERS):
            bare = bare.partition("+")[2]
        if name in _NAMED or bare in _NAMED or (bare != name and len(bare) == 1 and bare.isprintable()):
            return name
        raise self._wrong(where, f'"{given}": no such key; allowed is {ALLOWED}')

    def _wrong(self, where: str, what: str) -> OwnFileError:
        return OwnFileError(f"{self._path}: {where}: {what}")


def read_keymap(path: Path | None = None) -> Keymap:
    """The user's keymap; without a file, an empty one. Raises OwnFileError."""
    path = path or config_folder() / FILE
    return Keymap(read_table(path), path)


_SHOWN = {
    "question_mark": "?",
    "colon": ":",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "slash": "/",
    "full_stop": ".",
    "comma": ",",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "escape": "Esc",
    "enter": "Enter",
    "space": "Space",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "tab": "Tab",
    "delete": "Del",
    "backspace": "Backspace",
}


def shown(key: str) -> str:
    """A key for people: ctrl+p → ^p, question_mark → ?."""
    *modifiers, bare = key.split("+")
    names = {"ctrl": "^", "shift": "Shift+", "alt": "Alt+"}
    name = _SHOWN.get(bare, bare.upper() if bare[:1] == "f" and bare[1:].isdigit() else bare)
    return "".join(names.get(each, f"{each}+") for each in modifiers) + name
