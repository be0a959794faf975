"""Events with numbers that all differ."""

import math

from engine.contracts.events import (
    Begun,
    Evaluated,
    Event,
    GenerationDamaged,
    GenerationSaved,
    Notice,
    Progress,
    ReplayDamaged,
    Score,
    SettingChanged,
    StateChanged,
    WorkerLost,
)


def progress(number: int, **other: float) -> Progress:
    """The Progress of second `number`, ten steps a second; its numbers all differ."""
    values = {
        "time": 1e9 + number,
        "step": 10 * number,
        "seconds": float(number),
        "iteration": number,
        "games": number * 100,
        "samples": number * 1000,
        "trained": number * 2000,
        "games_per_second": 100.5,
        "samples_per_second": 1000.5,
        "trained_per_second": 2000.5,
        "loss": 0.25,
        "belief_loss": 0.5,
        "gradient_norm": 1.5,
        "learning_rate": 1e-4,
        "training_score": math.sin(number),
        "replay_fill": 0.75,
        "weights_age": 0.125,
        "weights_lag": 3,
        "workers": 2,
        "share": 0.0625,
        "remaining": 90.5,
    }
    return Progress(**{**values, **other})


def evaluated(number: int, *means: float) -> Evaluated:
    scores = tuple(
        Score(
            variant=f"full, {players} players",
            players=players,
            games=1000,
            mean=mean,
            error=0.05,
            kept=mean + 1,
            perfect=0.1,
            struck_out=0.02,
            best_possible=25,
        )
        for players, mean in enumerate(means, start=2)
    )
    return Evaluated(
        time=1e9 + number, step=10 * number, seconds=float(number), scores=scores, best=True, final=False
    )


OTHERS: tuple[Event, ...] = (
    StateChanged(time=1.5, step=0, state="training", reason="“room” again"),
    Begun(time=2.5, step=0, run="run-1", pid=12, generation=-1),
    GenerationSaved(time=3.5, step=10, path="/a/b", size=123),
    GenerationDamaged(time=4.5, step=10, path="/a/b", why="a checksum"),
    ReplayDamaged(time=5.5, step=10, why="a block", samples=1024),
    WorkerLost(time=6.5, step=20, worker=3, why="silent", games=512),
    SettingChanged(time=7.5, step=30, key="learning_rate", old="0.0001", new="5e-05"),
    Notice(time=8.5, step=30, text="one\ntwo", warning=True),
)
