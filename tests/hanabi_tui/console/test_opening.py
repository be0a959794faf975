"""What a console knows before it hears of a run."""

from pathlib import Path

import made_checkpoint

from engine.settings.config import Config, GameRangesSection
from engine.settings.config_file import to_toml
from engine.store.directory import SETTINGS, Directory, Saved
from engine.store.manifest import Counters
from hanabi_tui.console.opening import Looks, model_of


def test_a_run_that_is_over_is_known_by_its_directory(tmp_path: Path) -> None:
    directory = Directory(tmp_path)
    directory.save(
        Saved(run="a-run", state="completed", pid=7, updated=9.0, generation=7, counters=Counters(step=7))
    )
    directory.release()
    made_checkpoint.save(tmp_path, step=7)
    config = Config(game_ranges=GameRangesSection(variant="small", players=(3, 2)))
    (tmp_path / SETTINGS).write_text(to_toml(config), encoding="utf-8")
    model = model_of(tmp_path, Looks(), live=False)
    assert (str(model.state), model.since) == ("completed", 9.0)
    # the game that it plays is what Play offers, and its host what Connection asks
    assert model.settings["game_ranges"]["variant"] == "small"
    assert list(model.settings["game_ranges"]["players"]) == [3, 2]
    assert "auth_token" not in model.settings["network"]

    (tmp_path / SETTINGS).write_text("no settings", encoding="utf-8")
    assert model_of(tmp_path, Looks(), live=False).settings == {}
    assert model_of(tmp_path, Looks(), live=True).settings == {}  # it will tell
