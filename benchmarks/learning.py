"""Learning: scores after so many minutes of wall clock, from nothing, with the curves as data and pictures.

    python -m benchmarks learning               what docs/curves/ holds, beside the goals; runs nothing
    python -m benchmarks.learning two-players-10 [SEED …] | all     plays a trial anew, hours for all of them

A trial is the command a user gives, on a machine that does nothing else; its curve is what its run.db says.
"""

import csv
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Measure
from benchmarks.runs import COMMAND, clean_environment
from benchmarks.ways import RATE, ROUND_TRIP, a_far_learner
from engine.store.directory import DATABASE
from engine.store.history import read
from hanabi_tui import settings
from hanabi_tui.commands.curve_svg import Line, picture
from hanabi_tui.foreground.embedded import threads_of

CURVES = Path(__file__).parent.parent / "docs" / "curves"


@dataclass(frozen=True)
class Trial:
    """A run, or several of different seeds, and what their last evaluation must reach."""

    name: str
    flags: str
    goals: dict[int, float]  # by number of players
    seeds: tuple[int, ...] = (0,)
    published: tuple[tuple[str, float], ...] = ()
    beside: str = ""  # a trial like this one, but for the learner, which here is behind a slow link
    level: str = ""  # a longer trial that this one is to be level with


_TWO = (("Rainbow", 20.64), ("hat bot", 22.52), ("SAD", 24.01), ("best without search", 24.48))
_SMALL_TRANSFORMER = (
    "--architecture transformer --max-players 5 --d-model 64 --num-heads 2 --num-layers 2 --players 2,3,4,5 "
    "--batch-size 256 --games-per-worker 128 --buffer-size 300000 --learning-rate 1e-3 --minutes 30 "
    "--evaluation-interval 120 --evaluation-games 250"
)
_QUICK = "--hidden-size 128 --learning-rate 2e-3 --discount 1"  # for small games and little time
TRIALS = {
    trial.name: trial
    for trial in (
        Trial("two-players-10", "--minutes 10", {2: 22.2}, (0, 1, 2), _TWO),
        Trial("two-players-20", "--minutes 20", {2: 22.8}, (0, 1, 2), _TWO),
        Trial("two-players-10-far", "--minutes 10", {2: 21.9}, (0, 1, 2), beside="two-players-10"),
        Trial("two-players-60", "--minutes 60", {2: 23.3}, (0,), _TWO),
        Trial("three-players-30", "--players 3 --minutes 30", {3: 20.71}, (0,), (("Rainbow", 18.71),)),
        Trial("four-players-30", "--players 4 --minutes 30", {4: 20.0}, (0,), (("Rainbow", 18.0),)),
        Trial("five-players-30", "--players 5 --minutes 30", {5: 17.26}, (0,), (("Rainbow", 15.26),)),
        Trial("transformer-mix", _SMALL_TRANSFORMER, {2: 5.0, 3: 5.0, 4: 5.0, 5: 5.0}),
        Trial(
            "very-small-2",
            f"--variant very-small --minutes 2 {_QUICK}",
            {2: 4.0},
            (0, 1, 2),
            level="very-small-20",
        ),
        Trial("very-small-20", "--variant very-small --minutes 20", {2: 4.0}),
        Trial("small-2", f"--variant small --minutes 2 {_QUICK}", {2: 7.0}, (0, 1, 2), level="small-20"),
        Trial("small-20", "--variant small --minutes 20", {2: 7.0}),
    )
}
NEAR = 0.3
"""Points that a learner behind a slow link may cost."""

LEVEL = 0.05
"""Points that a trial may be below a longer one that it is level with."""

FINAL_GAMES = "10000"
FIELDS = ("minutes", "step", "players", "games", "mean", "error", "perfect", "struck_out", "final")


def measures() -> Iterator[Measure]:
    """The last scores of every trial that docs/curves/ holds."""
    for trial in TRIALS.values():
        curves = [curve for seed in trial.seeds if (curve := load(trial, seed))]
        for players, goal in trial.goals.items() if curves else ():
            last = [score(curve, players) for curve in curves]
            name = f"learning: {trial.name}, {players} players, mean of {len(last)}"
            mean, peer = sum(last) / len(last), at_hand(trial, players)
            if peer is None:
                yield Measure(name, mean, "points", "higher", goal)
            elif trial.level:
                yield Measure(name, mean, "points", "higher", peer - LEVEL, trial.level, peer)
            else:
                yield Measure(name, mean, "points", "higher", peer - NEAR, "learner at hand", peer)


def at_hand(trial: Trial, players: int) -> float | None:
    """What a trial's peer comes to with the same seeds; None: there is none, or it was not played yet."""
    peer = TRIALS.get(trial.beside or trial.level)
    last = [
        score(curve, players)
        for seed in trial.seeds
        if peer and load(trial, seed) and (curve := load(peer, seed))
    ]
    return sum(last) / len(last) if last else None


def score(curve: Sequence[dict[str, str]], players: int) -> float:
    """The last score of a curve for a number of players."""
    return float([row for row in curve if int(row["players"]) == players][-1]["mean"])


def path_of(trial: Trial, seed: int) -> Path:
    """Where a curve is kept."""
    return CURVES / f"{trial.name}-seed-{seed}.csv"


def load(trial: Trial, seed: int) -> list[dict[str, str]]:
    """A curve, a row for each score; empty where there is none."""
    path = path_of(trial, seed)
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def play(trial: Trial, seed: int) -> None:
    """Run a trial, and keep its curve. Raises CalledProcessError where the run fails."""
    with tempfile.TemporaryDirectory() as folder, way(trial, Path(folder)) as there:
        run = Path(folder) / "run"
        flags = ["--preset", "cpu", *trial.flags.split(), *there, "--seed", str(seed)]
        flags += ["--checkpoint-dir", str(run), "--final-games", FINAL_GAMES]
        command = [*COMMAND, "--no-ui", *flags]
        subprocess.run(command, check=True, env=clean_environment(), cwd=folder)
        keep(run, path_of(trial, seed))
    draw(trial)


@contextmanager
def way(trial: Trial, folder: Path) -> Iterator[list[str]]:
    """The flags that lead to a trial's learner; none where the run has one of its own.

    A far one reckons with the threads that one at hand would have: all is on the same cores.
    """
    if not trial.beside:
        yield []
        return
    threads = threads_of(settings.load(settings.Given(flags={"preset": "cpu"}), {}).config)
    with a_far_learner(folder, threads) as flags:
        yield flags


def keep(run: Path, path: Path) -> None:
    """Write the curve of a run as a file."""
    path.parent.mkdir(exist_ok=True)
    with read(run / DATABASE) as history, path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        for event in history.evaluations():
            for each in event.scores:
                writer.writerow(
                    {
                        "minutes": f"{event.seconds / 60:.2f}",
                        "step": event.step,
                        "players": each.players,
                        "games": each.games,
                        "mean": f"{each.mean:.4f}",
                        "error": f"{each.error:.4f}",
                        "perfect": f"{each.perfect:.4f}",
                        "struck_out": f"{each.struck_out:.4f}",
                        "final": int(event.final),
                    }
                )


def draw(trial: Trial) -> None:
    """Draw all curves of a trial that there are."""
    lines = []
    for seed in trial.seeds:
        curve = load(trial, seed)
        for players in trial.goals if curve else ():
            points = [
                (float(row["minutes"]), float(row["mean"])) for row in curve if int(row["players"]) == players
            ]
            lines.append(Line(f"{players} players, seed {seed}: {points[-1][1]:.2f}", points))
    marks = [*trial.published, *((f"goal {goal:g}", goal) for goal in sorted(set(trial.goals.values())))]
    far = f", learner behind {ROUND_TRIP} ms and {RATE} Mbit/s" if trial.beside else ""
    text = picture(f"{trial.name}: hanabi-tui --no-ui {trial.flags}{far}", lines, marks)
    (CURVES / f"{trial.name}.svg").write_text(text, encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    """Play what is named."""
    if not arguments or arguments[0] not in [*TRIALS, "all"]:
        print(f"trials: {', '.join(TRIALS)}, all", file=sys.stderr)
        return 2
    for trial in TRIALS.values() if arguments[0] == "all" else [TRIALS[arguments[0]]]:
        for seed in [int(word) for word in arguments[1:]] or trial.seeds:
            play(trial, seed)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
