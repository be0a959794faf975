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
from hidden_cards import open_table, shuffle_hidden
from made_checkpoint import save
from served import samples, step

from engine import canonical, chance, preset
from engine.contracts.learner import Greeting
from engine.game import observation
from engine.game.games import Games
from engine.learning import pupil
from engine.networks.architectures import build
from engine.networks.network import values_of
from engine.players.agents import Agent
from engine.players.bots import BOTS
from engine.players.evaluation import evaluate, play
from engine.players.own_agent import open_own_agent
from engine.settings.config import ModelSection
from hanabi_tui.console.own.theming import theme_of

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
BOT, NETWORK, CHECKPOINT, RECURRENT = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
(THEME,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def made_by(block: str, name: str = "a_module") -> dict[str, Any]:
    """What a block defines, as a module that is imported, or as the program (`__main__`)."""
    found: dict[str, Any] = {"__name__": name}
    exec(block, found)
    return found


def said_by(block: str) -> list[str]:
    with contextlib.redirect_stdout(io.StringIO()) as said:
        made_by(block, "__main__")
    return said.getvalue().splitlines()


def moves_without_a_look_at_hidden_cards(games: Games, agent: Agent) -> None:
    """Play to the end; each time the mover's cards and the deck are swapped, the same moves must come."""
    rng, lots = np.random.default_rng(6), chance.stream(6)
    agent.begin(games, np.arange(len(games)))
    while not games.over.all():
        before = lots.copy()
        chosen = agent.act(games, lots)
        held = games.table["deck"].copy()
        shuffle_hidden(games, rng)
        assert np.array_equal(agent.act(games, before), chosen)
        open_table(games)["deck"][:] = held
        agent.watch(games, chosen)
        games.step(chosen)


def test_the_bot_plays_and_does_what_is_said_of_it() -> None:
    (told,) = re.findall(r"print\(.*\)  # (.*)", BOT)
    assert said_by(BOT) == [told]
    with contextlib.redirect_stdout(io.StringIO()) as said:
        sure = made_by(BOT)["Sure"]
    assert not said.getvalue()
    games = Games.shuffled([preset("full", 5), preset("small", 2)] * 10, chance.stream(1))
    seats = [sure(games) for _ in range(5)]
    for _ in play(games, seats, chance.stream(2)):
        pass
    assert games.over.all()
    assert (games.table["lives"] == games.table["max_lives"]).all()
    assert games.scores().mean() > 2


def test_the_bot_never_looks_at_its_own_cards() -> None:
    games = Games.shuffled([preset("full", 5), preset("small", 2)] * 10, chance.stream(1))
    moves_without_a_look_at_hidden_cards(games, made_by(BOT)["Sure"](games))


def test_a_checkpoint_is_measured_recorded_and_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generation = save(tmp_path / "checkpoints", score=1.0)
    monkeypatch.chdir(tmp_path)
    *_, mistakes, weights = said_by(CHECKPOINT)
    assert mistakes.startswith("(")
    assert int(weights) == sum(each.numel() for each in build(generation.manifest.model).parameters())


def test_the_recurrent_agent_plays_and_never_looks_at_its_own_cards() -> None:
    (points,) = said_by(RECURRENT)
    assert 0 <= float(points) < 25
    found, game = made_by(RECURRENT), preset("full", 3)
    games = Games.shuffled([game] * 10, chance.stream(1))
    moves_without_a_look_at_hidden_cards(games, found["Recurrent"](games, found["Network"](game)))
    assert games.over.all()


def test_the_recurrent_agent_has_seen_what_each_seat_saw_turn_by_turn() -> None:
    found, game = made_by(RECURRENT), preset("full", 2)
    network = found["Network"](game)
    games = Games.shuffled([game] * 4, chance.stream(1))
    agent, lots = found["Recurrent"](games, network), chance.stream(2)
    agent.begin(games, np.arange(4))
    seen: list[np.ndarray] = []
    for _ in range(6):
        seen.append(canonical.encode(games, np.ones(4, dtype=int)))
        moves = agent.act(games, lots)
        agent.watch(games, moves)
        games.step(moves)
    state = None
    for each in seen:
        state = network.cell(torch.from_numpy(each).float(), state)
    assert state is not None
    assert torch.allclose(agent.states[0, :, 1], state[0])


def test_the_bot_is_measured_from_a_file_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "mybot.py").write_text(BOT)
    outcome = evaluate([open_own_agent(f"{tmp_path}/mybot.py:Sure").make], preset("full", 3), 20, 1)
    assert outcome.mean() > 2 and outcome.strike_outs == 0


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
