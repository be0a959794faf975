"""The line above a chart: its title and unit, and of each curve its letter, stroke, name and value."""

from collections.abc import Sequence

from hanabi_tui.console.charts.dots import BRAILLE, Charset
from hanabi_tui.console.charts.figure import Curve, Figure, Line
from hanabi_tui.console.charts.lens import Lens, Span
from hanabi_tui.console.charts.scale import number_text
from hanabi_tui.console.charts.sheet import Sheet
from hanabi_tui.console.charts.trace import ASCII_SAMPLES, SAMPLES

LINES = 6
"""Styles of lines; further ones begin again."""


def letter(number: int) -> str:
    """What a curve is called, beside its end and in the legend."""
    return chr(ord("a") + number % 26)


def write_legend(
    sheet: Sheet, figure: Figure, curves: Sequence[Curve], lens: Lens, span: Span, chars: Charset
) -> None:
    """Title, unit and lines, as much of it as there is room for."""
    sheet.put(0, 0, figure.title, "title")
    at = len(figure.title) + 1
    note = " ".join(part for part in (figure.unit, "log" if figure.log else "") if part)
    readings = [
        _reading(figure, line, curve, lens, span, chars)
        for line, curve in zip(figure.lines, curves, strict=True)
    ]
    samples = SAMPLES if chars is BRAILLE else ASCII_SAMPLES
    count = len(readings)
    letters = [letter(number) if count > 1 else "" for number in range(count)]
    strokes = [samples[number % len(samples)] if count > 1 else "" for number in range(count)]
    names, blank = [line.name for line in figure.lines], [""] * count
    for unit, *parts in (
        (note, letters, strokes, names, readings),
        (note, letters, blank, names, readings),
        (note, letters, strokes, blank, readings),
        (note, letters, blank, blank, readings),
        ("", letters, blank, blank, readings),
    ):
        keys = [" ".join(filter(None, each)) for each in zip(*parts[:2], strict=True)]
        texts = [" ".join(filter(None, each)) for each in zip(*parts[2:], strict=True)]
        widths = [len(key) + bool(key) + len(text) + 2 for key, text in zip(keys, texts, strict=True)]
        if at + len(unit) + sum(widths) <= sheet.width:
            break
    sheet.put(at, 0, unit, "note")
    at += len(unit) + 2 * bool(unit)
    for number, (key, text, width) in enumerate(zip(keys, texts, widths, strict=True)):
        sheet.put(at, 0, key, f"line{number % LINES}")
        sheet.put(at + len(key) + bool(key), 0, text, "value")
        at += width


def _reading(figure: Figure, line: Line, curve: Curve, lens: Lens, span: Span, chars: Charset) -> str:
    """The value at the crosshair; without one, the newest that is seen."""
    cross = lens.cross if lens.cross is not None else span[1]
    found = curve.nearest(min(max(cross, span[0]), span[1]))
    if found is None:
        return "-"
    value = _text(curve.shown[found], figure.places)
    raw = curve.window.means[found]
    if line.error:
        value += f" {chars.plus_minus} {_text(curve.errors[found], figure.places)}"
    elif lens.cross is not None and curve.smoothed and raw == raw:
        value += f" ({_text(raw, figure.places)})"
    return value


def _text(value: float, places: int) -> str:
    return number_text(value) if places < 0 or value != value else f"{value:.{places}f}"
