"""`evaluate` with checkpoints, `crossplay` and `conventions`, as a user types and reads them."""

import io
import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
import same_process
from made_checkpoint import SMALL, save
from same_process import Done
from tmux import Tmux, needs_tmux

import engine
from engine import preset
from engine.players.bots import find
from engine.players.evaluation import evaluate
from engine.records.hanablive import load
from engine.settings.config import Config, GameRangesSection
from engine.settings.config_file import to_toml
from hanabi_tui.cli import main
from hanabi_tui.commands.contenders import NAME_WIDTH, contenders
from hanabi_tui.commands.heat import ground, ink
from hanabi_tui.commands.pulse import Pulse
from hanabi_tui.commands.saving import write_all

SOURCES = {"PYTHONPATH": str(Path(engine.__file__).parents[1])}
OWN = """
import numpy as np

from engine import PASS


class Hinter:
    def __init__(self, games): ...
    def begin(self, games, which):
        print("what it prints is no result")

    def watch(self, games, moves): ...

    def act(self, games, stream):
        legal = games.legal_mask()
        return np.where(games.over, PASS, legal.shape[1] - 1 - legal[:, ::-1].argmax(1))


class Fails(Hinter):
    def act(self, games, stream):
        raise KeyError("of mine")


class Passes(Hinter):
    def act(self, games, stream):
        return np.full(len(games), PASS)


class NoAgent:
    def __init__(self, games): ...
"""
COMMAND = [sys.executable, "-c", "from hanabi_tui.cli import main; main()"]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with the run of a user who trained 2 players, and one of which nothing is known."""
    save(tmp_path / "checkpoints", 12_300, 1, score=3.0)
    save(tmp_path / "checkpoints", 12_400, 2, score=2.0)
    settings = Config(game_ranges=GameRangesSection(players=(2,)))
    (tmp_path / "checkpoints/config.toml").write_text(to_toml(settings))
    save(tmp_path / "other", 5, 3)
    (tmp_path / "mybot.py").write_text(OWN)
    return tmp_path


def hanabi_tui(place: Path, *words: str) -> Done:
    """What a command comes to."""
    return same_process.hanabi_tui(*words, place=place)


def by_itself(place: Path, *words: str) -> Done:
    """The same in a process of its own, as a user has it."""
    return subprocess.run(
        [*COMMAND, *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=place,
        env=os.environ | SOURCES,
    )


def rows(done: Done) -> list[list[str]]:
    assert done.returncode == 0, done.stderr
    return [line.split()[:3] for line in done.stdout.splitlines()[1:]]


def test_a_checkpoint_is_measured_with_the_players_it_trained_on_and_bots_beside_it(place: Path) -> None:
    done = by_itself(place, "evaluate", "checkpoints", "--agent", "cautious", "--games", "20")
    assert rows(done) == [["checkpoints@12400", "2", "20"], ["cautious", "2", "20"]]
    told = [line for line in done.stderr.splitlines() if not line.startswith("Compiling kernels")]
    assert told == ["hanabi-tui: checkpoints: the newest generation, checkpoints/generations/000012400"]
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_a_checkpoint_of_unknown_training_is_measured_with_all_that_its_network_sees(place: Path) -> None:
    done = hanabi_tui(place, "evaluate", "other/generations/000000005", "--games", "20")
    assert rows(done) == [["other@5", "2", "20"], ["other@5", "3", "20"]]
    assert "nothing says what it trained on; its network sees up to 3 players" in done.stderr
    silent = hanabi_tui(place, "evaluate", "other@5", "--players", "3", "--games", "20")
    assert (rows(silent), silent.stderr) == ([["other@5", "3", "20"]], "")


def test_a_checkpoint_of_unknown_training_plays_the_largest_game_that_its_network_sees(place: Path) -> None:
    save(
        place / "tiny", 9, model=msgspec.structs.replace(SMALL, max_players=2, max_colors=2, max_hand_size=2)
    )
    done = hanabi_tui(place, "evaluate", "tiny", "--games", "5", "--json")
    assert [json.loads(line)["variant"] for line in done.stdout.splitlines()] == ["small"]
    refused = hanabi_tui(place, "evaluate", "tiny", "--games", "5", "--variant", "full")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "tiny@9: this network plays with up to 2 colours; full, 2 players has more" in refused.stderr


def test_players_that_a_network_cannot_see_are_skipped_with_a_word_or_refused(place: Path) -> None:
    settings = Config(game_ranges=GameRangesSection(players=(3, 5)))
    (place / "checkpoints/config.toml").write_text(to_toml(settings))
    done = hanabi_tui(place, "evaluate", "checkpoints@best", "--games", "20")
    assert rows(done) == [["checkpoints@12300", "3", "20"]]
    assert "5 players are skipped; its network sees up to 3" in done.stderr
    refused = hanabi_tui(place, "evaluate", "checkpoints@best", "--players", "5", "--games", "20")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "this network plays with up to 3 players; full, 5 players has more" in refused.stderr


def test_a_checkpoints_game_can_be_saved_and_replayed(place: Path) -> None:
    done = hanabi_tui(place, "evaluate", "checkpoints", "--games", "2", "--save", "game.json")
    assert done.stdout.splitlines()[-1].startswith("The first game is in game.json")
    assert "step 12400 1" in hanabi_tui(place, "replay", "game.json").stdout


def test_a_game_other_than_the_one_trained_on_is_remarked_upon(place: Path) -> None:
    done = hanabi_tui(place, "evaluate", "checkpoints", "--variant", "small", "--games", "5")
    assert "checkpoints@12400 trained on the full game and is measured on the small one" in done.stderr


def test_a_checkpoint_plays_the_game_that_it_trained_on(place: Path) -> None:
    settings = Config(game_ranges=GameRangesSection(variant="small"))
    (place / "checkpoints/config.toml").write_text(to_toml(settings))
    done = hanabi_tui(place, "evaluate", "checkpoints", "--agent", "hat", "--games", "5", "--json")
    assert [json.loads(line)["variant"] for line in done.stdout.splitlines()] == ["small", "small"]
    assert "measured on" not in done.stderr
    assert "small, 2 players" in hanabi_tui(place, "conventions", "checkpoints", "--games", "5").stdout
    assert "small, 2 players" in hanabi_tui(place, "crossplay", "checkpoints", "hat", "--games", "5").stdout
    (place / "other/config.toml").write_text(to_toml(Config()))
    refused = hanabi_tui(place, "crossplay", "checkpoints", "other", "--games", "5")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "different games (checkpoints@12400: small, other@5: full); give one: --variant" in refused.stderr


def test_a_checkpoint_plays_the_sizes_that_it_trained_on(place: Path) -> None:
    settings = Config(game_ranges=GameRangesSection(colors=(2, 3)))
    (place / "checkpoints/config.toml").write_text(to_toml(settings))
    done = hanabi_tui(place, "evaluate", "checkpoints", "--games", "5", "--json")
    assert [json.loads(line)["variant"] for line in done.stdout.splitlines()] == ["c3r5h5i8l3"]
    assert "checkpoints@12400 trained on games of several sizes; the largest is c3r5i8l3" in done.stderr
    other = hanabi_tui(place, "conventions", "checkpoints", "--games", "5", "--variant", "c2")
    assert "c2r5h5i8l3, 2 players" in other.stdout
    assert "trained on the c3r5i8l3 game and is measured on the c2 one" in other.stderr
    same = hanabi_tui(place, "evaluate", "checkpoints", "--games", "5", "--variant", "c3r5h5i8l3")
    assert "is measured on" not in same.stderr
    refused = hanabi_tui(place, "evaluate", "checkpoints", "--variant", "tiny")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "variant 'tiny': allowed are full, small, very-small, or numbers such as" in refused.stderr


def test_a_damaged_newest_checkpoint_is_passed_over_aloud(place: Path) -> None:
    (place / "checkpoints/generations/000012400/learner.safetensors").write_bytes(b"")
    done = hanabi_tui(place, "evaluate", "checkpoints", "--games", "5")
    assert rows(done) == [["checkpoints@12300", "2", "5"]]
    assert "passed over: checkpoints/generations/000012400/learner.safetensors is damaged" in done.stderr


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["evaluate", "hal"], "'hal' is no agent (random, cautious, convention, hat), and there is no check"),
        (["evaluate", "nowhere/run"], "nowhere/run: no such folder"),
        (["evaluate", "checkpoints@7"], "has no generation 7; there are 12300, 12400"),
        (["evaluate", "checkpoints/config.toml"], "is a file; a checkpoint is a folder"),
        (["evaluate", "other", "--players", "4"], "other@5: this network plays with up to 3 players"),
        (["evaluate", "a/\x1b[2J\nb"], "a/?[2J?b: no such folder"),
        (["crossplay", "hat"], "1 given: cross-play needs 2 to 26 players"),
        (["crossplay", "hat", "hat"], "hat is given twice"),
        (
            ["crossplay", "checkpoints", "hat", "checkpoints@12400"],
            "12400 is given twice (as checkpoints, too)",
        ),
        (["crossplay", "checkpoints@best", "checkpoints/generations/000012300"], "is given twice (as checkp"),
        (["crossplay", "hat", "checkpoints", "--players", "5"], "plays with up to 3 players"),
        (["conventions", "hal"], "'hal' is no agent"),
        (
            ["evaluate", "hat", "--games", "10001", "--save-all", "new"],
            "10,001 games are too many files; at mo",
        ),
        (
            ["evaluate", "hat", "--save-all", "checkpoints"],
            "checkpoints holds files already; give a folder th",
        ),
        (["evaluate", "hat", "--save-all", "mybot.py"], "mybot.py is a file; give a folder, new or empty"),
        (["evaluate", "hat", "--save-all", "nowhere/new"], "nowhere/new: there is no folder"),
        (["evaluate", "my/bot.py:Hinter"], "my/bot.py: no such file"),
        (["evaluate", "--agent", "mybot.py:hinter"], "mybot.py has no hinter; its classes: Hinter, Fails"),
        (["crossplay", "mybot.py:Hinter", "mybot.py:Hinter"], "mybot.py:Hinter is given twice"),
        (["conventions", "mybot.py:NoAgent"], "mybot.py:NoAgent makes a NoAgent, which lacks begin and act"),
        (["conventions", "mybot.py:Passes"], "Passes in seat 0 passed; a player must move"),
        (["conventions", "hat", "--svg", "/nowhere/picture.svg"], "/nowhere/picture.svg"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line_with_exit_code_2(
    place: Path,
    words: list[str],
    complaint: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(place)
    monkeypatch.setattr("sys.argv", ["hanabi-tui", *words])
    with pytest.raises(SystemExit) as end:
        main()
    said = capsys.readouterr()
    assert (end.value.code, said.out) == (2, "")
    assert complaint in said.err.splitlines()[-1]


def typed(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str
) -> str:
    """What a command prints that ends well, run in this process."""
    monkeypatch.chdir(place)
    monkeypatch.setattr("sys.argv", ["hanabi-tui", *words])
    with pytest.raises(SystemExit) as end:
        main()
    said = capsys.readouterr()
    assert not end.value.code, said.err
    sys.stderr.write(said.err)  # for whoever wants it
    return said.out


def test_an_agent_of_ones_own_stands_in_the_place_of_a_bot(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["mybot.py:Hinter", "checkpoints", "--games", "5"]
    lines = typed(place, monkeypatch, capsys, "evaluate", *words).splitlines()
    assert lines[1].split()[:6] == ["mybot.py:Hinter", "2", "5", "0.00", "±", "0.000"]
    also = typed(place, monkeypatch, capsys, "evaluate", "--agent", *words[:1], *words[2:], "--json")
    assert [json.loads(line)["players"] for line in also.splitlines()] == [2, 3, 4, 5]
    matrix = typed(place, monkeypatch, capsys, "crossplay", *words).splitlines()
    assert "A mybot.py:Hinter" in matrix
    found = typed(place, monkeypatch, capsys, "conventions", words[0], *words[2:])
    assert found.startswith("mybot.py:Hinter, full, 2 players: ")


def test_all_games_of_the_last_line_can_be_saved(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["evaluate", "cautious", "random", "--players", "3", "--variant", "small", "--games", "2100"]
    said = typed(place, monkeypatch, capsys, *words, "--save-all", "all", "--save", "first.json")
    assert said.splitlines()[-1] == "The 2,100 games of the last line are in all"
    files = sorted((place / "all").iterdir())
    assert [file.name for file in files] == [f"game-{number:05}.json" for number in range(1, 2101)]
    assert files[0].read_text() == (place / "first.json").read_text()
    games = [load(file.read_text(), file.name) for file in (*files[:50], *files[-50:])]
    outcome = evaluate([find("random")], preset("small", 3), 2100, 0)
    points = [game.positions[-1]["points"] for game in games]
    assert points == [*outcome.points[:50], *outcome.points[-50:]]


def test_saving_that_is_broken_off_leaves_nothing_in_the_way(tmp_path: Path) -> None:
    def broken_off() -> Iterator[str]:
        yield "one game"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_all(tmp_path / "all", broken_off())
    assert not (tmp_path / "all").exists()


def test_an_error_of_ones_own_agent_comes_with_its_traceback(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    monkeypatch.setattr("sys.argv", ["hanabi-tui", "evaluate", "mybot.py:Fails", "--games", "5"])
    with pytest.raises(KeyError, match="of mine"):
        main()


def test_a_matrix_of_six_fits_80_columns_and_names_them_all(place: Path) -> None:
    names = ["checkpoints", "checkpoints@12300", "other", "cautious", "convention", "random"]
    done = by_itself(place, "crossplay", *names, "--games", "10")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[4].split() == [*"ABCDEF", "others"]
    assert [line.split()[:2] for line in lines[5:17:2]] == [
        ["A", "checkpoints@12400"],
        ["B", "checkpoints@12300"],
        ["C", "other@5"],
        ["D", "cautious"],
        ["E", "convention"],
        ["F", "random"],
    ]
    assert all(cell.startswith("±") for line in lines[6:17:2] for cell in line.split())
    assert [line.split()[0] for line in lines[18:20]] == ["Self-play", "Cross-play"]
    assert lines[19].endswith("mean of all other entries")
    assert "±–" not in lines[18] + lines[19]
    assert lines[-1] == "C other/generations/000000005: step 5"


def test_the_matrix_agrees_with_evaluate(place: Path) -> None:
    words = ["--players", "3", "--games", "40", "--seed", "9"]
    line = hanabi_tui(place, "evaluate", "--agent", "hat", *words).stdout.splitlines()[1].split()
    matrix = hanabi_tui(place, "crossplay", "hat", "cautious", *words).stdout.splitlines()
    assert matrix[5].split()[2] == line[3]
    assert "sits in each seat once, the column's in the other 2" in matrix[1]


def test_who_is_measured_with_other_numbers_of_players_than_it_trained_with_is_named(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Config(game_ranges=GameRangesSection(players=(2, 5)))  # its network sees 3
    (place / "checkpoints/config.toml").write_text(to_toml(settings))
    said = "hanabi-tui: checkpoints@12400 trained with 2 players and is measured with 3"
    many = ["checkpoints", "other", "hat", "--players", "2", "--players", "3", "--games", "2"]
    for words in (
        ["evaluate", *many],
        ["crossplay", *many[:2], *many[-4:]],
        ["conventions", *many[:1], *many[-4:]],
    ):
        typed(place, monkeypatch, capsys, *words)
        told = capsys.readouterr().err.splitlines()
        assert [line for line in told if "is measured with" in line] == [said], words


def test_without_a_number_of_players_it_is_one_that_all_trained_on(place: Path) -> None:
    save(place / "three", 8, 4)
    settings = Config(game_ranges=GameRangesSection(players=(3,)))
    (place / "three/config.toml").write_text(to_toml(settings))
    words = ["--games", "2"]
    matrix = hanabi_tui(place, "crossplay", "three", "other", "hat", *words)
    assert matrix.stdout.startswith("Cross-play, full, 3 players: "), matrix.stderr
    found = hanabi_tui(place, "conventions", "three", *words)
    assert found.stdout.startswith("three@8, full, 3 players: "), found.stderr
    refused = hanabi_tui(place, "crossplay", "three", "checkpoints", *words)
    assert refused.returncode == 2
    assert "all were trained on (three@8: 3, checkpoints@12400: 2); give one: --players N" in refused.stderr


def test_the_matrix_as_json_has_all_numbers(place: Path) -> None:
    done = hanabi_tui(place, "crossplay", "cautious", "other", "--games", "1", "--json")
    found = json.loads(done.stdout)
    assert np.shape(found["mean"]) == np.shape(found["standard_error"]) == (2, 2)
    assert found["standard_error"][0] == [None, None]
    assert found["self_play"] == pytest.approx((found["mean"][0][0] + found["mean"][1][1]) / 2)
    assert found["cross_play"] == pytest.approx((found["mean"][0][1] + found["mean"][1][0]) / 2)
    assert found["self_play_standard_error"] is not None
    assert found["cross_play_standard_error"] is None  # of two agents, one is left without the other
    assert [who["name"] for who in found["agents"]] == ["cautious", "other@5"]
    assert (found["players"], found["decks"], found["seed"]) == (2, 1, 0)


def test_evaluations_as_json_are_an_object_a_line_and_agree_with_the_table(place: Path) -> None:
    words = ["evaluate", "--agent", "hat", "--agent", "random", "--players", "3", "--games", "30"]
    found = [json.loads(line) for line in hanabi_tui(place, *words, "--json").stdout.splitlines()]
    assert [(each["agent"], each["players"], each["games"]) for each in found] == [
        ("hat", 3, 30),
        ("random", 3, 30),
    ]
    for each, line in zip(found, hanabi_tui(place, *words).stdout.splitlines()[1:], strict=True):
        assert line.split()[3:6] == [f"{each['mean']:.2f}", "±", f"{each['error']:.3f}"]
    alone = hanabi_tui(place, "evaluate", "--agent", "hat", "--players", "2", "--games", "1", "--json")
    assert json.loads(alone.stdout)["error"] is None


def test_how_far_games_are_is_said_in_a_pipe_when_asked_for(place: Path) -> None:
    done = hanabi_tui(place, "crossplay", "hat", "random", "--games", "20", "--json", "--progress")
    assert json.loads(done.stdout)["decks"] == 20
    assert done.stderr.startswith("4 pairings: ")
    assert all(line.endswith(" of 80 games") for line in done.stderr.splitlines())


def test_conventions_are_a_plain_table_in_a_pipe(place: Path) -> None:
    done = by_itself(place, "conventions", "cautious", "--games", "50")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "\x1b" not in done.stdout
    assert len(lines) == 23  # with the shell's next line, a screen of 24
    assert {len(line) for line in lines[1:]} == {80}
    assert lines[1].split() == [*"d1 d2 d3 d4 d5 p1 p2 p3 p4 p5 R Y G W B 1 2 3 4 5".split(), "times"]
    assert lines[2].startswith("discard 1") and lines[12].startswith("hint R") and lines[21][:6] == "hint 5"
    assert lines[22].startswith("any move")
    wide = hanabi_tui(place, "conventions", "other", "--players", "3", "--games", "5").stdout.splitlines()
    assert len(wide) == 33
    assert wide[1].split()[10:12] == ["R+1", "Y+1"]


def test_conventions_as_json_say_what_each_row_is(place: Path) -> None:
    done = hanabi_tui(place, "conventions", "cautious", "--players", "4", "--games", "30", "--json")
    found = json.loads(done.stdout)
    assert found["moves"][8] == {
        "id": 8,
        "shared": 10,
        "name": "hint red to player +1",
        "label": "R+1",
        "row": "hint R +1",
        "after": "a red hint to the next player",
        "then": "hints at red to the one after",
    }
    assert found["moves"][3]["then"] == "discards the newest card"
    assert found["moves"][-1]["after"] == "a hint at fives to the player before"
    answered, conditional = np.array(found["answered"]), found["conditional"]
    assert answered.shape == (38, 38)
    for row, shares in zip(answered, conditional, strict=True):
        assert sum(shares) == pytest.approx(1) if row.sum() else shares == [None] * 38
    assert sum(found["marginal"]) == pytest.approx(1)


def test_the_picture_is_svg_with_a_field_for_every_pair_of_moves(place: Path) -> None:
    file = place / "picture.svg"
    done = hanabi_tui(place, "conventions", "cautious", "--games", "20", "--svg", str(file))
    assert done.stdout.splitlines()[-1] == f"The picture is in {file}"
    root = ET.fromstring(file.read_text())
    svg = "{http://www.w3.org/2000/svg}"
    assert len(root.findall(f"{svg}rect")) == 1 + 21 * 20
    told = [title.text or "" for title in root.iter(f"{svg}title")]
    assert told[0].startswith("discard 1 → d1: ") and told[-1].startswith("any move → 5: ")


def luminance(colour: tuple[int, int, int]) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def test_a_number_can_be_read_on_every_shade() -> None:
    for share in np.linspace(0, 1, 101):
        dark, bright = sorted((luminance(ground(share)), luminance(ink(share))))
        assert (bright + 0.05) / (dark + 0.05) >= 4.5, share


def test_long_names_and_equal_ones_stay_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in ("a/run", "b/run", "x" * 50):
        save(tmp_path / folder, 1)
    names = [who.name for who in contenders([f"{tmp_path}/{f}" for f in ("a/run", "b/run")])]
    assert len(set(names)) == 2 and all(len(name) <= NAME_WIDTH for name in names)
    (long,) = contenders([f"{tmp_path}/{'x' * 50}"])
    assert (len(long.name), long.name[0], long.name[-4:]) == (NAME_WIDTH, "…", "xx@1")
    twice = contenders([f"{tmp_path}/a/run"] * 2)
    assert [who.name[-6:] for who in twice] == ["run #1", "run #2"]
    assert "the newest generation" in capsys.readouterr().err


def in_terminal(place: Path, words: str, **variables: str) -> Tmux:
    tmux = Tmux(place / "tmux", SOURCES | {"TERM": "xterm-256color"} | variables)
    tmux.press("-l", f"clear; '{sys.executable}' -c 'from hanabi_tui.cli import main; main()' {words}")
    tmux.press("Enter")
    return tmux


@needs_tmux
@pytest.mark.parametrize("variables", [{}, {"NO_COLOR": "1"}], ids=["colour", "no-colour"])
def test_the_heat_map_of_two_players_fits_a_usual_terminal(place: Path, variables: dict[str, str]) -> None:
    tmux = in_terminal(place, "conventions convention --games 50", **variables)
    try:
        screen = tmux.until(lambda screen: "any move" in screen and screen.rstrip().endswith("ready>"))
        assert screen.startswith("convention, full, 2 players: % of next moves (column) after a move (row)\n")
        assert screen.splitlines()[22].startswith("any move")
        assert ("\x1b[48;5;" in tmux.screen("-e")) is not bool(variables)
    finally:
        tmux("kill-server")


@needs_tmux
def test_a_long_evaluation_shows_that_it_lives_and_then_only_its_result(place: Path) -> None:
    tmux = in_terminal(place, "evaluate --agent convention --players 2 --games 20000")
    try:
        tmux.until(lambda screen: " of 20,000 games" in screen)
        screen = tmux.until(lambda screen: screen.rstrip().endswith("ready>"))
        assert "of 20,000 games" not in screen
        assert screen.splitlines()[1].split()[:3] == ["convention", "2", "20,000"]
    finally:
        tmux("kill-server")


class Closed(io.StringIO):
    """A pipe whose reader went away."""

    def write(self, text: str) -> int:
        raise BrokenPipeError


def test_games_go_on_where_nobody_hears_of_them_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", Closed())
    with Pulse(9, "hat", lines=True) as pulse:
        pulse.tell(3)
        pulse.tell(4)
    assert not pulse._shows


def test_a_pipe_gets_no_sign_of_life(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("hanabi_tui.commands.pulse.FIRST", 0.0)
    with Pulse(9, "hat") as pulse:
        pulse.tell(3)
    assert capsys.readouterr() == ("", "")
