"""Many lines: whatever is done to them, they are as a plain list would have them."""

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import chop_cells

from hanabi_tui.console.live.line_store import SLACK, LineStore

LINES = st.lists(st.text(st.sampled_from("abAB 日"), max_size=12), max_size=12)


def odd(line: str) -> bool:
    return len(line) % 2 == 1


STEPS = st.one_of(
    st.tuples(st.just("add"), LINES),
    st.tuples(st.just("set"), LINES),
    st.tuples(st.just("words"), st.lists(st.sampled_from(["a", "ab", "B", "日", "b a"]), max_size=2)),
    st.tuples(st.just("also"), st.booleans()),
    st.tuples(st.just("wrap"), st.integers(0, 7).filter(lambda width: width != 1)),
)


@settings(max_examples=150)
@given(st.lists(STEPS, max_size=12))
def test_it_is_as_a_plain_list_would_be(steps: list) -> None:
    store, lines, words, also, width = LineStore(1000), list[str](), list[str](), None, 0
    for kind, given_ in steps:
        match kind:
            case "add":
                assert store.add(given_) == 0
                lines += given_
            case "set":
                store.set(given_)
                lines = list(given_)
            case "words":
                words = given_
            case "also":
                also = odd if given_ else None
            case "wrap":
                width = given_
        store.sift(words, also)
        store.wrap(width)
        wanted = [
            line
            for line in lines
            if all(word.lower() in line.lower() for word in words) and (also is None or also(line))
        ]
        assert [store.lines[number] for number in store.order] == wanted
        assert store.find("ab") == [place for place, line in enumerate(wanted) if "ab" in line.lower()]
        rows = [
            (place, part)
            for place, line in enumerate(wanted)
            for part in range(max(len(chop_cells(line, width)), 1) if width else 1)
        ]
        assert store.rows == len(rows)
        assert [store.at(row) for row in range(store.rows)] == rows
        assert [store.row_of(place) for place, part in rows if not part] == [
            row for row, (_, part) in enumerate(rows) if not part
        ]


def test_the_oldest_go_many_at_once_and_the_filter_stands() -> None:
    store = LineStore(100)
    store.sift(["7"])
    numbers = [str(number) for number in range(100 + SLACK)]
    assert store.add(numbers) == 0
    assert store.add(["last 7"]) == SLACK + 1
    assert store.lines == [*numbers[SLACK + 1 :], "last 7"]
    assert [store.lines[number] for number in store.order] == [line for line in store.lines if "7" in line]


def test_a_row_of_a_wrapped_line_is_cut_between_signs() -> None:
    store = LineStore(10)
    store.set(["日本語日本語", "abcdefg"])
    store.wrap(5)
    assert [store.span("日本語日本語", part) for part in range(3)] == [(0, 4), (4, 8), (8, 12)]
    assert store.span("abcdefg", 1) == (5, 10)
