"""A user's own keys."""

from pathlib import Path

import pytest

from hanabi_tui.console.actions import EVERYWHERE, Action
from hanabi_tui.console.own.folders import OwnFileError
from hanabi_tui.console.own.keymap import read_keymap, shown

CHARTS = (Action("smooth", ("s",), "Smooth", "Smooth lines."),)


def keymap(tmp_path: Path, text: str):
    path = tmp_path / "keymap.toml"
    path.write_text(text)
    found = read_keymap(path)
    found.check({"charts": lambda: CHARTS})
    return found


def keys(found, name: str, actions=EVERYWHERE, scope="everywhere") -> tuple[str, ...]:
    return next(each.keys for each in found.apply(actions, scope) if each.name == name)


def test_without_a_file_all_keys_are_as_they_are(tmp_path: Path) -> None:
    assert read_keymap(tmp_path / "none.toml").apply(EVERYWHERE) == EVERYWHERE


def test_an_action_gets_the_keys_that_the_file_gives_it_and_takes_them_from_others(tmp_path: Path) -> None:
    found = keymap(
        tmp_path, '[everywhere]\npause = ["space", "C"]\nstop = []\nhelp = "/"\n[charts]\nsmooth = "ctrl+t"'
    )
    assert keys(found, "pause") == ("space", "C")
    assert keys(found, "checkpoint") == ()
    assert keys(found, "stop") == ()
    assert keys(found, "help") == ("slash",)
    assert keys(found, "smooth", CHARTS, "Charts") == ("ctrl+t",)


def test_a_key_given_everywhere_is_taken_from_views_too_but_for_one_given_there(tmp_path: Path) -> None:
    found = keymap(tmp_path, '[everywhere]\npause = "s"')
    assert keys(found, "pause") == ("s",)
    assert keys(found, "smooth", CHARTS, "Charts") == ()
    both = keymap(tmp_path, '[everywhere]\npause = "s"\n[charts]\nsmooth = "s"')
    assert keys(both, "smooth", CHARTS, "Charts") == ("s",)


def test_a_key_given_in_a_view_is_offered_for_nothing_else_there(tmp_path: Path) -> None:
    found = keymap(tmp_path, '[charts]\nsmooth = "q"')
    beside = {each.name: each.keys for each in found.apply(EVERYWHERE, beside="Charts")}
    elsewhere = {each.name: each.keys for each in found.apply(EVERYWHERE, beside="Logs")}
    assert "q" in elsewhere["quit"]
    assert beside["quit"] == tuple(key for key in elsewhere["quit"] if key != "q")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[everywhere]\npuase = "x"', "[everywhere] puase: no such action; did you mean pause?; allowed are"),
        ('[everywhere]\npause = "hyperspace"', '[everywhere] pause: "hyperspace": no such key; allowed is'),
        ('[everywhere]\npause = "3"', "number keys open the views"),
        ("[everywhere]\npause = 3", "[everywhere] pause: 3: allowed is"),
        ('[everywhere]\npause = "x"\nstop = "x"', "[everywhere] stop: x is given to pause too"),
        ('[nowhere]\npause = "x"', "[nowhere]: no such heading; allowed are everywhere, charts"),
        ('pause = "x"', "pause: put it below [everywhere]"),
        ("[everywhere", "not TOML"),
    ],
)
def test_what_is_wrong_names_file_key_and_what_is_allowed(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(OwnFileError) as refused:
        keymap(tmp_path, text)
    assert str(refused.value).startswith(str(tmp_path / "keymap.toml")) and said in str(refused.value)


def test_keys_are_shown_as_people_know_them() -> None:
    assert [shown(key) for key in ("ctrl+p", "question_mark", "f12", "left", "C", "shift+tab")] == [
        "^p",
        "?",
        "F12",
        "←",
        "C",
        "Shift+Tab",
    ]
