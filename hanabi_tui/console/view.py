"""What all views have in common."""

from typing import TYPE_CHECKING, ClassVar

from hanabi_tui.console.actions import Action
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.widgets.blank import Blank

if TYPE_CHECKING:
    from hanabi_tui.console.app import Console


LOOK = 2.0
"""Seconds between two looks at the disk, of views that show what lies there."""


class View(Blank):
    """One of the console's pages: made when it is first looked at, kept from then on.

    A view is found by the key and the title of its Page. The application calls `show` with the model at most
    four times a second, only while the view can be seen, and once when it comes into sight. What takes longer
    than a few milliseconds (files, databases, other programs) belongs into a worker (`run_worker`), never
    into `show`.

    An action of `actions` named `smooth` is carried out by the method `action_smooth`, without arguments,
    plain or `async`. Keys, footer, palette, help and the question before it are the application's work; no
    BINDINGS are needed. Keys of single letters reach a focused Input first.

    Of the application a view uses:
      self.app.model: the Model.
      self.app.steer(command): has the run carry out a command and shows what became of it. It returns at
        once; whoever wants the Reply awaits what it returns.
      self.app.say(text): a short message, for a moment (`warning=True`: something is wrong).
      await self.app.perform("pause"): does what the action of that name does, after its question.
      self.app.copy(text): puts a text into the terminal's clipboard.

    Attributes:
      actions: what can be done here, besides what can be done everywhere.
      shows_disk: whether `show` is called every LOOK seconds besides, while the view can be seen: files come
        and go without a live run also.
    """

    actions: ClassVar[tuple[Action, ...]] = ()
    shows_disk: ClassVar[bool] = False

    DEFAULT_CSS = """
    View { width: 100%; height: 100%; }
    """

    if TYPE_CHECKING:
        app: "Console"

    def on_mount(self) -> None:
        """Look now and then, where that is of use; Textual calls this besides a view's own."""
        if self.shows_disk:
            self.set_interval(LOOK, self._look_again)

    def _look_again(self) -> None:
        if self.display:
            self.show(self.app.model)

    def show(self, model: Model) -> None:
        """Show how things are now."""
        raise NotImplementedError

    def question(self, action: Action) -> str:
        """What is asked before an action: its `asks`, or something more exact; empty: nothing.

        A view that names something it shows remembers what: it may show another by the time of the yes.
        """
        return action.asks

    def leave(self) -> None:
        """The view goes out of sight."""
