"""The first line: the run's state by shape and word, its step, score, link, and the time left."""

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from engine.contracts.states import State
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.wording import left_of, link_of, printable, score_of, shape_of, silence, state_of

_COLOURS = {
    State.TRAINING: "$text-success",
    State.COLLECTING: "$text-success",
    State.COMPLETED: "$text-success",
    State.PAUSED: "$text-warning",
    State.STOPPING: "$text-warning",
    State.FAILED: "$text-error",
}


class Header(Widget):
    """One line about the run, wherever one looks."""

    DEFAULT_CSS = """
    Header { height: 1; width: 100%; background: $panel; color: $foreground; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__(id="header")
        self._line: tuple[str, str, tuple[str, ...]] = ("", "", ())

    def show(self, model: Model, *, begins: bool = False) -> None:
        """Show how things are now; it is drawn only if that is new. `begins`: a run was just started."""
        if begins and not model.connected:
            line = ("… starting", "$foreground", _facts(model))
        else:
            line = (f"{shape_of(model)} {printable(state_of(model))}", _colour(model), _facts(model))
        if line != self._line:
            self._line = line
            self.refresh()

    def render(self) -> Content:
        """The state first; of the facts as many as there is room for, the state's reason cut before them."""
        state, colour, facts = self._line
        width = self.content_size.width
        kept = list(facts)
        while kept and width < 30 + cell_len("  ".join(kept)):
            kept.pop()
        right = "   ".join(kept)
        room = max(1, width - cell_len(right) - 2)
        left = Content.styled(state, f"bold {colour}").truncate(room, ellipsis=True)
        gap = " " * max(0, width - left.cell_length - cell_len(right))
        return Content.assemble(left, gap, right)


def _colour(model: Model) -> str:
    if not model.connected and model.state not in (State.STOPPED, State.COMPLETED):
        return "$text-error"
    if silence(model):
        return "$text-warning"
    return _COLOURS.get(model.state, "$foreground")


def _facts(model: Model) -> tuple[str, ...]:
    """Most important first."""
    facts = []
    if model.progress is not None:
        facts.append(f"step {model.progress.step:,}")
    facts += [
        score_of(model.evaluated) and f"score {score_of(model.evaluated)}",
        left_of(model),
        link_of(model),
    ]
    if model.read_only:
        facts.insert(0, "read-only")
    return tuple(fact for fact in facts if fact)
