"""The one loader of settings: defaults < preset < file < environment < flags.

Each of these gives values by key, with the words that say where they came from; the later one wins. All that
is wrong in any of them is said at once.
"""

import os
import re
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

from engine.errors import ConfigError
from engine.machine.credential import TOKEN_FILE, TokenSourceError, token_in_file
from engine.machine.home import at_home
from engine.settings.checks import check
from engine.settings.config import PRESETS, Config, preset_values
from engine.settings.config_file import brief, from_toml, read_toml, to_toml
from engine.settings.keys import KEYS, Key, Kind, build, nearest

__all__ = ["DEFAULT_FILE", "PRESET", "TOKEN_FILE", "Given", "Settings", "from_toml", "load", "to_toml"]

DEFAULT_FILE = Path("distributed_config.toml")
"""Read where no other file is named."""

PREFIX = "HANABI_"
"""Before each key in capitals: its name in the environment."""

BARE_HOST = "GPU_HOST"
"""As the distributed training guide names it in the environment."""

ALERT, ALERT_TEXT = "HANABI_ALERT", "HANABI_ALERT_TEXT"
"""In the environment of an alert_command, which may well call hanabi-tui: no settings."""

PRESET = Key(
    name="preset",
    section="",
    type=Literal["cpu", "gpu"],
    kind=Kind.choice,
    default="",
    meaning="values for this kind of learner; without it: gpu where it is on another machine, else cpu",
    allowed=", ".join(PRESETS),
)
_ALL = {PRESET.name: PRESET, **KEYS}


class Value(NamedTuple):
    """A value of a key, and where it came from."""

    value: Any
    origin: str


Values = dict[str, Value]


@dataclass(frozen=True)
class Given:
    """What the command line says about settings."""

    file: Path | None = None  # None: DEFAULT_FILE, if there is one
    flags: Mapping[str, str] = field(default_factory=dict)  # key → text


@dataclass(frozen=True)
class Settings:
    """Settings as they stand for a run."""

    config: Config
    origins: Mapping[str, str]  # key → "default", "preset cpu", a file's name, "HANABI_SEED" or "--seed"
    preset: str  # cpu or gpu
    notes: tuple[str, ...] = ()  # what the user should be told
    file: Path | None = None  # that was read


def flag_of(name: str) -> str:
    """A key's flag: seed → --seed."""
    return f"--{name.replace('_', '-')}"


def variable_of(name: str) -> str:
    """A key's name in the environment: seed → HANABI_SEED."""
    return PREFIX + name.upper()


def load(given: Given, environment: Mapping[str, str], *, together: bool = True) -> Settings:
    """Settle all settings.

    Args:
      given: on the command line.
      environment: variables; those that do not begin with HANABI_ are left alone, but for the folder of
        credentials, in which systemd may have put the token. Of the guide's GPU_HOST it is noted that it is.
      together: hold them against each other too; False: each by itself, for who wants no more than the run's
        directory.

    Raises:
      ConfigError: names everything that cannot be used, or does not go together.
      OSError: a file cannot be read.
    """
    mistakes: list[str] = []
    notes: list[str] = []
    # a link to nothing is told, not passed over
    file = given.file or (DEFAULT_FILE if os.path.lexists(DEFAULT_FILE) else None)
    values = _from_file(file, mistakes, notes, found=given.file is None) if file else {}
    values |= _from_environment(environment, mistakes)
    values |= _from_flags(given.flags, mistakes, notes)
    if mistakes:
        raise ConfigError(mistakes)
    if BARE_HOST in environment and "gpu_host" not in values:  # else the server trains alone without a word
        notes.append(f"{BARE_HOST} is not read: the name here is {variable_of('gpu_host')}")
    preset = _preset(values)
    below = {name: Value(key.default, "default") for name, key in KEYS.items()}
    set_by_preset = preset_values(preset.value, {name: value.value for name, value in values.items()})
    below |= {name: Value(value, f"preset {preset.value}") for name, value in set_by_preset.items()}
    settled = below | values
    plain = {name: settled[name].value for name in KEYS}
    plain["checkpoint_dir"] = at_home(str(plain["checkpoint_dir"]))
    config = build(plain)
    origins = {name: settled[name].origin for name in KEYS} | {PRESET.name: preset.origin}
    if together and (problems := check(config)):
        raise ConfigError(_with_origins(problem, settled) for problem in problems)
    counts = values.get("games_per_iteration")
    # who has both from one file, as `config --toml` writes it, may know
    if counts and counts.origin != origins["replay_ratio"] and (ratio := config.training.replay_ratio):
        notes.append(
            f"games_per_iteration decides nothing while replay_ratio is {ratio:g} "
            f"({origins['replay_ratio']}); for the counts of iterations set replay_ratio = 0"
        )
    return Settings(config, origins, preset.value, tuple(notes), file)


def _preset(values: Values) -> Value:
    if PRESET.name in values:
        return values.pop(PRESET.name)
    if "gpu_host" in values and values["gpu_host"].value:
        return Value("gpu", "gpu_host is set")
    if "transport" in values and values["transport"].value == "dialled":
        return Value("gpu", "transport is dialled")
    return Value("cpu", "gpu_host is empty")


def _from_file(path: Path, mistakes: list[str], notes: list[str], *, found: bool) -> Values:
    """Of a file that was found where it usually is, or else named."""
    if found:
        notes.append(f"settings are read from {path}")
    try:
        text = path.read_bytes().decode("utf-8-sig")  # some editors begin a file with a mark
    except UnicodeDecodeError:
        mistakes.append(f"{path}: not TOML: not UTF-8 text")
        return {}
    if found and not text.strip():
        notes[-1] += ", which is empty"
    values, wrong = read_toml(text, str(path), top=(PRESET,))
    mistakes += wrong
    if values.get("auth_token"):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            notes.append(f"auth_token in {path} can be read by others (mode {mode:o}): chmod 600 {path}")
    return {name: Value(value, str(path)) for name, value in values.items()}


def _from_environment(environment: Mapping[str, str], mistakes: list[str]) -> Values:
    texts = {name: text for name, text in environment.items() if name.startswith(PREFIX)}
    names = {variable_of(name): name for name in _ALL}
    unknown = sorted(texts.keys() - names.keys() - {TOKEN_FILE, ALERT, ALERT_TEXT})
    bare = [name.removeprefix(PREFIX) for name in (*names, TOKEN_FILE)]
    mistakes += [
        f"{name}: no such setting{nearest(name.removeprefix(PREFIX), bare, f'{PREFIX}{{}}')}"
        for name in unknown
    ]
    values = _read(((names[name], text, name) for name, text in texts.items() if name in names), mistakes)
    try:
        if found := token_in_file(environment):
            values |= _read([("auth_token", *found)], mistakes)
    except TokenSourceError as error:
        mistakes.append(str(error))
    return values


def _from_flags(flags: Mapping[str, str], mistakes: list[str], notes: list[str]) -> Values:
    if "auth_token" in flags:
        notes.append(
            f"others on this machine see {flag_of('auth_token')} in the list of processes; "
            f"rather set {variable_of('auth_token')} or {TOKEN_FILE}"
        )
    return _read(((name, text, _flag_given(name, text)) for name, text in flags.items()), mistakes)


def _flag_given(name: str, text: str) -> str:
    is_no = _ALL[name].kind is Kind.truth and text == "false"
    return flag_of(f"no_{name}" if is_no else name)


def _read(texts: Iterable[tuple[str, str, str]], mistakes: list[str]) -> Values:
    """Values of (key, text, origin)."""
    values = {}
    for name, text, origin in texts:
        key = _ALL[name]
        try:
            values[name] = Value(key.read(text), origin)
        except ValueError as error:
            between = " " if origin.startswith("-") else " = "
            shown = "" if key.secret else between + brief(text)
            mistakes.append(f"{origin}{shown}: {error}")
    return values


def _with_origins(problem: str, settled: Values) -> str:
    """A problem, and where the keys it names came from."""
    names = [name for name in dict.fromkeys(re.findall(r"\w+", problem)) if name in settled]
    return f"{problem} ({'; '.join(f'{name}: {settled[name].origin}' for name in names)})"
