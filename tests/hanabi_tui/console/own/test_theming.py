"""Themes, preferences, and which theme to begin with."""

from pathlib import Path

import pytest
from console import shown, text_of
from contrast import contrast

from hanabi_tui.console.own.folders import OwnFileError
from hanabi_tui.console.own.preferences import last_theme, read_preferences
from hanabi_tui.console.own.theming import all_themes, few_colours, first_theme, shipped, theme_of
from hanabi_tui.console.views.settings import Settings


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    folder = tmp_path / "config" / "hanabi-tui" / "themes"
    folder.mkdir(parents=True)
    return folder


def test_there_are_themes_for_dark_and_light_rooms_and_for_all_eyes() -> None:
    themes = shipped()
    assert len(themes) >= 6
    assert {"fireworks", "daylight", "high-contrast", "colour-blind", "terminal"} <= themes.keys()
    assert not themes["daylight"].dark and themes["terminal"].ansi


@pytest.mark.parametrize("name", [name for name, theme in shipped().items() if not theme.ansi])
def test_text_can_be_read_on_every_ground(name: str) -> None:
    theme = shipped()[name]
    for ground in (theme.background, theme.surface, theme.panel):
        for colour in (theme.foreground, *(theme.variables[f"line-{number}"] for number in range(1, 7))):
            assert ground and colour
            least = 4.5 if colour == theme.foreground else 3.0  # WCAG 2: text; parts of pictures
            assert contrast(colour, ground) >= least, (colour, ground)


def test_a_users_own_theme_is_found_and_a_wrong_one_is_told(home: Path) -> None:
    (home / "mine.toml").write_text('primary = "#123456"\n')
    (home / "bad.toml").write_text('primary = "#123456"\nbackgruond = "black"\n')
    themes, wrong = all_themes()
    assert themes["mine"].primary == "#123456" and "bad" not in themes
    assert len(wrong) == 1
    assert f"{home / 'bad.toml'}: backgruond: no such key; did you mean background?" in wrong[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('primary = "blurple"', "primary = 'blurple': allowed are colours such as"),
        ('primary = "red"\ndark = "yes"', "dark = 'yes': allowed are true, false"),
        ("dark = true", "primary is missing"),
        ('primary = "red"\ntext_alpha = 7', "text_alpha = 7: allowed are numbers 0 to 1"),
        ('primary = "red"\n[variables]\nline-1 = "no"', "[variables] line-1 = 'no'"),
    ],
)
def test_what_is_wrong_with_a_theme_is_said(home: Path, text: str, said: str) -> None:
    (home / "wrong.toml").write_text(text)
    with pytest.raises(OwnFileError, match="wrong.toml") as refused:
        theme_of(home / "wrong.toml")
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("environment", "few"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "linux"}, True),
        ({"TERM": "screen"}, True),
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, False),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, True),
    ],
)
def test_terminals_with_few_colours_are_known(environment: dict[str, str], few: bool) -> None:
    assert few_colours(environment) is few
    assert first_theme("", "", "sea", shipped(), environment) == ("terminal" if few else "sea")
    assert first_theme("ember", "sea", "", shipped(), environment) == "ember"


def test_a_theme_that_there_is_not_is_refused() -> None:
    with pytest.raises(OwnFileError, match="--theme = firework: no such theme; did you mean fireworks"):
        first_theme("firework", "", "", shipped(), {})


async def test_a_theme_is_shown_while_it_is_chosen_kept_with_enter_and_undone_with_escape() -> None:
    async with shown(Settings) as pilot:
        await pilot.press("T", "down")
        await pilot.pause()
        assert "fireworks" in text_of(pilot)
        names = list(pilot.app.setup.themes)
        following = names[names.index("fireworks") + 1]
        assert pilot.app.theme == following
        await pilot.press("escape")
        assert pilot.app.theme == "fireworks" and last_theme() == ""
        await pilot.press("T", "down", "enter")
        await pilot.pause()
        assert pilot.app.theme == following == last_theme()


def test_preferences_are_read_and_checked(tmp_path: Path) -> None:
    path = tmp_path / "console.toml"
    assert read_preferences(path).bell
    path.write_text('bell = false\nalert_command = "true"\n')
    assert read_preferences(path).alert_command == "true" and not read_preferences(path).bell
    path.write_text('alertcommand = "true"')
    with pytest.raises(OwnFileError, match="alertcommand: no such key; did you mean alert_command"):
        read_preferences(path)
    path.write_text("bell = 3")
    with pytest.raises(OwnFileError, match=r"console.toml: .*bell is true or false"):
        read_preferences(path)
