"""Lines of pieces: never wider than they may be, whatever is in them."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from hanabi_tui.console.pieces import (
    apart,
    bar,
    cut,
    cut_line,
    fitting,
    padded,
    plain,
    quiet,
    text_of,
    width_of,
    wrapped,
)

TEXTS = st.text(st.sampled_from("ab 日\x1b\n€–"), max_size=30)
WIDTHS = st.integers(1, 40)


@given(st.lists(TEXTS, max_size=5), WIDTHS)
def test_a_line_is_cut_to_its_width_and_says_so(texts: list[str], width: int) -> None:
    line = tuple(plain(text) for text in texts)
    short = cut_line(line, width)
    assert width_of(short) <= width
    if width_of(line) <= width:
        assert short == line
    else:
        assert text_of(short).endswith("…")


@given(TEXTS, WIDTHS)
def test_a_text_is_cut_and_padded_to_its_width(text: str, width: int) -> None:
    piece = plain(text)
    assert cell_len(cut(piece.text, width)) <= width
    assert cell_len(padded(piece, width).text) <= width
    if cell_len(piece.text) <= width:
        assert cell_len(padded(piece, width, right=True).text) == width


@given(TEXTS, WIDTHS)
def test_a_wrapped_text_keeps_its_words(text: str, width: int) -> None:
    width += 1  # a sign may be two cells wide
    lines = wrapped(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(plain(text).text.split())
    assert len(wrapped(text, width, 2)) <= 2


def test_nothing_in_a_piece_can_steer_a_terminal() -> None:
    assert plain("a\x1b[31m\nb\x07").text == "a?[31m?b?"


def test_the_fullest_line_that_fits_is_taken() -> None:
    long, short = (plain("long line"),), (plain("short"),)
    assert fitting(9, long, short) == long
    assert fitting(8, long, short) == short
    assert fitting(2, long, short) == short


def test_what_stands_apart_goes_where_there_is_no_room() -> None:
    assert text_of(apart(10, (plain("ab"),), (quiet("cd"),))) == "ab      cd"
    assert text_of(apart(5, (plain("ab"),), (quiet("cd"),))) == "ab"


def test_a_bar_is_as_full_as_its_share() -> None:
    assert bar(0.0, 4) == "░░░░"
    assert bar(1.0, 4) == "████"
    assert bar(0.5, 4) == "██░░"
    assert bar(0.53, 4) == "██▏░"
    assert bar(7.0, 4) == "████"
    assert bar(float("nan"), 4) == "░░░░"
