"""The registry: every key, palette entry and help line of the console comes from here, from nowhere else.

An action names the method that carries it out: `action_NAME` of the application, or of its view.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Action:
    """Something a person can do.

    Attributes:
      name: as a user's keymap names it, and the method that does it: `pause` is action_pause.
      keys: Textual's names of the keys that do it, the first one shown; empty: only in the palette.
      label: a word or two, for the footer and the palette.
      help: a sentence, for help and palette: what it does, and when it takes effect.
      group: under which heading help lists it: "Everywhere", or a view's title.
      steers: whether it changes the run; then a read-only console does not offer it.
      asks: the question that is asked before it is done; empty: it is done at once.
      footer: whether the footer shows it.
    """

    name: str
    keys: tuple[str, ...]
    label: str
    help: str
    group: str = "Everywhere"
    steers: bool = False
    asks: str = ""
    footer: bool = False


EVERYWHERE: tuple[Action, ...] = (
    Action("quit", ("q", "ctrl+q", "ctrl+c"), "Quit", "Close the console.", footer=True),
)
"""What can be done in every view."""
