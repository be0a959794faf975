"""Keys of a move that is refused."""

from engine.records.position import DISCARD
from hanabi_tui.console.tables.spelling import HINT
from hanabi_tui.console.tables.stray import Stray


def test_as_many_keys_as_the_move_would_have_taken_do_nothing() -> None:
    for stray, keys in ((Stray.after(DISCARD), "4"), (Stray.after(HINT, aimed=False), "3g")):
        assert all(stray.takes(key) for key in keys)
        assert not stray.takes("1")


def test_a_key_that_would_not_have_been_one_of_them_ends_it() -> None:
    stray = Stray.after(HINT, aimed=False)
    assert not stray.takes("d")
    assert not stray.takes("4")
    assert not Stray.after(DISCARD).takes("g")
    assert not Stray.after(HINT, colours=False).takes("g")
    assert not Stray.after(HINT).takes("escape")
