"""What can be done on the Charts page, and with which keys."""

from hanabi_tui.console.actions import Action


def _action(name: str, keys: str, label: str, help_: str, *, footer: bool = False) -> Action:
    return Action(name, tuple(keys.split()), label, help_, group="Charts", footer=footer)


ACTIONS: tuple[Action, ...] = (
    _action("enlarge", "enter", "Large/small", "Show the chosen chart alone, or all again.", footer=True),
    _action("back", "escape", "Back", "No crosshair; then all charts again."),
    _action("next_chart", "down", "Next", "Choose the next chart."),
    _action("previous_chart", "up", "Previous", "Choose the chart before."),
    _action("zoom_in", "plus equals_sign", "Zoom", "See half as much, around the crosshair.", footer=True),
    _action("zoom_out", "minus", "Zoom out", "See twice as much."),
    _action("earlier", "left", "Earlier", "Move to what was before, by a quarter of what is seen."),
    _action("later", "right", "Later", "Move to what came after."),
    _action("whole", "0", "Whole", "See the whole run.", footer=True),
    _action("follow", "f", "Follow", "See the newest part, and go on seeing it.", footer=True),
    _action("cross_left", "comma", "Read left", "Move the crosshair left: it reads all charts."),
    _action("cross_right", "full_stop", "Read right", "Move the crosshair right."),
    _action("cross_far_left", "less_than_sign", "Read far left", "Move the crosshair far left."),
    _action("cross_far_right", "greater_than_sign", "Read far right", "Move the crosshair far right."),
    _action(
        "smooth_more",
        "right_square_bracket",
        "Smoother",
        "Smooth all lines more: older values count for longer.",
    ),
    _action(
        "smooth_less",
        "left_square_bracket",
        "Rougher",
        "Smooth less, down to not at all; raw values stay faintly visible behind.",
    ),
    _action("axis", "x", "X axis", "Let x be steps, time trained, or the clock.", footer=True),
    _action("log", "l", "Log", "Let the chosen chart's y axis be logarithmic, or even again.", footer=True),
    _action("metrics", "m", "Metrics", "Choose which charts are shown.", footer=True),
    _action("compare", "o", "Other runs", "Lay other runs over this one.", footer=True),
)
"""Zooming, reading and smoothing are for all charts together; they show the same part of the run."""
