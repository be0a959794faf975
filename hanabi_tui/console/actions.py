"""The registry: every key, palette entry and help line of the console comes from here, from nowhere else.

An action names the method that carries it out: `action_NAME` of the application, or of its view. No action of
a view has the name of one of all views, which it would stand before.
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
      asks: the question that is asked before it is done, unless its view has one more exact (View.question);
        empty: it is done at once.
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


_RUN = "The run"

EVERYWHERE: tuple[Action, ...] = (
    Action(
        "pause",
        ("P",),
        "Pause/resume",
        "Have the run rest after the step it is at; or go on. Asks which, where it paused by itself.",
        group=_RUN,
        steers=True,
        footer=True,
    ),
    Action(
        "checkpoint",
        ("C",),
        "Checkpoint",
        "Save a generation now, at the end of the step.",
        group=_RUN,
        steers=True,
        footer=True,
    ),
    Action(
        "evaluate",
        ("E",),
        "Evaluate",
        "Play evaluation games now, with the newest average of weights.",
        group=_RUN,
        steers=True,
    ),
    Action(
        "restore",
        ("G",),
        "Go back",
        "Restore a generation, by its step; later ones are set aside, not deleted. Asks.",
        group=_RUN,
        steers=True,
    ),
    Action(
        "workers",
        ("W",),
        "Workers",
        "Change how many workers play; they start or end at once.",
        group=_RUN,
        steers=True,
    ),
    Action(
        "restart_workers",
        ("R",),
        "Restart workers",
        "Start all workers anew, at once; their unfinished games are dropped. Asks.",
        group=_RUN,
        steers=True,
        asks="Start all workers anew? Their unfinished games are dropped; nothing that was learned is.",
    ),
    Action(
        "stop",
        ("S",),
        "Stop",
        "Save a generation and end the run; the same command goes on from there. Asks.",
        group=_RUN,
        steers=True,
        asks="Stop the run? It saves a generation first, and can go on from there at any time.",
    ),
    Action(
        "start",
        ("B",),
        "Start",
        "Where no run is live: start it in the background, from its newest generation.",
        group=_RUN,
        steers=True,
    ),
    Action("help", ("question_mark", "f1"), "Help", "Show all keys that work here.", footer=True),
    Action(
        "palette", ("ctrl+p", "colon"), "Palette", "Find anything by typing a part of its name.", footer=True
    ),
    Action("jump", ("ctrl+o",), "Jump", "Show a letter over each part of the view; press it to go there."),
    Action("theme", ("T",), "Theme", "Choose colours; each is shown while you choose."),
    Action("copy_text", ("Y",), "Copy", "Copy what is selected with the mouse, or else the whole view."),
    Action("picture", ("f12",), "Picture", "Save the screen as an SVG picture in the current directory."),
    Action("redraw", ("ctrl+l",), "Redraw", "Draw the screen anew, after something else wrote on it."),
    Action("suspend", ("ctrl+z",), "Suspend", "Give the terminal back to the shell; `fg` comes back."),
    Action(
        "quit",
        ("q", "ctrl+q", "ctrl+c"),
        "Quit",
        "Close this console; asks whether the run goes on.",
        footer=True,
    ),
)
"""What can be done in every view. Most have capital letters; small ones are mostly the views'."""
