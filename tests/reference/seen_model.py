"""What a console would know of a run that has trained for a while."""

import time
from pathlib import Path

import msgspec
from some_events import evaluated, progress

from engine.contracts.events import StateChanged
from engine.contracts.states import State
from engine.contracts.vitals import Link, Status, Vitals
from hanabi_tui.console.live.model import Model

GPU = Status(
    device="NVIDIA GeForce RTX 3070 Laptop GPU",
    step=1,
    uptime=4000.0,
    memory=3_200_000_000,
    memory_total=8_600_000_000,
    utilisation=87.0,
    temperature=67.0,
    power=80.0,
)
SETTINGS = {
    "network": {"gpu_host": "laptop", "transport": "ssh", "ssh_config": "none", "known_hosts": ""},
    "training": {"replay_ratio": 2.0, "belief_weight": 0.0},
    "simulation": {"num_workers": 2},
    "iteration": {"warm_up": 20_000},
    "general": {"evaluation_interval": 60.0},
}


def seen_model(directory: Path = Path("checkpoints"), now: float | None = None) -> Model:
    """A connected model in training: five minutes of Progress, two of Vitals, ten evaluations."""
    now = time.time() if now is None else now
    model = Model(directory, connected=True, state=State.TRAINING, since=now - 754)
    model.settings = {section: dict(values) for section, values in SETTINGS.items()}
    for number in range(300):
        moment, seconds = now - 300 + number, 1500.0 + number
        more = {"share": 0.43, "remaining": 2040.0, "replay_fill": 1.0, "games_per_second": 1530.0}
        model.recent.append(progress(100_000 + number, time=moment, seconds=seconds, **more))
    model.progress = model.recent[-1]
    for number in range(1, 11):
        one = evaluated(100 * number, 15.0 + 0.7 * number)
        best = {"time": now - 60 * (11 - number), "seconds": 100.0 * number, "best": number == 10}
        model.evaluations.append(msgspec.structs.replace(one, **best))
    for number in range(60):
        model.pulses.append(vitals(now - 120 + 2 * number, number))
    model.vitals = model.pulses[-1]
    for state, ago, reason in (
        ("starting", 3000, ""),
        ("training", 2990, ""),
        ("paused", 1000, "the learner is gone: silence"),
        ("training", 754, ""),
    ):
        model.events.append(StateChanged(time=now - ago, step=1, state=state, reason=reason))
    model.lines.extend(f"12:04:{number:02}  step  12,4{number:02}  loss 0.213" for number in range(40))
    model.lines.append("12:05:01  WARNING: worker 1 is lost, a new one takes its place")
    model.lines_seen = len(model.lines)
    return model


def vitals(moment: float, number: int = 0, **changes: object) -> Vitals:
    """The Vitals of a moment: 1.2 MB/s sent, 150 kB/s received."""
    link = Link(
        where="laptop (ssh)",
        connects=3,
        sent=1_000_000_000 + number * 2_400_000,
        received=100_000_000 + number * 300_000,
        round_trip=0.0125,
    )
    told = {
        "time": moment,
        "link": link,
        "device": GPU,
        "answered": moment,
        "cpu": 0.93,
        "memory": 1_200_000_000,
        "free": 120_000_000_000,
    }
    return Vitals(**(told | changes))
