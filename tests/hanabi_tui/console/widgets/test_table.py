"""What is drawn beside the board: values, beliefs, outlook, history."""

from pathlib import Path

import pytest
from rich.cells import cell_len

from hanabi_tui.console.widgets.beliefs import percent, picture
from hanabi_tui.console.widgets.move_list import BAR, bar, line
from hanabi_tui.console.widgets.outlook import strip
from hanabi_tui.console.widgets.paint import painted
from hanabi_tui.console.widgets.table import history
from hanabi_tui.table import messages as m
from hanabi_tui.table.host import Host

GOLDEN = Path(__file__).parents[3] / "golden" / "full-3-players.json"


@pytest.fixture(scope="module")
def game() -> m.Game:
    reply = Host().answer(m.Open(number=1, source=str(GOLDEN)))
    assert isinstance(reply, m.Laid)
    return reply.game


def test_bars_are_as_wide_as_their_share_and_never_empty() -> None:
    assert bar(1.0, BAR) == "█" * BAR
    assert bar(0.5, BAR).rstrip() == "█" * (BAR // 2)
    assert bar(0.0, BAR).strip()
    assert {cell_len(bar(share / 50, BAR)) for share in range(51)} == {BAR}


def test_a_move_shows_its_value_and_how_far_it_is_from_the_best(game: m.Game) -> None:
    first, second, third = game.turns[0].choices[:3]
    values = {first.move: 2.0, second.move: -1.5}
    assert line(first, first.move, values).plain.startswith("▸ ")
    assert line(first, first.move, values).plain.endswith("best")
    words = line(second, first.move, values).plain
    assert "−1.50" in words
    assert words.endswith("−3.50")
    assert line(third, first.move, values).plain.strip() == third.words


def test_beliefs_stand_below_the_cards_and_say_what_is_true(game: m.Game) -> None:
    position = game.turns[0].position
    hand = position.hands[0]
    sure = tuple(1.0 if index == 7 else 0.0 for index in range(25))  # Y3
    drawn = picture(position, hand, [sure] * 5, "Alice", truth=True, source="somewhere").plain.split("\n")
    assert len(drawn) == 1 + 5 + 2
    assert drawn[2].count("██") == 5
    assert drawn[1].count(" ·") == 25
    shares = [percent(1.0 if card.name == "Y3" else 0.0) for card in hand]
    assert drawn[6].split() == [
        "in",
        "truth",
        *(word for card, share in zip(hand, shares, strict=True) for word in (card.name, *share.split())),
    ]
    assert max(map(cell_len, drawn)) <= 80
    assert not picture(position, hand, (), "Alice", truth=True).plain


def test_small_shares_are_told_from_none() -> None:
    assert [percent(share) for share in (0.0, 0.001, 0.37, 1.0)] == ["no", "<1 %", "37 %", "100 %"]


def test_the_outlook_fits_one_line_however_long_the_game_and_marks_the_turn(game: m.Game) -> None:
    seen = [m.Appraisal(values={0: float(turn % 7)}) for turn in range(len(game.turns))]
    for turn in (0, len(game.turns) // 2, len(game.turns) - 1):
        drawn = strip(game.turns, seen, turn)
        assert "\n" not in drawn.plain
        assert cell_len(drawn.plain) <= 80
        assert len([span for span in drawn.spans if span.style == "reverse"]) == 1
    assert not strip(game.turns, [m.Appraisal()] * len(game.turns), 0).plain


def test_history_has_the_last_moves_that_there_is_room_for(game: m.Game) -> None:
    lines = history(game.turns[:21], game.names, 8).plain.split("\n")
    assert len(lines) == 8
    assert lines[0].split()[0] == "#"
    assert [int(text.split()[0]) for text in lines[1:]] == list(range(14, 21))
    few = history(game.turns[:21], game.names, 3).plain.split("\n")
    assert [int(text.split()[0]) for text in few] == [18, 19, 20]


def test_painting_changes_no_word(game: m.Game) -> None:
    drawn = history(game.turns, game.names, 40)
    assert painted(drawn).plain == drawn.plain
    assert any("#" in str(span.style) for span in painted(drawn).spans)
