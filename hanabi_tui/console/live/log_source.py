"""The lines a run has said: from its log file, which has all of them, and from the socket, which is quick."""

from collections import Counter, deque
from collections.abc import Iterable
from pathlib import Path

from hanabi_tui.foreground.run_log import log_of

KEPT = 100_000
"""Lines that a console holds; older ones are in the files."""

WINDOW = 25_000
"""Lines within which the same line from both sides is taken for one; more than the model remembers."""


class LogFile:
    """`logs/run.log` of a directory and the file before it, read line by line as they grow.

    Attributes:
      why: why nothing can be read; empty: all is well, or there is no file yet.
    """

    def __init__(self, directory: Path) -> None:
        self._path = log_of(directory)
        self._before = self._path.with_name(self._path.name + ".1")
        self._number: int | None = None  # of the file being read: its inode
        self._offset = 0
        self.why = ""

    def read_on(self) -> list[str]:
        """The lines that came since this was last asked; at first all, KEPT at most. Raises nothing."""
        try:
            self.why = ""
            return self._read_on()
        except FileNotFoundError:
            return []
        except OSError as error:
            self.why = f"{self._path} cannot be read: {error.strerror or error}"
            return []

    def _read_on(self) -> list[str]:
        status = self._path.stat()
        lines: list[str] = []
        if self._number is None:
            lines = self._rest(self._before, 0)
            self._offset = 0
        elif status.st_ino != self._number:  # a new file was begun: first what the old one still got
            lines = self._rest(self._before, self._offset)
            self._offset = 0
        elif status.st_size < self._offset:
            self._offset = 0
        self._number = status.st_ino
        if status.st_size > self._offset:
            lines += self._rest(self._path, self._offset)
        return lines[-KEPT:]

    def _rest(self, path: Path, offset: int) -> list[str]:
        """The whole lines of a file from an offset on; remembers where they end."""
        try:
            with path.open("rb") as file:
                file.seek(offset)
                data = file.read()
        except FileNotFoundError:
            return []
        whole = data[: data.rfind(b"\n") + 1]
        self._offset = offset + len(whole)
        return whole.decode(errors="replace").splitlines()


class Merge:
    """Lines that come by two ways, each once: whichever brings it first."""

    def __init__(self) -> None:
        self._unmatched: tuple[Counter[str], Counter[str]] = Counter(), Counter()
        self._order: tuple[deque[str], deque[str]] = deque(), deque()

    def from_file(self, lines: Iterable[str]) -> list[str]:
        """Those that the socket has not brought before."""
        return self._fresh(lines, 0)

    def from_socket(self, lines: Iterable[str]) -> list[str]:
        """Those that the file has not brought before."""
        return self._fresh(lines, 1)

    def _fresh(self, lines: Iterable[str], side: int) -> list[str]:
        mine, others, order = self._unmatched[side], self._unmatched[1 - side], self._order[side]
        fresh = []
        for line in lines:
            if others[line] > 0:
                others[line] -= 1
                continue
            fresh.append(line)
            mine[line] += 1
            order.append(line)
            if len(order) > WINDOW:  # it will not come any more
                old = order.popleft()
                if mine[old] > 0:
                    mine[old] -= 1
                if not mine[old]:
                    del mine[old]
        return fresh
