"""A crew of real worker processes: what they play, what they survive, and what is left of them."""

import errno
import gc
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import numpy as np
import processes
import pytest
import torch
from made_actor import made_actor
from processes import descriptors, eventually, is_alive

from engine import chance, preset
from engine.contracts.orders import Evaluate, Evaluated
from engine.networks import weights
from engine.networks.architectures import build
from engine.networks.manner import Manner
from engine.networks.network import values_of
from engine.players.scores import scores_of
from engine.settings.config import (
    Config,
    GameRangesSection,
    GeneralSection,
    ModelSection,
    SimulationSection,
)
from engine.settings.games import variants_of
from engine.workers.crew import PATIENCE, Crew, CrewError
from engine.workers.crew_news import Chunk, GivenUp, Lost, News
from engine.workers.muster import Muster

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


def playing(logs: Path, workers: int = 1, *, serial: bool = False) -> Crew:
    crew = Crew(config_of(workers, serial=serial), VARIANTS, COUNT, logs)
    try:
        crew.start()
    except CrewError:
        crew.stop()
        raise
    crew.publish(some_weights(), 10)
    crew.play()
    return crew


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("crew") / "logs"


@pytest.fixture(scope="module")
def ahead(logs: Path) -> Iterator[Crew]:
    """A worker that plays ahead, for all tests to ill-treat; starting one takes seconds."""
    yield from _for_all_tests(playing(logs))


@pytest.fixture(scope="module")
def serial(logs: Path) -> Iterator[Crew]:
    """Likewise in serial mode."""
    yield from _for_all_tests(playing(logs, serial=True))


def _for_all_tests(crew: Crew) -> Iterator[Crew]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.workers.member.STEADY", 0.0)  # deaths of other tests do not count
        yield crew
    crew.stop()


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


def give_all_back(crew: Crew) -> list[News]:
    news = crew.collect(0)
    for chunk in chunks(news):
        crew.give_back(chunk)
    return news


def chunks(news: list[News]) -> list[Chunk]:
    return [item for item in news if isinstance(item, Chunk)]


def newer(news: list[News], step: int) -> bool:
    return any(chunk.played.step >= step for chunk in chunks(news))


def lost(news: list[News]) -> list[Lost]:
    return [item for item in news if isinstance(item, Lost)]


def outcomes(news: list[News]) -> list[Evaluated]:
    return [item for item in news if isinstance(item, Evaluated)]


def given_up(news: list[News]) -> bool:
    return any(isinstance(item, GivenUp) for item in news)


def workers_now() -> set[int]:
    return set(processes.children("engine.workers.worker"))


def worker_of(crew: Crew) -> int:
    """The process of a crew's only worker."""
    (member,) = crew._members
    assert member._process is not None
    return member._process.pid


def foretold(life: int, seed: int = 1) -> Iterator[np.ndarray]:
    """The chunks that a life of worker 0 plays with some weights, one after another."""
    network = build(MODEL)
    weights.flatten(network).copy_(torch.from_numpy(some_weights(seed)))
    sums = Manner().sums(torch.device("cpu"), MODEL.architecture)
    actor = made_actor(VARIANTS * GAMES, chance.stream(5, 0, life, 0), moves=MOVES)
    while True:
        yield actor.chunk(lambda rows: values_of(network, rows, sums)).copy()


def test_from_first_weights_to_the_end_it_plays_with_what_was_published_and_leaves_nothing(
    tmp_path: Path,
) -> None:
    def whole_life() -> None:
        crew = Crew(config_of(), VARIANTS, COUNT, tmp_path)
        crew.start()
        assert (len(crew), crew.ready) == (1, 1)
        assert crew.collect(0.3) == []  # no weights yet
        crew.publish(some_weights(), 10)
        crew.play()
        comes = foretold(life=0)
        for _ in range(6):
            (chunk,) = until(crew, chunks, back=False)[:1]
            assert (chunk.worker, chunk.life, chunk.played.step) == (0, 0, 10)
            assert (chunk.samples == next(comes)).all()
            crew.give_back(chunk)
        crew.publish(some_weights(2), 20)
        steps = [chunk.played.step for chunk in chunks(until(crew, lambda news: newer(news, 20)))]
        assert set(steps) <= {10, 20}
        assert steps == sorted(steps)
        crew.stop()

    gc.collect()
    workers, threads, open_before = workers_now(), threading.active_count(), descriptors()
    whole_life()
    gc.collect()
    assert descriptors() == open_before
    assert threading.active_count() == threads
    assert workers_now() == workers


def test_a_chunk_is_its_holders_until_it_is_given_back_even_if_its_worker_is_killed(ahead: Crew) -> None:
    held = chunks(until(ahead, lambda news: len(chunks(news)) >= 3, back=False))
    assert sorted(chunk.played.slot for chunk in held) == [0, 1, 2]
    before, life = [chunk.samples.copy() for chunk in held], held[0].life
    assert ahead.collect(0.3) == []
    os.kill(worker_of(ahead), signal.SIGKILL)
    assert until(ahead, lost) == [Lost(0, "killed by signal 9")]
    assert until(ahead, lambda news: news or ahead.ready) == []
    assert ahead.collect(0.3) == []
    assert all((chunk.samples == old).all() for chunk, old in zip(held, before, strict=True))
    for _ in range(2):  # whoever gives back twice does no harm
        ahead.give_back(held[1])
    (chunk,) = until(ahead, chunks, back=False)
    assert (chunk.played.slot, chunk.life) == (held[1].played.slot, life + 1)
    other_decks = next(foretold(life + 1))
    assert (chunk.samples == other_decks).all()
    assert not (other_decks == next(foretold(life))).all()
    assert ahead.collect(0.3) == []
    for each in (chunk, held[0], held[2]):
        ahead.give_back(each)


def test_a_stopped_worker_is_given_up_and_replaced(ahead: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
    until(ahead, chunks)
    stuck = worker_of(ahead)
    os.kill(stuck, signal.SIGSTOP)
    monkeypatch.setattr("engine.workers.member.SILENCE", 0.5)
    assert lost(until(ahead, lost)) == [Lost(0, "no sign of life for 0.5 s")]
    assert not is_alive(stuck)
    monkeypatch.setattr("engine.workers.member.SILENCE", 10.0)
    until(ahead, chunks)
    assert worker_of(ahead) != stuck


def test_who_was_away_itself_gives_nobody_up(ahead: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
    until(ahead, chunks)
    os.kill(worker_of(ahead), signal.SIGSTOP)
    monkeypatch.setattr("engine.workers.member.SILENCE", 0.5)
    time.sleep(1.0)
    assert lost([item for _ in range(3) for item in give_all_back(ahead)]) == []
    monkeypatch.setattr("engine.workers.member.SILENCE", 10.0)
    os.kill(worker_of(ahead), signal.SIGCONT)
    assert lost(until(ahead, lambda news: len(chunks(news)) > 3)) == []


def test_games_that_break_a_worker_are_kept_and_not_played_again(ahead: Crew, logs: Path) -> None:
    # where no value is a number the best move is none that is legal
    ahead.publish(np.full(COUNT, np.nan, np.float32), 20)
    assert lost(until(ahead, lost)) == [Lost(0, "ended with exit code 1")]
    ahead.publish(some_weights(), 30)
    assert {chunk.played.step for chunk in chunks(until(ahead, lambda news: newer(news, 30)))} == {30}
    games, why = sorted(logs.iterdir())
    assert re.fullmatch(r"\d{8}-\d{6}-worker-0\.games", games.name)
    assert why == games.with_suffix(".txt")
    assert "Traceback" in why.read_text()
    actor = made_actor(VARIANTS * GAMES, chance.stream(0), moves=MOVES)
    actor.restore(games.read_bytes())
    assert len(actor.games) == GAMES


def test_five_deaths_in_a_row_are_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.workers.member.WAIT", 0.01)
    others = workers_now()
    crew, news = playing(tmp_path), []
    with pytest.raises(CrewError, match=f"worker 0 died {PATIENCE} times in a row, last: killed by signal 9"):
        for death in range(1, PATIENCE + 1):
            until(crew, lambda _: workers_now() - others)
            os.kill(min(workers_now() - others), signal.SIGKILL)
            news += until(crew, lost)
            assert len(lost(news)) == death
    assert [item.why for item in lost(news)] == ["killed by signal 9"] * (PATIENCE - 1)
    crew.stop()
    assert workers_now() == others


def test_a_worker_that_dies_before_it_is_ready_is_started_again(tmp_path: Path) -> None:
    others = workers_now()
    crew = Crew(config_of(), VARIANTS, COUNT, tmp_path)
    crew.begin()
    eventually(lambda: workers_now() - others)
    os.kill(min(workers_now() - others), signal.SIGKILL)
    crew.await_ready()
    assert lost(crew.collect(0.0)) == [Lost(0, "killed by signal 9")]
    crew.publish(some_weights(), 10)
    crew.play()
    assert chunks(until(crew, chunks))
    crew.stop()


def test_who_could_not_start_all_workers_starts_the_others_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crew = Crew(config_of(2), VARIANTS, COUNT, tmp_path)
    crew.begin()
    start = subprocess.Popen

    def refuse(*_: object, **__: object) -> None:
        raise BlockingIOError(errno.EAGAIN, "no more processes")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    with pytest.raises(BlockingIOError):
        crew.await_ready()
    monkeypatch.setattr(subprocess, "Popen", start)
    crew.await_ready()
    assert crew.ready == 2
    crew.stop()


def test_a_worker_that_cannot_begin_is_an_error_at_once(tmp_path: Path) -> None:
    crew = Crew(config_of(), VARIANTS, COUNT, tmp_path)
    with pytest.raises(CrewError, match="worker 0 did not start: kept games: 0 bytes given"):
        crew.start([b"no games"])
    crew.stop()


def test_an_evaluation_whose_worker_dies_is_played_by_another(tmp_path: Path) -> None:
    others = workers_now()
    crew = playing(tmp_path, workers=2)
    first = min(workers_now() - others)  # it evaluates
    crew.evaluate(Evaluate(number=1, variants=VARIANTS, games=500, seed=9), some_weights(2), 40)
    os.kill(first, signal.SIGKILL)
    news = until(crew, outcomes)
    assert lost(news) == [Lost(0, "killed by signal 9")]
    (outcome,) = outcomes(news)
    assert (outcome.number, outcome.step) == (1, 40)
    assert scores_of(VARIANTS, outcome)[0].games == 500
    crew.evaluate(Evaluate(number=2, variants=VARIANTS, games=500, seed=9), some_weights(2), 40)
    (again,) = outcomes(until(crew, outcomes))
    assert (again.points, again.struck_out) == (outcome.points, outcome.struck_out)
    crew.stop()


def long_evaluation(number: int) -> Evaluate:
    return Evaluate(number=number, variants=VARIANTS, games=100_000, seed=9)


def die_of(crew: Crew, first: int, second: int) -> list[News]:
    """Have two workers die of evaluations that they are at; what comes of it."""
    until(crew, chunks)
    crew.evaluate(long_evaluation(first), some_weights(2), 40)
    until(crew, lambda _: crew._errand._sent)
    os.kill(worker_of(crew), signal.SIGKILL)
    until(crew, lost)
    if second != first:
        crew.evaluate(long_evaluation(second), some_weights(2), 40)
    until(crew, chunks)  # it is at the evaluation next
    os.kill(worker_of(crew), signal.SIGKILL)
    return until(crew, given_up)


def test_an_evaluation_that_workers_die_of_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would kill each that takes the place of another, until the crew gives up; so would the next."""
    monkeypatch.setattr("engine.workers.crew.PATIENCE", 3)
    monkeypatch.setattr("engine.workers.member.STEADY", 60.0)  # other tests here have it 0
    crew = playing(tmp_path)
    for number in (1, 2):
        news = die_of(crew, number, number)
        assert [item for item in news if isinstance(item, GivenUp)] == [GivenUp(number, "killed by signal 9")]
        assert not crew.evaluating
    crew.evaluate(Evaluate(number=3, variants=VARIANTS, games=50, seed=9), some_weights(2), 41)
    (outcome,) = outcomes(until(crew, outcomes))
    assert (outcome.number, outcome.step) == (3, 41)
    crew.stop()


@pytest.mark.parametrize("second", [1, 2])
def test_a_serial_crew_that_dies_of_an_evaluation_is_at_its_end(tmp_path: Path, second: int) -> None:
    """Its run goes back for each death, and comes to the evaluation again, by another number it may be."""
    crew = playing(tmp_path, serial=True)
    with pytest.raises(CrewError, match="worker 0 died of an evaluation, as one before it: killed by"):
        die_of(crew, 1, second)
    crew.stop()


def test_who_dies_before_it_has_played_dies_of_no_evaluation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Orders to play come first; else a crew whose every life ends at once would go on for ever."""
    monkeypatch.setattr("engine.workers.crew.PATIENCE", 2)
    monkeypatch.setattr("engine.workers.member.STEADY", 60.0)  # other tests here have it 0
    never = property(lambda member: False, lambda member, value: None)  # as where it dies of its first move
    monkeypatch.setattr("engine.workers.member.Member.played", never, raising=False)
    crew = playing(tmp_path)
    until(crew, chunks)
    crew.evaluate(long_evaluation(1), some_weights(2), 40)
    with pytest.raises(CrewError, match="died 2 times in a row"):
        for number in (1, 2, 3):
            os.kill(worker_of(crew), signal.SIGKILL)
            until(crew, lost)
            crew.evaluate(long_evaluation(number + 1), some_weights(2), 40)
            until(crew, lambda _: crew.ready)
    crew.stop()


def test_kept_games_go_on_exactly_and_an_evaluation_on_the_way_is_not_lost(serial: Crew) -> None:
    (chunk,) = chunks(until(serial, chunks, back=False))
    serial.evaluate(Evaluate(number=1, variants=VARIANTS, games=500, seed=9), some_weights(), 10)
    kept = serial.keep()
    assert [item.number for item in outcomes(serial.collect(0))] == [1]
    serial.give_back(chunk)
    after = chunks(until(serial, chunks, back=False))[0].samples.copy()
    serial.evaluate(Evaluate(number=2, variants=VARIANTS, games=20_000, seed=9), some_weights(), 10)
    serial.restart(kept)
    news = until(serial, lambda news: chunks(news) and outcomes(news), back=False)
    (again,) = chunks(news)
    assert (again.samples == after).all()
    assert [item.number for item in outcomes(news)] == [2]
    serial.give_back(chunk)  # of before the restart: nobody's any more
    assert serial.collect(0.3) == []
    serial.give_back(again)


def test_games_that_are_not_those_of_a_crew_are_known_before_it_starts(tmp_path: Path) -> None:
    crew = Crew(config_of(serial=True), VARIANTS, COUNT, tmp_path)
    kept = [made_actor(VARIANTS * GAMES, chance.stream(5), moves=MOVES).keep()]
    assert crew.fit(kept)
    others = [made_actor([preset("small")] * GAMES, chance.stream(5), moves=MOVES).keep()]
    more = [made_actor(VARIANTS * (GAMES + 1), chance.stream(5), moves=MOVES).keep()]
    assert not any(map(crew.fit, ([], kept * 2, others, more, [b"no games"])))


def test_two_workers_share_the_games_and_play_other_play_where_it_is_set(tmp_path: Path) -> None:
    config = config_of(2)
    ranges = GameRangesSection(players=(2,), colors=(3, 4, 5))
    simulation = msgspec.structs.replace(config.simulation, games_per_worker=2, other_play=True)
    config = msgspec.structs.replace(config, game_ranges=ranges, simulation=simulation)
    variants = variants_of(ranges)
    crew = Crew(config, variants, COUNT, tmp_path)
    crew.start()
    crew.publish(some_weights(), 10)
    crew.play()
    played = chunks(until(crew, lambda news: {chunk.worker for chunk in chunks(news)} == {0, 1}, back=False))
    network = build(MODEL)
    weights.flatten(network).copy_(torch.from_numpy(some_weights()))
    sums = Manner().sums(torch.device("cpu"), MODEL.architecture)
    for worker, games in ((0, variants[:2]), (1, (variants[2], variants[0]))):
        first = next(chunk.samples for chunk in played if chunk.worker == worker)
        lots = chance.stream(5, worker, 0, 0)
        actor = made_actor(games, lots, moves=MOVES, other_play=True)
        assert (first == actor.chunk(lambda rows: values_of(network, rows, sums))).all()
    crew.stop()


def test_keeping_waits_for_the_successor_of_a_worker_that_died(serial: Crew) -> None:
    (chunk,) = chunks(until(serial, chunks, back=False))
    os.kill(worker_of(serial), signal.SIGKILL)
    (kept,) = serial.keep()
    assert serial.collect(0) == [Lost(0, "killed by signal 9")]
    # in serial mode every life draws the same decks
    actor = made_actor(VARIANTS * GAMES, chance.stream(5, 0, 0, 0), moves=MOVES)
    assert kept == actor.keep()
    serial.give_back(chunk)
    (first,) = chunks(until(serial, chunks, back=False))
    assert first.life == chunk.life + 1
    assert (first.samples == next(foretold(0))).all()
    serial.give_back(first)


RUN = """
import sys
from pathlib import Path
import msgspec
from engine.settings.config import Config
from engine.settings.games import variants_of
from engine.workers.crew import Crew
import numpy as np
from processes import children
config = msgspec.json.decode(sys.argv[1], type=Config)
crew = Crew(config, variants_of(config.game_ranges), int(sys.argv[2]), Path(sys.argv[3]))
crew.start()
crew.publish(np.zeros(int(sys.argv[2]), np.float32), 1)
crew.play()
print(*children("engine.workers.worker"), flush=True)
while True:
    for chunk in crew.collect(1.0):
        crew.give_back(chunk)
"""


def test_a_worker_that_was_sent_away_and_comes_again_has_another_life() -> None:
    muster = Muster(config_of(), VARIANTS, weight_count=10, since=0)
    muster.resize(3)
    muster.resize(1)
    muster.resize(3)
    assert [member.life for member in muster] == [0, 1, 1]
    muster.close()


def test_workers_end_with_their_run_even_by_kill_9(tmp_path: Path) -> None:
    root, reference = Path(__file__).parents[3], Path(processes.__file__).parent
    config = msgspec.json.encode(config_of()).decode()
    with subprocess.Popen(
        [sys.executable, "-c", RUN, config, str(COUNT), tmp_path],
        env={**os.environ, "PYTHONPATH": f"{root}:{reference}"},
        stdout=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stdout is not None
        workers = [int(word) for word in run.stdout.readline().split()]
        run.send_signal(signal.SIGKILL)
    assert len(workers) == 1
    assert eventually(lambda: not any(is_alive(worker) for worker in workers))
