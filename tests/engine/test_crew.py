"""A crew of real worker processes: what they play, what they survive, and what is left of them."""

import gc
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from processes import children, descriptors, eventually

from engine import chance, observation, weights
from engine.acting import Actor, Exploration
from engine.architectures import build
from engine.config import (
    Config,
    GameRangesSection,
    GeneralSection,
    ModelSection,
    SimulationSection,
    variants_of,
)
from engine.crew import PATIENCE, Chunk, Crew, CrewError, Lost, News
from engine.network import judge_of
from engine.orders import Evaluate, Evaluated
from engine.scores import scores_of

MODEL = ModelSection(architecture="mlp", max_players=2, hidden_size=8, hidden_layers=1)
GAMES, MOVES = 8, 4


def config_of(workers: int = 1, *, serial: bool = False) -> Config:
    return Config(
        model=MODEL,
        simulation=SimulationSection(num_workers=workers, games_per_worker=GAMES, moves_per_chunk=MOVES),
        game_ranges=GameRangesSection(variant="very-small"),
        general=GeneralSection(serial=serial, seed=5),
    )


VARIANTS = variants_of(config_of().game_ranges)


def some_weights(seed: int = 1) -> np.ndarray:
    torch.manual_seed(seed)
    return weights.flatten(build(MODEL)).numpy().copy()


COUNT = len(some_weights())


@pytest.fixture
def crew_of(tmp_path: Path) -> Iterator[Callable[..., Crew]]:
    """Makes a crew that plays; ends it, and sees to it that nothing is left."""
    made: list[Crew] = []

    def make(workers: int = 1, *, serial: bool = False, step: int = 10) -> Crew:
        made.append(Crew(config_of(workers, serial=serial), VARIANTS, COUNT, tmp_path / "logs"))
        made[-1].start()
        made[-1].publish(some_weights(), step)
        made[-1].play()
        return made[-1]

    yield make
    for crew in made:
        crew.stop()
    assert children("engine.worker") == []


def until(crew: Crew, wanted: Callable[[list[News]], object], *, back: bool = True) -> list[News]:
    """Collects, and gives back what comes, until the news are as wanted."""
    news: list[News] = []
    end = time.monotonic() + 60
    while not wanted(news):
        assert time.monotonic() < end, news
        for item in crew.collect(0.05):
            news.append(item)
            if back and isinstance(item, Chunk):
                crew.give_back(item)
    return news


def chunks(news: list[News], life: int | None = None) -> list[Chunk]:
    return [item for item in news if isinstance(item, Chunk) and life in (None, item.life)]


def lost(news: list[News]) -> list[Lost]:
    return [item for item in news if isinstance(item, Lost)]


def outcomes(news: list[News]) -> list[Evaluated]:
    return [item for item in news if isinstance(item, Evaluated)]


def foretold(life: int, seed: int = 1) -> Iterator[np.ndarray]:
    """The chunks that a life of worker 0 plays with some weights, one after another."""
    network = build(MODEL)
    weights.flatten(network).copy_(torch.from_numpy(some_weights(seed)))
    defaults = SimulationSection()
    actor = Actor(
        VARIANTS * GAMES,
        chance.stream(5, 0, life),
        Exploration(defaults.exploration, defaults.exploration_spread),
        moves=MOVES,
    )
    while True:
        yield actor.chunk(judge_of(network)).copy()


def test_chunks_are_what_the_published_weights_play(crew_of: Callable[..., Crew]) -> None:
    crew = crew_of()
    assert (len(crew), crew.ready) == (1, 1)
    played, comes = 0, foretold(life=0)
    while played < 6:
        for chunk in chunks(crew.collect(0.05)):
            assert (chunk.worker, chunk.life, chunk.step) == (0, 0, 10)
            assert (chunk.samples == next(comes)).all()
            crew.give_back(chunk)
            played += 1


def test_newer_weights_are_played_with_from_the_next_chunk_on(crew_of: Callable[..., Crew]) -> None:
    crew = crew_of(workers=2)
    until(crew, lambda news: {chunk.worker for chunk in chunks(news)} == {0, 1})
    crew.publish(some_weights(2), 20)
    news = until(crew, lambda news: {chunk.worker for chunk in chunks(news) if chunk.step == 20} == {0, 1})
    for worker in (0, 1):
        steps = [chunk.step for chunk in chunks(news) if chunk.worker == worker]
        assert set(steps) <= {10, 20}
        assert steps == sorted(steps)
    assert sum(chunk.games for chunk in chunks(news)) >= 0
    assert lost(news) == []


def test_nothing_is_played_before_there_are_weights(tmp_path: Path) -> None:
    crew = Crew(config_of(), VARIANTS, COUNT, tmp_path)
    crew.start()
    assert crew.collect(0.3) == []
    crew.publish(some_weights(), 0)
    crew.play()
    assert chunks(until(crew, chunks))[0].step == 0
    crew.stop()


def test_a_chunk_is_its_holders_until_it_is_given_back_even_if_its_worker_dies(
    crew_of: Callable[..., Crew],
) -> None:
    crew = crew_of()
    held = chunks(until(crew, lambda news: len(chunks(news)) == 3, back=False))
    assert sorted(chunk.slot for chunk in held) == [0, 1, 2]
    before = [chunk.samples.copy() for chunk in held]
    assert crew.collect(0.3) == []
    os.kill(children("engine.worker")[0], signal.SIGKILL)
    until(crew, lost)
    assert eventually(lambda: crew.collect(0.05) == [] and crew.ready)
    assert crew.collect(0.3) == []
    assert all((chunk.samples == old).all() for chunk, old in zip(held, before, strict=True))
    for _ in range(2):  # whoever gives back twice does no harm
        crew.give_back(held[1])
    news = until(crew, chunks, back=False)
    assert [(chunk.slot, chunk.life) for chunk in chunks(news)] == [(held[1].slot, 1)]
    assert crew.collect(0.3) == []
    assert (held[0].samples == before[0]).all()


def test_a_killed_worker_is_told_and_another_plays_on_with_other_decks(crew_of: Callable[..., Crew]) -> None:
    crew = crew_of(workers=2)
    until(crew, lambda news: {chunk.worker for chunk in chunks(news)} == {0, 1})
    victim, other = children("engine.worker")
    os.kill(victim, signal.SIGKILL)
    news = until(crew, lost)
    (gone,) = lost(news)
    assert gone.why == "killed by signal 9"
    news = until(crew, lambda news: any(chunk.worker == gone.worker for chunk in chunks(news, life=1)))
    (first, *_) = (chunk for chunk in chunks(news, life=1))
    assert observation.WIDTH == first.samples["row"].shape[1]
    assert lost(news) == []
    assert other in children("engine.worker")
    assert victim not in children("engine.worker")
    if gone.worker == 0:
        wanted = next(foretold(life=1))
        assert not (wanted == next(foretold(life=0))).all()


def test_a_stopped_worker_is_given_up_and_replaced(
    crew_of: Callable[..., Crew], monkeypatch: pytest.MonkeyPatch
) -> None:
    crew = crew_of()
    until(crew, chunks)
    stuck = children("engine.worker")[0]
    os.kill(stuck, signal.SIGSTOP)
    monkeypatch.setattr("engine.member.SILENCE", 0.5)
    (gone,) = lost(until(crew, lost))
    assert gone == Lost(0, "no sign of life for 0.5 s")
    assert stuck not in children("engine.worker")
    monkeypatch.setattr("engine.member.SILENCE", 10.0)
    assert chunks(until(crew, lambda news: chunks(news, life=1)), life=1)


def test_who_was_away_itself_gives_nobody_up(
    crew_of: Callable[..., Crew], monkeypatch: pytest.MonkeyPatch
) -> None:
    crew = crew_of()
    until(crew, chunks)
    monkeypatch.setattr("engine.member.SILENCE", 0.5)
    worker = children("engine.worker")[0]
    os.kill(worker, signal.SIGSTOP)
    time.sleep(1.0)
    news: list[News] = []
    for _ in range(3):
        news += crew.collect(0)
    assert lost(news) == []
    os.kill(worker, signal.SIGCONT)
    monkeypatch.setattr("engine.member.SILENCE", 10.0)
    assert lost(until(crew, chunks)) == []


def test_games_that_break_a_worker_are_kept_and_not_played_again(
    crew_of: Callable[..., Crew], tmp_path: Path
) -> None:
    crew = crew_of()
    until(crew, chunks)
    # where no value is a number the best move is none that is legal
    crew.publish(np.full(COUNT, np.nan, np.float32), 20)
    (gone,) = lost(until(crew, lost))
    assert gone.why == "ended with exit code 1"
    crew.publish(some_weights(), 30)
    news = until(crew, lambda news: chunks(news, life=1))
    assert {chunk.step for chunk in chunks(news, life=1)} == {30}
    logs = {path.name: path for path in (tmp_path / "logs").iterdir()}
    assert sorted(logs) == ["worker-0-life-0.games", "worker-0-life-0.txt"]
    assert "Traceback" in logs["worker-0-life-0.txt"].read_text()
    actor = Actor(VARIANTS * GAMES, chance.stream(0), Exploration(), moves=MOVES)
    actor.restore(logs["worker-0-life-0.games"].read_bytes())
    assert len(actor.games) == GAMES


def test_five_deaths_in_a_row_are_the_end(
    crew_of: Callable[..., Crew], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.member.WAIT", 0.01)
    crew = crew_of()
    news: list[News] = []
    with pytest.raises(CrewError, match="worker 0 died 5 times in a row, last: killed by signal 9"):
        for _ in range(PATIENCE):
            assert eventually(lambda: news.extend(crew.collect(0.01)) or children("engine.worker"))
            os.kill(children("engine.worker")[0], signal.SIGKILL)
            died = len(lost(news))
            assert eventually(lambda: news.extend(crew.collect(0.01)) or len(lost(news)) > died)  # noqa: B023
    assert [item.why for item in lost(news)] == ["killed by signal 9"] * (PATIENCE - 1)


def test_a_worker_that_cannot_begin_is_an_error_at_once(tmp_path: Path) -> None:
    crew = Crew(config_of(), VARIANTS, COUNT, tmp_path)
    with pytest.raises(CrewError, match="worker 0 did not start: ended with exit code 1"):
        crew.start([b"no games"])
    crew.stop()
    assert children("engine.worker") == []


def test_an_evaluation_whose_worker_dies_is_played_by_another(crew_of: Callable[..., Crew]) -> None:
    crew = crew_of(workers=2)
    order = Evaluate(number=1, variants=VARIANTS, games=3000, seed=9)
    crew.evaluate(order, some_weights(2), 40)
    # worker 0 evaluates first; it was started first
    os.kill(children("engine.worker")[0], signal.SIGKILL)
    news = until(crew, outcomes)
    assert [item.worker for item in lost(news)] == [0]
    (outcome,) = outcomes(news)
    assert (outcome.number, outcome.step) == (1, 40)
    assert scores_of(VARIANTS, outcome)[0].games == 3000
    crew.evaluate(Evaluate(number=2, variants=VARIANTS, games=3000, seed=9), some_weights(2), 40)
    (again,) = outcomes(until(crew, outcomes))
    assert (again.points, again.struck_out) == (outcome.points, outcome.struck_out)


def test_kept_games_go_on_exactly_and_an_evaluation_on_the_way_is_not_lost(
    crew_of: Callable[..., Crew],
) -> None:
    crew = crew_of(serial=True)
    (chunk,) = chunks(until(crew, chunks, back=False))
    crew.evaluate(Evaluate(number=1, variants=VARIANTS, games=500, seed=9), some_weights(), 10)
    kept = crew.keep()
    assert [item.number for item in outcomes(crew.collect(0))] == [1]
    crew.give_back(chunk)
    after = chunks(until(crew, chunks, back=False))[0].samples.copy()
    crew.evaluate(Evaluate(number=2, variants=VARIANTS, games=50_000, seed=9), some_weights(), 10)
    crew.restart(kept)
    news = until(crew, lambda news: chunks(news) and outcomes(news), back=False)
    again = chunks(news)[0]
    assert (again.samples == after).all()
    assert [item.number for item in outcomes(news)] == [2]
    crew.give_back(chunk)  # of before the restart: nobody's any more
    assert crew.collect(0.3) == []


def test_keeping_waits_for_the_successor_of_a_worker_that_died(crew_of: Callable[..., Crew]) -> None:
    crew = crew_of(serial=True)
    (chunk,) = chunks(until(crew, chunks, back=False))
    os.kill(children("engine.worker")[0], signal.SIGKILL)
    (kept,) = crew.keep()
    assert [item.why for item in lost(crew.collect(0))] == ["killed by signal 9"]
    actor = Actor(VARIANTS * GAMES, chance.stream(5, 0, 1), Exploration(), moves=MOVES)
    assert kept == actor.keep()
    crew.give_back(chunk)
    assert (chunks(until(crew, chunks, back=False))[0].samples == next(foretold(life=1))).all()


def test_what_is_stopped_leaves_no_process_descriptor_or_thread(tmp_path: Path) -> None:
    def whole_life() -> None:
        crew = Crew(config_of(), VARIANTS, COUNT, tmp_path)
        crew.start()
        crew.publish(some_weights(), 1)
        crew.play()
        until(crew, chunks)
        crew.stop()

    gc.collect()
    open_before, threads = descriptors(), threading.active_count()
    whole_life()
    gc.collect()
    assert descriptors() == open_before
    assert threading.active_count() == threads
    assert children("engine.worker") == []
