"""Workers that ask a served learner how to move, and what becomes of them when the link is lost."""

import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.contracts.learner import Greeting, LearnerError
from engine.game.observation import ROW, WIDTH
from engine.learning.learning import Learning
from engine.settings.config import Config, GameRangesSection, ModelSection, SimulationSection
from engine.settings.games import variants_of
from engine.workers.crew import Crew
from engine.workers.crew_news import Chunk
from remote import unix
from remote.client import Client
from remote.service import Limits, Service

MODEL = ModelSection(architecture="mlp", max_players=2, hidden_size=8, hidden_layers=1)
GREETING = Greeting(run="run-1", model=MODEL, capacity=1000, weight_average=0.9, acting_average=0.5, seed=7)
CONFIG = Config(
    model=MODEL,
    simulation=SimulationSection(
        num_workers=1, games_per_worker=8, moves_per_chunk=4, exploration=0.0, inference="remote"
    ),
    game_ranges=GameRangesSection(variant="very-small"),
)
VARIANTS = variants_of(CONFIG.game_ranges)
PATIENCE = 60.0
"""Seconds that a first answer may take on a busy machine, kernels and all."""


class Served:
    """A learner of this project, served in this process, and clients that met it."""

    def __init__(self, path: Path) -> None:
        self.path, self.learning = path, Learning()
        self.service = Service(self.learning, unix.listen(path), Limits())
        self.clients: list[Client] = []

    def met(self) -> Client:
        client = Client(partial(unix.dial, self.path), name="run", packed=True)
        self.clients.append(client)
        welcome = client.hello(GREETING).result(PATIENCE)
        if welcome.step < 0:
            client.load(b"").result(PATIENCE)
        return client


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    made = Served(tmp_path_factory.mktemp("acting") / "s" / "socket")
    yield made
    for client in made.clients:
        client.close()
    assert made.service.close()


@pytest.fixture(scope="module")
def crew(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    weights = served.met().weights(-1).result(PATIENCE)
    assert weights is not None
    made = Crew(CONFIG, VARIANTS, len(weights.flat), tmp_path_factory.mktemp("logs"))
    made.start()
    made.play()
    yield made
    made.stop()
    assert "relay" not in [thread.name for thread in threading.enumerate()]


def played(crew: Crew, count: int, seconds: float = PATIENCE) -> list[Chunk]:
    """So many chunks, each given back as soon as it came."""
    found: list[Chunk] = []
    until = time.monotonic() + seconds
    while len(found) < count and time.monotonic() < until:
        for item in crew.collect(0.05):
            assert isinstance(item, Chunk), item
            found.append(item)
            crew.give_back(item)
    return found


def test_rows_are_answered_with_the_best_legal_move_and_its_value(served: Served) -> None:
    client = served.met()
    rows = np.zeros((1, WIDTH), np.uint8)
    with pytest.raises(LearnerError, match="cannot be learned from"):
        client.act(rows).result(PATIENCE)
    row = rows.view(ROW)[0, 0]
    row["version"], row["players"], row["colours"], row["ranks"], row["hand_size"] = 1, 2, 1, 5, 2
    row["legal"][0] = 0b1100000
    judged = client.act(rows).result(PATIENCE)
    values = served.learning._pupil.network.values(torch.from_numpy(rows))[0]
    assert judged.step == 0
    assert judged.moves.tolist() == [int(values.argmax())]
    assert judged.moves[0] in (5, 6)
    assert judged.values[0] == pytest.approx(values.max().item())


@pytest.mark.parametrize("packed", [True, False])
def test_no_rows_are_no_question(served: Served, packed: bool) -> None:
    served.met()
    client = Client(partial(unix.dial, served.path), name="run", packed=packed)
    client.hello(GREETING).result(PATIENCE)
    with pytest.raises(ConnectionError):
        client.act(np.zeros((0, WIDTH), np.uint8)).result(PATIENCE)
    client.close()


def test_workers_play_what_the_learner_says_and_nobody_plays_while_it_is_away(
    served: Served, crew: Crew
) -> None:
    client = served.met()
    crew.ask(client)
    chunks = played(crew, 6)
    assert {len(chunk.samples) for chunk in chunks} == {32}
    rows = np.ascontiguousarray(chunks[-1].samples["row"])
    network = served.learning._pupil.network
    with torch.inference_mode():
        best = network.values(torch.from_numpy(rows)).argmax(1)
    assert chunks[-1].samples["move"].tolist() == best.tolist()

    client.close()
    played(crew, 4, seconds=1.0)  # what was played already
    assert played(crew, 1, seconds=1.0) == []

    crew.ask(served.met())
    assert len(played(crew, 6)) == 6


def test_a_worker_that_waits_for_a_learner_is_not_taken_for_dead(
    served: Served, crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.workers.member.SILENCE", 1.5)
    served.clients[-1].close()
    played(crew, 3, seconds=4.0)  # what was played already
    assert played(crew, 1, seconds=2.0) == []
    crew.ask(served.met())
    assert played(crew, 1)


def test_a_learner_that_refuses_is_asked_again(served: Served, crew: Crew) -> None:
    pupil, served.learning._pupil = served.learning._pupil, None
    played(crew, 8, seconds=1.0)
    assert played(crew, 1, seconds=0.5) == []
    served.learning._pupil = pupil
    assert len(played(crew, 3)) == 3
