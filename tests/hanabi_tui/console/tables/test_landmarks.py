"""Turns that one wants to jump to."""

from pathlib import Path

from hanabi_tui.console.tables.landmarks import next_hint, next_mistake, the_mistake
from hanabi_tui.table import messages as m
from hanabi_tui.table.host import Host

GOLDEN = Path(__file__).parents[3] / "golden" / "full-3-players.json"


def turns() -> tuple[m.Turn, ...]:
    reply = Host().answer(m.Open(number=1, source=str(GOLDEN)))
    assert isinstance(reply, m.Laid)
    return reply.game.turns


def test_hints_and_mistakes_are_found_both_ways_and_in_order() -> None:
    game = turns()
    for find, true in (
        (next_hint, lambda last: last.deed in ("colour", "rank")),
        (next_mistake, lambda last: last.mistake),
    ):
        wanted = [
            number for number, turn in enumerate(game) if turn.position.last and true(turn.position.last)
        ]
        ahead, here = [], 0
        while (found := find(game, here)) is not None:
            ahead.append(found)
            here = found
        assert ahead == wanted
        assert find(game, wanted[-1] + 1, -1) == wanted[-1] if wanted else True


def test_the_mistake_is_the_move_that_cost_most() -> None:
    values = {1: 3.0, 2: 1.0}
    seen = [m.Appraisal(values=values, rank=rank, loss=loss) for rank, loss in ((1, 0.0), (2, 2.0), (2, 0.3))]
    found = the_mistake([*seen, m.Appraisal()])
    assert found is not None
    assert found[0] == 1
    assert "2.00 points" in found[1]


def test_an_agent_that_would_have_made_every_move_names_where_its_hopes_fell() -> None:
    seen = [m.Appraisal(values={1: 3.0}, rank=1, fall=fall) for fall in (0.1, -0.5, 1.5, 0.2)]
    found = the_mistake(seen)
    assert found is not None
    assert found[0] == 2
    assert "1.50" in found[1]


def test_without_values_nothing_is_known() -> None:
    assert the_mistake([m.Appraisal(), m.Appraisal(beliefs=((1.0,),))]) is None
