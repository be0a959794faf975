"""What all views have in common."""

from typing import ClassVar

from textual.containers import Container

from hanabi_tui.console.actions import Action
from hanabi_tui.console.model import Model


class View(Container):
    """One of the console's pages: made when it is first looked at, kept from then on.

    A view is found by its number key and by its title. The application calls `show` with the model at most
    four times a second, only while the view can be seen, and once when it comes into sight. What takes longer
    than a few milliseconds (files, databases, other programs) belongs into a worker (`run_worker`), never
    into `show`.

    Attributes:
      title: one word or two.
      key: the number key that opens it.
      actions: what can be done here, besides what can be done everywhere.
    """

    title: ClassVar[str]
    key: ClassVar[str]
    actions: ClassVar[tuple[Action, ...]] = ()

    DEFAULT_CSS = """
    View { width: 100%; height: 100%; }
    """

    def show(self, model: Model) -> None:
        """Show how things are now."""
        raise NotImplementedError

    def leave(self) -> None:
        """The view goes out of sight."""
