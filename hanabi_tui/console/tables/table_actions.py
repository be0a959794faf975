"""What can be done at a table: the keys of the pages Games and Play have in common, and those of Play."""

from hanabi_tui.console.actions import Action


def actions_at_table(group: str) -> tuple[Action, ...]:
    """What can be done in both views, under the heading of one."""
    return (
        Action("step_on", ("right", "n"), "Next", "Show the next move.", group, footer=True),
        Action("step_back", ("left", "b"), "Back", "Show the move before.", group, footer=True),
        Action("to_deal", ("home",), "Deal", "Show the deal.", group),
        Action("to_end", ("end",), "End", "Show the last move.", group),
        Action("next_misplay", ("j",), "Misplay", "Go on to the next misplay, or needed card lost.", group),
        Action("last_misplay", ("J",), "Misplay before", "Go back to the misplay before.", group),
        Action("seat", ("s",), "Seat", "Look from the next seat; after the last one at all cards.", group),
        Action(
            "beliefs",
            ("v",),
            "Beliefs",
            "Where there is no room for both: beliefs, or moves.",
            group,
            footer=True,
        ),
        Action("agent", ("a",), "Agent", "Choose whose values and beliefs are shown.", group, footer=True),
        Action("save", ("w",), "Save", "Save the game as hanab.live JSON.", group),
        Action("link", ("y",), "Link", "Copy a hanab.live link that opens the game at this move.", group),
    )


PLAYING: tuple[Action, ...] = (
    Action("play_card", ("p",), "Play", "Play a card: p, then its slot.", "Play", footer=True),
    Action("discard_card", ("d",), "Discard", "Discard a card: d, then its slot.", "Play", footer=True),
    Action(
        "hint",
        ("h",),
        "Hint",
        "Give a hint: h, the seat where there are several, then r y g w b or 1 to 5.",
        "Play",
        footer=True,
    ),
    Action("take_back", ("u",), "Take back", "Take your last move back, in a practice game.", "Play"),
    Action(
        "insight",
        ("i",),
        "Agent's view",
        "Show or hide what an agent would do in your place.",
        "Play",
        footer=True,
    ),
    Action(
        "new_game",
        ("g",),
        "New game",
        "Choose players, and deal a new game. Asks where one is not over.",
        "Play",
        footer=True,
    ),
    *actions_at_table("Play"),
    Action(
        "cancel",
        ("escape",),
        "Cancel",
        "Take back the keys of a move that is not whole; from the form, go back to the game.",
        "Play",
    ),
)

KEYS = (
    ("play_card", "play"),
    ("discard_card", "discard"),
    ("hint", "hint"),
    ("beliefs", "moves"),
    ("insight", "agent's view"),
    ("new_game", "new game"),
)
"""What a player may want, below the board."""
