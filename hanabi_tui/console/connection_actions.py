"""What can be done on the Connection page, and with which keys."""

from hanabi_tui.console.actions import Action

_GROUP = "Connection"

ACTIONS: tuple[Action, ...] = (
    Action(
        "reconnect",
        ("r",),
        "Reconnect now",
        "Have a run that waits for its learner try again at once.",
        _GROUP,
        steers=True,
        footer=True,
    ),
    Action(
        "test",
        ("t",),
        "Test",
        "Check the chosen host as `hanabi-tui doctor` does: token, versions, GPU, speed.",
        _GROUP,
        footer=True,
    ),
    Action(
        "host_key",
        ("k",),
        "Host key",
        "Look at the chosen host's SSH key, and accept it if it is the right one.",
        _GROUP,
        footer=True,
    ),
    Action("cancel", ("x",), "Cancel", "End a test that is under way.", _GROUP),
    Action("longer", ("plus", "equals_sign"), "Longer", "Show more of the link's history.", _GROUP),
    Action("shorter", ("minus",), "Shorter", "Show less of the link's history.", _GROUP),
    Action("hosts", ("h",), "Read hosts", "Read ~/.ssh/config again.", _GROUP),
)
