"""A run's directory, filled as a run would: what the console's pages read, made up and always the same."""

import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
from seen_model import seen_model
from some_events import OTHERS, progress

from engine.contracts.events import AnyEvent, Begun, GenerationSaved, Progress, SettingChanged
from engine.settings.config import Config, GameRangesSection, ModelSection
from engine.settings.config_file import to_toml
from engine.store.generations import Generations
from engine.store.manifest import LEARNER, Counters, Manifest
from engine.store.metrics import Database
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.measuring.convention_maps import Counted, Move

HOSTS = "Host laptop\n  HostName 10.0.0.5\n  User ann\n\nHost desk\n  HostName desk.lan\n  Port 2222\n"
GAMES = (
    "000900000-2p-first-deck-21",
    "000900000-2p-best-25",
    "001000000-2p-worst-14",
    "001000000-2p-best-24",
)


def made_run(directory: Path, now: float) -> Model:
    """Fill a directory that is not there yet; the model of a console that looked on a while."""
    model = seen_model(directory, now)
    model.evaluations[:] = [
        msgspec.structs.replace(each, step=100_000 * number, seconds=178.0 * number)
        for number, each in enumerate(model.evaluations, start=1)
    ]
    (directory / "logs").mkdir(parents=True)
    (directory / "logs" / "run.log").write_text("".join(f"{line}\n" for line in model.lines))
    settings = Config(game_ranges=GameRangesSection(players=(2,)))
    (directory / "config.toml").write_text(to_toml(settings))
    hosts = directory / "hosts"
    hosts.write_text(HOSTS)
    model.settings["network"]["ssh_config"] = str(hosts)
    with Database(directory / "run.db") as database:
        database.record(Begun(time=now - 3001, step=0, run="a-run", pid=12, generation=-1))
        for event in (*_states(model, now), *model.evaluations, *_progress(now), *_happened(now)):
            database.record(event)
    for number, step in enumerate((400_000, 900_000, 1_000_000)):
        _checkpoint(directory, step, now - 600 + 200 * number, score=18.0 + number)
    (directory / "games").mkdir()
    for name in GAMES:
        (directory / "games" / f"{name}.json").write_text("{}")
    return model


def _states(model: Model, now: float) -> Iterator[AnyEvent]:
    """What happened to the run, each at the step it was at by then."""
    for event in model.events:
        yield msgspec.structs.replace(event, step=int(334 * (3000 - now + event.time)))


def _progress(now: float) -> Iterator[Progress]:
    """The whole course of the run, with the pause that is among the model's events."""
    for number in range(1, 301):
        ago = 3000 - 10 * number
        if not 754 < ago < 1000:
            learned = {"loss": 0.2 + 4 / (number + 5), "training_score": 20 - 300 / (number + 20)}
            yield progress(334 * number, time=now - ago, seconds=6.0 * number, remaining=2040.0, **learned)


def _happened(now: float) -> tuple[SettingChanged | GenerationSaved, ...]:
    change = next(event for event in OTHERS if isinstance(event, SettingChanged))
    saved = next(event for event in OTHERS if isinstance(event, GenerationSaved))
    return (
        msgspec.structs.replace(change, time=now - 200, step=1_001_000),
        msgspec.structs.replace(saved, time=now - 100, step=1_002_000),
    )


def _checkpoint(directory: Path, step: int, created: float, score: float) -> None:
    counters = Counters(
        step=step, samples=step * 100, trained=step * 200, games=step * 10, seconds=step / 560
    )
    manifest = Manifest(
        run="a-run",
        created=created,
        model=ModelSection(architecture="mlp"),
        digest=f"{step:064x}",
        weights=323_000,
        score=score,
        counters=counters,
        files={},
    )
    Generations(directory / "generations").save(manifest, {LEARNER: bytes(1_300_000)})


def made_conventions(agent: str = "checkpoints") -> str:
    """What `hanabi-tui conventions --json` would print of a game with few moves."""
    names = ("discard 1", "discard 2", "play 1", "play 2", "red", "rank 1", "rank 2")
    moves = [Move(name[:9], name, f"a {name}", f"does {name}") for name in names]
    answered = [[(3 * row + 5 * column) % 11 for column in range(len(names))] for row in range(len(names))]
    totals = [sum(row) for row in answered]
    return msgspec.json.encode(
        Counted(
            agent=agent,
            variant="very-small",
            players=2,
            games=1_000,
            moves=moves,
            made=totals,
            answered=answered,
            marginal=[total / sum(totals) for total in totals],
            conditional=[
                [count / total for count in row] for row, total in zip(answered, totals, strict=True)
            ],
        )
    ).decode()


def freeze(monkeypatch, now: float) -> None:
    """Let the clock on the wall stand still, in Greenwich."""
    monkeypatch.setattr(time, "time", lambda: now)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
