"""The game: steps per second on one core beside OpenSpiel from Python, memory, time to the first step."""

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator

import numpy as np
import pyspiel

from benchmarks.measure import Measure, rates
from engine import Games, chance, preset
from engine.game import canonical, observation, rules

BATCH = 2048
FIRST_STEP = (
    "from engine import Games, chance, preset; stream = chance.stream(1); "
    "games = Games.shuffled([preset('full')] * 64, stream); games.step(games.random_moves(stream))"
)
FIRST_GAME_OF_EVERY_BOT = (
    "from engine.players.bots import BOTS; from engine.players.evaluation import evaluate; "
    "from engine import preset; "
    "[evaluate([bot.make], preset('full', 3), 1, 0) for bot in BOTS.values()]"
)


def measures() -> Iterator[Measure]:
    """Every figure of the engine."""
    for players in (2, 3, 4, 5):
        yield from speeds(players)
    yield Measure("engine: memory of a game", rules.GAME.itemsize, "bytes", "lower", 512)
    with tempfile.TemporaryDirectory() as folder:
        yield Measure("engine: first step, compiling", seconds_to(FIRST_STEP, folder), "s", "lower", 30)
        again = min(seconds_to(FIRST_STEP, folder) for _ in range(5))
        yield Measure("engine: first step, kernels cached", again, "s", "lower", 1)
        bots = seconds_to(FIRST_GAME_OF_EVERY_BOT, folder)
        yield Measure("engine: a game of every bot, compiling them", bots, "s", "lower", 30)


def speeds(players: int) -> Iterator[Measure]:
    """Steps per second of random legal games, alone and with each observation."""
    width = canonical.length(preset("full", players))
    rows = np.empty((BATCH, observation.WIDTH), dtype=np.uint8)
    bits = np.empty((BATCH, width), dtype=np.uint8)
    found = rates(
        {
            "plain": our_games(players, lambda games: None),
            "row": our_games(players, lambda games: observation.observe(games, out=rows)),
            "vector": our_games(players, lambda games: canonical.encode(games, out=bits)),
            "OpenSpiel": openspiel_games(players, tensor=False),
            "OpenSpiel with its tensor": openspiel_games(players, tensor=True),
        }
    )

    def line(what: str, ours: str, goal: float, peer: str, ratio_goal: float | None) -> Measure:
        name = f"engine: {players} players, random legal games, {what}"
        return Measure(name, found[ours], "steps/s", "higher", goal, peer, found[peer], ratio_goal)

    yield line("no observation", "plain", 10e6, "OpenSpiel", 50)
    yield line("compact row", "row", 5e6, "OpenSpiel with its tensor", 100)
    yield line("canonical vector, uint8", "vector", 2e6, "OpenSpiel with its tensor", None)


def our_games(players: int, observe: Callable[[Games], object]) -> Callable[[], int]:
    """One move in each game of a batch, finished ones dealt anew."""
    stream = chance.stream(1, players)
    games = Games.shuffled([preset("full", players)] * BATCH, stream)

    def work() -> int:
        for _ in range(10):
            observe(games)
            games.step(games.random_moves(stream))
            games.redeal_finished(stream)
        return 10 * BATCH

    return work


def openspiel_games(players: int, *, tensor: bool) -> Callable[[], int]:
    """One random game of OpenSpiel's, from Python; dealing is not counted as steps."""
    game, rng = pyspiel.load_game("hanabi", {"players": players}), random.Random(1)

    def work() -> int:
        state, steps = game.new_initial_state(), 0
        while not state.is_terminal():
            if state.is_chance_node():
                outcomes, weights = zip(*state.chance_outcomes(), strict=True)
                state.apply_action(rng.choices(outcomes, weights)[0])
                continue
            if tensor:
                state.observation_tensor()
            state.apply_action(rng.choice(state.legal_actions()))
            steps += 1
        return steps

    return work


def seconds_to(program: str, cache: str) -> float:
    """Seconds from starting Python to the end of a program, with compiled kernels kept in a folder."""
    start = time.perf_counter()
    environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
    subprocess.run([sys.executable, "-c", program], env=environment, check=True, capture_output=True)
    return time.perf_counter() - start
