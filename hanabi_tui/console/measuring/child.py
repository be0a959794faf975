"""Games played for the console: a command that yields the processor to the run, and says how far it is."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hanabi_tui.console import command

NICE = 10
"""How much it yields: beside workers that take every core it gets about a tenth of one."""

_PROGRESS = re.compile(r"(.*): ([\d,]+) of ([\d,]+) games$")


class ChildError(Exception):
    """The command failed; says why, in words."""


@dataclass(frozen=True)
class Far:
    """How far a command is: `over` of `total` games of `what`."""

    what: str
    over: int
    total: int

    def __str__(self) -> str:
        return f"{self.what}: {self.over:,} of {self.total:,} games"


async def run(
    words: Sequence[str], told: Callable[[Far], None], line: Callable[[str], None] = lambda _: None
) -> str:
    """Run a `hanabi-tui` command that knows --json and --progress; what it printed.

    Args:
      words: the command and its arguments, without these two.
      told: called now and then with how far it is.
      line: called with each line of its output, as it comes.

    Raises ChildError; OSError where it cannot be started. Being cancelled ends the command first.
    """
    lines: list[str] = []
    remarks: list[str] = []

    def hear(said: str) -> None:
        lines.append(said)
        line(said)

    def remark(said: str) -> None:
        if far := _PROGRESS.match(said):
            told(Far(far[1], *(int(number.replace(",", "")) for number in (far[2], far[3]))))
        elif said:
            remarks.append(said.removeprefix("hanabi-tui: "))

    code = await command.run([*words, "--json", "--progress"], hear, remark, nice=NICE)
    if code:
        raise ChildError(_why(code, remarks))
    return "\n".join(lines)


def _why(code: int, remarks: Sequence[str]) -> str:
    if code < 0:
        killed = "it was killed; perhaps the machine ran out of memory" if code == -9 else "it was ended"
        return f"{killed} (signal {-code})"
    return remarks[-1] if remarks else f"it ended with code {code} and said nothing"
