"""`hanabi-tui config`, and settings on the command line of training, in processes of their own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import engine
from engine.settings.config import Config
from engine.settings.config_file import from_toml
from engine.settings.keys import KEYS
from hanabi_tui.settings import flag_of

COMMAND = [sys.executable, "-c", "from hanabi_tui.cli import main; main()"]
ROOT = Path(engine.__file__).parents[1]
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith("HANABI_")}
PLAIN |= {"PYTHONPATH": str(ROOT), "COLUMNS": "80", "TERMINAL_WIDTH": "80"}


def hanabi_tui(
    folder: Path, *words: str, code: int = 0, **variables: str
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*COMMAND, *words], cwd=folder, env=PLAIN | variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


def line_for(key: str, printed: str) -> str:
    return next(line for line in printed.splitlines() if line.split()[:1] == [key])


def test_it_shows_every_setting_in_a_line_of_a_usual_terminal(tmp_path: Path) -> None:
    (tmp_path / "distributed_config.toml").write_text("[iteration]\nwarm_up = 500\n")
    words = ["config", "--seed", "7", "--no-use-wandb", "--players", "2", "--players", "3"]
    done = hanabi_tui(tmp_path, *words, HANABI_TRAIN_STEPS_PER_ITERATION="30")
    assert done.stderr == "hanabi-tui: settings are read from distributed_config.toml\n"
    assert max(map(len, done.stdout.splitlines())) <= 80
    for key, words in {
        "gpu_port": ["5555", "default"],
        "batch_size": ["1024", "samples", "preset", "cpu"],
        "warm_up": ["500", "samples", "distributed_config.toml"],
        "train_steps_per_iteration": ["30", "steps", "HANABI_TRAIN_STEPS_PER_ITERATION"],
        "seed": ["7", "--seed"],
        "use_wandb": ["false", "--no-use-wandb"],
        "players": ["2,", "3", "--players"],
        "auth_token": ["not", "set", "default"],
        "preset": ["cpu", "gpu_host", "is", "empty"],
    }.items():
        shown = line_for(key, done.stdout).split()
        assert all(word in shown for word in words), shown
    assert all(line_for(key, done.stdout) for key in KEYS)


def test_what_it_prints_as_toml_gives_the_same_settings(tmp_path: Path) -> None:
    file = tmp_path / "distributed_config.toml"
    first = hanabi_tui(tmp_path, "config", "--toml", "--players", "2,5", "--learning-rate", "1e-5").stdout
    file.write_text(first)
    assert hanabi_tui(tmp_path, "config", "--toml").stdout == first
    config = from_toml(first)
    assert (config.game_ranges.players, config.training.learning_rate) == ((2, 5), 1e-5)


def test_the_shell_may_have_made_the_file_it_is_writing_to(tmp_path: Path) -> None:
    (tmp_path / "distributed_config.toml").touch()
    done = hanabi_tui(tmp_path, "config", "--toml", "--preset", "gpu")
    assert from_toml(done.stdout).model == Config().model
    assert "distributed_config.toml, which is empty" in done.stderr


@pytest.mark.parametrize("form", [[], ["--toml"]])
def test_a_token_works_warns_and_is_not_shown(tmp_path: Path, form: list[str]) -> None:
    done = hanabi_tui(tmp_path, "config", "--auth-token", "hush-hush", *form)
    assert "hush-hush" not in done.stdout + done.stderr
    assert "HANABI_AUTH_TOKEN_FILE" in done.stderr
    if not form:
        assert line_for("auth_token", done.stdout).split()[1] == "set"


def test_mistakes_of_all_sources_come_in_one_message(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("[training]\nbatchsize = 3\n")
    done = hanabi_tui(tmp_path, "config", "--config", "mine.toml", "--seed", "-1", code=2, HANABI_PLAYER="2")
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "hanabi-tui: 3 mistakes in the settings:",
        "  mine.toml, line 2: [training] batchsize: no such key; did you mean batch_size?",
        "  HANABI_PLAYER: no such setting; did you mean HANABI_PLAYERS or HANABI_MAX_PLAYERS?",
        '  --seed "-1": allowed: whole numbers 0 to 9_223_372_036_854_775_807',
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["config", "--config", "missing.toml"], "missing.toml: No such file or directory"),
        (["config", "--batchsize", "3"], "--batch-size"),
        (["config", "--serial", "--no-serial"], "--serial and --no-serial: give one of the two"),
        (["--seed", "3"], "to train without a console: hanabi-tui --no-ui"),
        (["--seed", "3", "agents"], "settings and the like do not go before agents"),
        (["--no-ui", "agents"], "settings and the like do not go before agents"),
        (["--no-ui", "--num-heads", "3"], "num_heads = 3 does not divide"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(tmp_path: Path, words: list[str], said: str) -> None:
    assert said in hanabi_tui(tmp_path, *words, code=2).stderr


def test_training_gets_the_settings_of_the_same_flags(tmp_path: Path) -> None:
    probe = """
import sys, types
headless = types.ModuleType("hanabi_tui.foreground.headless")
headless.run = lambda settings, manner: print(settings.config.general.seed, settings.origins["batch_size"])
sys.modules["hanabi_tui.foreground.headless"] = headless
sys.argv = ["hanabi-tui", "--no-ui", "--seed", "5", "--batch-size", "64"]
from hanabi_tui.cli import main
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", probe], cwd=tmp_path, env=PLAIN, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("5 --batch-size\n", "")


def test_help_names_every_flag_and_cuts_none_short(tmp_path: Path) -> None:
    explained, listed = hanabi_tui(tmp_path, "config", "--help"), hanabi_tui(tmp_path, "--help")
    for printed in (explained.stdout, listed.stdout):
        assert {flag_of(key) for key in KEYS} <= set(printed.split())
    assert all(f"[{key.section}]" in explained.stdout for key in KEYS.values())


def test_help_of_every_command_about_a_run_says_how_that_is_named(tmp_path: Path) -> None:
    """Of the other settings it says nothing: they are not this command's business."""
    probe = """
import typer
from hanabi_tui.cli import app
for name, command in typer.main.get_command(app).commands.items():
    shown = {flag for option in command.params if not getattr(option, "hidden", True) for flag in option.opts}
    if any(option.name == "learning_rate" for option in command.params):
        print(name, *sorted({"--config", "--checkpoint-dir", "--learning-rate"} & shown))
"""
    everything = PLAIN | {
        "_HANABI_TUI_COMPLETE": "complete_bash"
    }  # a command line makes only what it may hold
    done = subprocess.run(
        [sys.executable, "-c", probe],
        cwd=tmp_path,
        env=everything,
        capture_output=True,
        text=True,
        check=True,
    )
    shown = {command: flags for command, *flags in map(str.split, done.stdout.splitlines())}
    assert shown.pop("config") == ["--checkpoint-dir", "--config", "--learning-rate"]
    verbs = "pause resume checkpoint examine restore workers set stop events logs".split()
    assert {*verbs, "status", "doctor", "attach", "report", "fresh", "trust"} == set(shown)
    assert all(flags == ["--checkpoint-dir", "--config"] for flags in shown.values())


def test_settings_of_training_are_nobody_elses_business(tmp_path: Path) -> None:
    (tmp_path / "distributed_config.toml").write_text("no TOML")
    assert "cautious" in hanabi_tui(tmp_path, "agents", HANABI_NONSENSE="1").stdout


def test_settings_come_without_kernels_and_networks(tmp_path: Path) -> None:
    probe = """
import sys
sys.argv = ["hanabi-tui", "config"]
from hanabi_tui.cli import main
assert "numpy" not in sys.modules
try:
    main()
finally:
    assert not {"numba", "torch", "wandb"} & sys.modules.keys()
"""
    done = subprocess.run(
        [sys.executable, "-c", probe], cwd=tmp_path, env=PLAIN, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
