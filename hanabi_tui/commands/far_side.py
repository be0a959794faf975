"""The part of `hanabi-tui doctor` that looks at a borrowed learner and at the way to it."""

import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from engine.contracts.learner import LearnerError, MismatchError
from engine.contracts.vitals import Status
from engine.settings.config import Config
from hanabi_tui.commands.finding import Finding, Verdict
from hanabi_tui.foreground.borrowed import BorrowedLearner, dialled_path
from remote.client import Client
from remote.errors import LinkError, SshError, TokenError
from remote.messages import BALLAST_CAP

MEASURING = 2.0
"""Seconds that the way is measured for."""

UNDER_WAY = 40
"""Echoes at once, so that a long round trip hides no fast way: the service reads no more than 64 ahead."""

SKEW = 60.0
"""Seconds that two clocks may differ."""

FULL = 0.95
"""Share of a device's memory above which it is worth a word."""


def far_side(config: Config) -> Iterator[Finding]:
    """All that can be wrong between a run and its borrowed learner, in the order in which it would fail."""
    network, learner = config.network, BorrowedLearner(config.network, Path(config.paths.checkpoint_dir))
    try:
        try:
            client = learner.connect()
        except (TokenError, SshError, LinkError, LearnerError, OSError) as error:
            yield _unreachable(error, config)
            return
        where = network.gpu_host or str(dialled_path(network))
        try:
            token = "; the token fits" if network.auth_token else ""
            yield Finding(Verdict.OK, "link", f"{where} answers by {network.transport}{token}")
            yield from _learner(client)
            yield from _way(client, config)
        except MismatchError as error:
            yield Finding(
                Verdict.FAIL, "versions", str(error), "install the same version of hanabi-tui on both sides"
            )
        except (LinkError, LearnerError, TimeoutError) as error:
            yield Finding(
                Verdict.FAIL,
                "learner",
                f"{where} answers, but: {error or 'not in time'}",
                "look at what hanabi-gpu says",
            )
        finally:
            client.close()
    finally:
        learner.stop()


def _unreachable(error: Exception, config: Config) -> Finding:
    network = config.network
    if isinstance(error, TokenError):
        advice = "the first line of both token files must be the same"
        return Finding(Verdict.FAIL, "token", str(error), advice)
    if isinstance(error, SshError):
        return Finding(Verdict.FAIL, "ssh", str(error))
    if isinstance(error, LearnerError):
        return Finding(Verdict.FAIL, "versions", str(error))
    if network.transport == "dialled":
        advice = "on the laptop: hanabi-gpu --dial USER@THIS-SERVER"
    elif network.transport == "direct":
        advice = (
            f"is the laptop awake (ping {network.gpu_host}), hanabi-gpu running with --host 0.0.0.0 "
            "and a token, and the "
            f"port open (there: sudo ufw allow {network.gpu_port}/tcp)?"
        )
    else:
        advice = f"is the laptop awake, and does `ssh {network.gpu_host}` work? There: hanabi-gpu"
    return Finding(Verdict.FAIL, "link", str(error), advice)


def _learner(client: Client) -> Iterator[Finding]:
    before = time.time()
    status: Status = client.status().result(MEASURING * 5)
    yield from of_status(status, (before + time.time()) / 2)


def of_status(status: Status, now: float) -> Iterator[Finding]:
    """What a learner's own words tell; `now`: s since the epoch here, when it said them."""
    total = f" of {status.memory_total / 1e9:.1f}" if status.memory_total else ""
    text = f"{status.device}, {status.memory / 1e9:.1f}{total} GB in use"
    if status.device.startswith("cpu"):
        yield Finding(
            Verdict.NOTE,
            "device",
            text,
            "no GPU is used there: is torch installed with CUDA (torch.cuda.is_available())?",
        )
    elif status.memory_total and status.memory > FULL * status.memory_total:
        yield Finding(
            Verdict.NOTE,
            "device",
            text,
            "little is left: what else is on it (there: nvidia-smi)? A batch that does not fit is split; "
            "smaller ones: --batch-size 128",
        )
    else:
        yield Finding(Verdict.OK, "device", text)
    here = version("hanabi-tui")
    if status.version not in ("", here):
        yield Finding(
            Verdict.NOTE,
            "versions",
            f"hanabi-tui {status.version} there, {here} here",
            "they understand each other; the same on both sides is what is tested",
        )
    if status.clock is not None:
        skew = status.clock - now
        if abs(skew) > SKEW:
            yield Finding(
                Verdict.NOTE, "clock", f"{skew:+.0f} s there", "logs will not match: timedatectl set-ntp true"
            )
        else:
            yield Finding(Verdict.OK, "clock", f"{skew:+.2f} s there")


def _fewer_samples(config: Config) -> str:
    """What makes more of each sample that is sent."""
    if config.training.replay_ratio:
        return "a higher --replay-ratio"
    return "more --train-steps-per-iteration, or fewer --games-per-iteration"


def _way(client: Client, config: Config) -> Iterator[Finding]:
    trips = []
    for _ in range(5):
        began = time.monotonic()
        client.echo(0, 0).result(MEASURING * 5)
        trips.append(time.monotonic() - began)
    yield Finding(
        Verdict.OK, "round trip", f"{1000 * min(trips):.1f} ms at best, {1000 * max(trips):.1f} ms at worst"
    )
    there, back = (_rate(client, *sizes) for sizes in ((BALLAST_CAP, 0), (0, BALLAST_CAP)))
    text = f"{there / 1e6 * 8:,.0f} Mbit/s there, {back / 1e6 * 8:,.0f} Mbit/s back"
    if min(there, back) < 1e6:
        yield Finding(
            Verdict.NOTE,
            "throughput",
            text,
            "slow; to send less: a longer --weights-interval, and more training for each sample "
            f"({_fewer_samples(config)})",
        )
    else:
        yield Finding(Verdict.OK, "throughput", text)


def _rate(client: Client, there: int, back: int) -> float:
    """Bytes a second, with some echoes under way at once."""
    began, count = time.monotonic(), 0
    waiting = [client.echo(there, back) for _ in range(UNDER_WAY)]
    while time.monotonic() - began < MEASURING:
        waiting.pop(0).result(MEASURING * 5)
        waiting.append(client.echo(there, back))
        count += 1
    return count * (there + back) / (time.monotonic() - began)
