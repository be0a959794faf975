"""What a check of `hanabi-tui doctor` found, and how it is printed and read again."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from engine.machine.printable import shown

_ABOUT, _TEXT = 6, 18
"""Columns where these begin in a printed line."""


class Verdict(StrEnum):
    """How a check came out; the word is said, so that colour is not needed."""

    OK = "ok"
    NOTE = "note"
    FAIL = "FAIL"


@dataclass(frozen=True)
class Finding:
    """What a check found, and what to do about it."""

    verdict: Verdict
    about: str
    text: str
    advice: str = ""


def lines_of(finding: Finding) -> Iterator[str]:
    """What is printed of it: verdict, what it is about, and text in columns; below them the advice."""
    said = shown(finding.text, keep="\n")  # another machine may have said it
    yield f"{finding.verdict:<{_ABOUT - 1}} {finding.about:<{_TEXT - _ABOUT - 1}} {said}"
    if finding.advice:
        yield f"{'':<{_TEXT}}→ {finding.advice}"


def read(line: str) -> Finding | None:
    """What was found, by the first of these lines; None: it is another line."""
    try:
        verdict = Verdict(line.split(" ", 1)[0])
    except ValueError:
        return None
    return Finding(verdict, line[_ABOUT:_TEXT].strip(), line[_TEXT:].strip())
