"""`hanabi-tui report`: a run as one page of HTML that needs nothing else, to look at, send or print."""

import io
import math
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import jinja2
from markupsafe import Markup
from rich.console import Console

from engine.contracts.events import AnyEvent, Begun, Evaluated, GenerationSaved, SettingChanged
from engine.contracts.log_lines import line
from engine.errors import ConfigError, EngineError
from engine.settings.config import Config, PathsSection
from engine.settings.keys import KEYS, value_of
from engine.store.album import entries
from engine.store.directory import DATABASE, GAMES, read_settings
from engine.store.history import Kept, read
from hanabi_tui.commands import curve_svg, report_curves
from hanabi_tui.commands.saving import check_writable, write
from hanabi_tui.commands.status import lines, look

NAME = "report.html"
"""The page's, in the run's directory, where nobody gives another."""

TEMPLATE = "report.html.j2"

EVENTS = 500
"""Events that are told, the newest; a run of months has more."""

EVALUATIONS = 20
"""Evaluations that are always shown; the others on request."""


class ReportError(EngineError):
    """A report that cannot be made; says why."""


class Setting(NamedTuple):
    """A setting as the page shows it."""

    name: str
    value: str
    unit: str
    meaning: str
    default: str  # where the value is another one; else empty
    changed: str  # what it was changed from, and when; else empty


class Said(NamedTuple):
    """An event as the page shows it."""

    when: str
    step: int
    words: str
    void: bool


@dataclass(frozen=True)
class Game:
    """The best recorded game: its file's name, itself as HTML, its link; or why it cannot be shown."""

    name: str
    board: Markup
    link: str
    trouble: str = ""


def run(directory: Path, output: Path | None) -> None:
    """Write the report of a run, live or not.

    Args:
      directory: the run's.
      output: the page's file; None: NAME in the run's directory; `-`: standard output.

    Raises MetricsError for a directory that holds no run, ReportError, OSError.
    """
    if not directory.is_dir():
        raise ReportError(f"{directory} is no directory; give that of a run, with its run.db")
    if output == Path("-"):
        sys.stdout.write(page(directory))
        return
    path = directory / NAME if output is None else output
    check_writable(path)
    replaced = write(path, page(directory))
    print(f"The report is in {path}{' (replaced)' if replaced else ''}")


def page(directory: Path) -> str:
    """The page of a run. Raises MetricsError."""
    with read(directory / DATABASE) as history:
        evaluations = history.evaluations()
        kept = [*history.events()]
        curves = [*report_curves.curves(history, evaluations)]
    settings, trouble = _settings(directory, kept)
    told = [each for each in kept if not isinstance(each.event, GenerationSaved)]
    here = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return here.get_template(TEMPLATE).render(
        name=directory.resolve().name,
        made=_moment(time.time()),
        version=version("hanabi-tui"),
        light=Markup(curve_svg.style()),
        dark=Markup(curve_svg.style(dark=True)),
        state=_state(directory),
        curves=[(caption, Markup(svg)) for caption, svg in curves],
        evaluations=list(_evaluations(evaluations)),
        shown=EVALUATIONS,
        settings=settings,
        settings_trouble=trouble,
        events=[_said(each) for each in told[-EVENTS:]],
        left_out=max(len(told) - EVENTS, 0),
        generations=len(kept) - len(told),
        game=best_game(directory),
    )


def _state(directory: Path) -> list[tuple[str, str]]:
    """What `hanabi-tui status --local` says: a word and what it stands for."""
    found = look(Config(paths=PathsSection(checkpoint_dir=str(directory))), local=True)
    if "run" not in found:
        return [("run", "nothing says how it stands: training_state.json is missing or damaged")]
    told = [(said[:9].strip(), said[9:]) for said in lines(found)]
    return [("id", found["run"]["run"]), *told, ("as of", _moment(found["run"]["updated"]))]


def _evaluations(found: Sequence[Evaluated]) -> Iterator[dict[str, object]]:
    """A row for each variant of each evaluation, the newest first."""
    best = next((event for event in reversed(found) if event.best), None)
    for event in reversed(found):
        marks = [word for word, true in (("best", event is best), ("last", event.final)) if true]
        for score in event.scores:
            error = "–" if math.isnan(score.error) else f"{score.error:.2f}"
            yield {
                "step": event.step,
                "minutes": event.seconds / 60,
                "score": score,
                "mean": f"{score.mean:.2f} ± {error}",
                "marks": ", ".join(marks),
            }


def _settings(directory: Path, kept: Sequence[Kept]) -> tuple[dict[str, list[Setting]], str]:
    """Settings by section, without secrets; and why there are none."""
    try:
        config = read_settings(directory)
    except ConfigError as error:
        return {}, str(error)
    changes = _changes([each.event for each in kept if not each.void])
    found: dict[str, list[Setting]] = {}
    for key in KEYS.values():
        if key.secret or not key.section:
            continue
        value, default = key.shown(value_of(config, key)), key.shown(key.default)
        change = changes.get(key.name)
        changed = f"changed from {value} at step {change.step:,}" if change else ""
        value = change.new if change else value
        row = Setting(key.name, value, key.unit, key.meaning, "" if value == default else default, changed)
        found.setdefault(key.section, []).append(row)
    return found, ""


def _changes(events: Sequence[AnyEvent]) -> dict[str, SettingChanged]:
    """The last change of each setting since the run was last started: that wrote config.toml anew."""
    found: dict[str, SettingChanged] = {}
    for event in events:
        if isinstance(event, Begun):
            found = {}
        elif isinstance(event, SettingChanged):
            found[event.key] = event
    return found


def _said(kept: Kept) -> Said:
    event = kept.event
    _, _, words = line(event).partition("  ")
    return Said(_moment(event.time), event.step, words, kept.void)


def best_game(directory: Path) -> Game | None:
    """The best recorded game of a run; None where none was recorded."""
    games = entries(directory / GAMES)
    if not games:
        return None
    path = max(games, key=lambda entry: entry.score).path  # the first, thus the newest, of equals
    from engine.records import hanablive, link, text  # which load the rules' kernels: half a second

    try:
        recording = hanablive.load(path.read_bytes(), path.name)
    except (OSError, EngineError) as error:
        return Game(path.name, Markup(""), "", f"{path.name} cannot be shown: {error}")
    console = Console(record=True, width=100, file=io.StringIO())
    console.print(text.whole_game(recording), soft_wrap=True)
    drawn = Markup(console.export_html(inline_styles=True, code_format="{code}"))
    try:
        return Game(path.name, drawn, link.address(recording))
    except EngineError:  # a game that hanab.live does not know
        return Game(path.name, drawn, "")


def _moment(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))
