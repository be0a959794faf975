"""What docs/extending.md shows can be added as it stands there."""

import contextlib
import io
import re
from pathlib import Path
from typing import Any, get_args, get_type_hints

import numpy as np
import pytest
import torch
from contrast import contrast
from served import samples, step

from engine import chance, preset
from engine.contracts.learner import Greeting
from engine.game import observation
from engine.game.games import Games
from engine.learning import pupil
from engine.networks.architectures import build
from engine.networks.network import values_of
from engine.players.bots import BOTS
from engine.players.evaluation import evaluate, play
from engine.players.own_agent import open_own_agent
from engine.settings.config import ModelSection
from hanabi_tui.console.own.theming import theme_of

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
BOT, NETWORK = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
(THEME,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def made_by(block: str) -> dict[str, Any]:
    found: dict[str, Any] = {"__name__": "__main__"}
    exec(block, found)
    return found


def test_the_bot_plays_and_does_what_is_said_of_it() -> None:
    with contextlib.redirect_stdout(io.StringIO()) as said:
        idle = made_by(BOT)["Idle"]
    assert said.getvalue() == "0.00 ± 0.00\n"
    games = Games.shuffled([preset("full", 5), preset("small", 2)] * 10, chance.stream(1))
    seats = [idle(games) for _ in range(5)]
    for _ in play(games, seats, chance.stream(2)):
        pass
    assert games.over.all()
    assert (games.table["lives"] == games.table["max_lives"]).all()
    assert not games.scores().any()


def test_the_bot_is_measured_from_a_file_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "mybot.py").write_text(BOT)
    outcome = evaluate([open_own_agent(f"{tmp_path}/mybot.py:Idle").make], preset("full", 3), 20, 1)
    assert (outcome.mean(), outcome.strike_outs) == (0, 0)


def test_the_network_appraises_every_game_and_learns(monkeypatch: pytest.MonkeyPatch) -> None:
    shallow = made_by(NETWORK)["Shallow"]
    games = Games.shuffled([preset("full", 5), preset("small", 2)] * 4, chance.stream(1))
    rows = observation.observe(games)
    values = values_of(shallow(), rows)
    assert values.shape == (8, 50)
    assert ((values > -1e8) == observation.legal_mask(rows)).all()

    # step 3 of the page: what `build` is asked for is this network
    monkeypatch.setattr(pupil, "build", lambda model: shallow(model.hidden_size))
    greeting = Greeting(
        run="run-1",
        model=ModelSection(hidden_size=32),
        capacity=1000,
        weight_average=0.9,
        acting_average=0.5,
        seed=7,
    )
    learner = pupil.Pupil(greeting, torch.device("cpu"))
    before = learner.digest
    taken = samples(8)
    taken["row"], taken["move"] = rows, observation.legal_mask(rows).argmax(1)
    taken["own"], taken["target"] = 1, 0.5
    learner.learn(step(1, slots=8), torch.from_numpy(taken.view(np.uint8).reshape(8, -1)))
    assert learner.digest != before


def test_the_theme_can_be_read_on_every_ground(tmp_path: Path) -> None:
    file = tmp_path / "forest.toml"
    file.write_text(THEME)
    theme = theme_of(file)
    for ground in (theme.background, theme.surface, theme.panel):
        assert ground and theme.foreground
        assert contrast(theme.foreground, ground) >= 4.5
        assert all(contrast(theme.variables[f"line-{n}"], ground) >= 3.0 for n in range(1, 7))


def test_the_places_that_the_page_names_are_there() -> None:
    for name in re.findall(r"`((?:engine|tests)/[\w/]+\.py)`", PAGE):
        assert "NAME" in name or (ROOT / name).is_file(), name
    assert BOTS["cautious"].about and BOTS["cautious"].source
    names = get_args(get_args(get_type_hints(ModelSection, include_extras=True)["architecture"])[0])
    for name in names:
        assert build(ModelSection(architecture=name))
