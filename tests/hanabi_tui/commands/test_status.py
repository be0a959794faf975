"""`hanabi-tui status` as somebody sees it who keeps looking."""

import json
import os
import subprocess
from pathlib import Path

from small_run import COMMAND

from engine.settings.config import Config, PathsSection
from engine.store.directory import Directory, Saved
from engine.store.manifest import Counters
from hanabi_tui.commands.status import lines, look


def test_watch_tells_again_and_again_an_object_a_line(tmp_path: Path) -> None:
    looking = subprocess.Popen(
        [*COMMAND, "status", "--local", "--watch", "--json", "--checkpoint-dir", str(tmp_path / "run")],
        stdout=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    try:
        assert looking.stdout is not None
        seen = [json.loads(looking.stdout.readline()) for _ in range(2)]
        assert seen == [{"directory": str(tmp_path / "run")}] * 2
    finally:
        looking.kill()
        looking.communicate()


def test_what_another_machine_says_is_made_safe_for_a_terminal() -> None:
    learner = {"device": "cpu \x1b[2J", "step": 1, "uptime": 1.0, "memory": 1, "memory_total": None}
    learner |= {"utilisation": None, "temperature": None, "power": None, "round_trip": 0.01}
    for found in ({"learner": learner}, {"unreachable": "refused: \x1b[2J"}):
        said = lines({"directory": "run", **found})[-1]
        assert "?[2J" in said
        assert "\x1b" not in said


def test_a_run_is_live_while_it_holds_its_directory_whoever_has_its_number_now(tmp_path: Path) -> None:
    config = Config(paths=PathsSection(checkpoint_dir=str(tmp_path)))
    held = Directory(tmp_path)
    held.save(
        Saved(run="r", state="training", pid=os.getpid(), updated=1.0, generation=3, counters=Counters())
    )
    assert look(config, local=True)["run"]["alive"]
    held.release()
    found = look(config, local=True)
    assert not found["run"]["alive"]
    assert "not running; it ended while training" in lines(found)[0]


def test_scores_of_several_games_are_told_apart() -> None:
    scores = [
        {"variant": variant, "players": 2, "mean": mean, "error": 0.03}
        for variant, mean in (("full, 2 players", 21.4), ("c2r5h5i8l3, 2 players", 9.1))
    ]
    said = lines({"directory": "run", "evaluation": {"step": 7, "scores": scores}})[-1]
    assert said == "score    2 players 21.40 ± 0.03, c2r5h5i8l3, 2 players 9.10 ± 0.03 at step 7"
