"""What views have in common that have games played, in processes of their own."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from functools import partial
from typing import Any, ClassVar

import msgspec
from textual import on
from textual.widgets import Select, Static
from textual.worker import WorkType

from hanabi_tui.console.live.model import Model
from hanabi_tui.console.measuring import child
from hanabi_tui.console.measuring.contestants import Shelf, shelf, stamp_of
from hanabi_tui.console.view import View

GAMES = (200, 1_000, 5_000, 20_000)
"""How many can be asked for."""

LOADING = "The players are being loaded … (escape ends it)"

_GROUP = "work"

Work = Callable[[], Coroutine[Any, Any, None]]


class PlayingView(View):
    """Knows who can play, and has a line `#work` that says how work goes, of which there is one at a time."""

    DEFAULT_CSS = """
    PlayingView { layout: vertical; }
    PlayingView .choices { height: 1; }
    PlayingView .choices Label { padding: 0 1; color: $text-muted; }
    PlayingView #seats { width: 15; }
    PlayingView #games { width: 17; }
    PlayingView #work { height: auto; max-height: 3; min-height: 1; padding: 0 1; color: $text-muted; }
    """

    shows_disk: ClassVar[bool] = True

    _started = 0
    """How much work was begun so far."""

    _shelf: Shelf | None = None
    """Who can play, as of the last look; None before the first."""

    _looking = False

    _followed: int | None = 2
    """With how many players the run plays, as long as that is chosen here, too; None: a person chose."""

    def show(self, model: Model) -> None:
        """Look at the directory again, if it changed."""
        if not self._looking and (self._shelf is None or self._shelf.stamp != stamp_of(model.directory)):
            self._looking = True
            self.run_worker(self._look(model), group="look", exit_on_error=False)

    async def _look(self, model: Model) -> None:
        try:
            found = await asyncio.to_thread(shelf, model.directory)
        except OSError as error:
            self.say(f"{model.directory}: {error.strerror or error}")
            return
        finally:
            self._looking = False
        first, self._shelf = self._shelf is None, found
        if self._followed is not None:
            self._followed = found.players[0]
            with self.prevent(Select.Changed):
                self.query_one("#seats", Select).value = self._followed
        self.take_in(found, first=first)

    @on(Select.Changed, "#seats")
    def _seats_chosen(self, event: Select.Changed) -> None:
        if event.value != self._followed:
            self._followed = None

    def take_in(self, found: Shelf, *, first: bool) -> None:
        """Offer who can play now; `first`: nobody was offered before."""
        raise NotImplementedError

    def game_choices(self) -> Iterator[Select[int]]:
        """With how many players to play, and how many games."""
        seats = [(f"{seats} players", seats) for seats in range(2, 6)]
        games = [(f"{games:,} games", games) for games in GAMES]
        yield Select(seats, value=2, id="seats", compact=True, allow_blank=False)
        yield Select(games, value=1_000, id="games", compact=True, allow_blank=False)

    @property
    def seats(self) -> int:
        """With how many players."""
        return self._number("seats")

    @property
    def games(self) -> int:
        """How many games."""
        return self._number("games")

    def _number(self, which: str) -> int:
        value = self.query_one(f"#{which}", Select).value
        assert isinstance(value, int)
        return value

    def words_of(self, command: str, names: Sequence[str]) -> list[str]:
        """A command for these players, with what is chosen."""
        many = ["--players", str(self.seats), "--games", str(self.games)]
        return [command, *names, *many, "--variant", (self._shelf or Shelf()).variant]

    def start(self, work: Work) -> None:
        """Begin some work; what is going on here ends."""
        self._started += 1
        guarded: WorkType[None] = partial(self._guarded, work, self._started)
        self.run_worker(guarded, group=_GROUP, exclusive=True, exit_on_error=False)

    async def _guarded(self, work: Work, number: int) -> None:
        try:
            await work()
        except child.ChildError as error:
            self.say(f"Failed: {error}")
        except msgspec.MsgspecError as error:
            self.say(f"Failed: the command printed something else than was expected ({error})")
        except OSError as error:
            self.say(f"Failed: {error.strerror or error}")
        except asyncio.CancelledError:
            if number == self._started:  # else the next work has the word
                self.say("Ended before it was done.")
            raise

    def action_end_work(self) -> None:
        """End what is going on here."""
        self.workers.cancel_group(self, _GROUP)

    def tell_far(self, far: child.Far) -> None:
        """Say how far games are."""
        self.say(f"{far} (escape ends it)")

    def say(self, words: str) -> None:
        """Say it in the line for that."""
        self.query_one("#work", Static).update(words)
