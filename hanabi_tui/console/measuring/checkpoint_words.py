"""Checkpoints in words: one by itself, and two beside each other."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from math import hypot

import msgspec

from engine.contracts.events import SettingChanged
from engine.settings.sections import ModelSection
from hanabi_tui.console.measuring.contestants import Checkpoint
from hanabi_tui.quantities import size, span

_LABEL = 12
"""Columns before what is said."""

_SIDE = 21
"""Columns of each of two beside each other."""

FULL = 5
"""Colours, ranks, and cards in the larger hands, of the full game."""

UNCHECKED, SOUND, DAMAGED = "–", "sound", "DAMAGED"


def score(checkpoint: Checkpoint) -> str:
    """`22.51 ± 0.05`; a dash where no evaluation came before it."""
    if checkpoint.score is None:
        return "–"
    error = "" if checkpoint.error is None else f" ± {checkpoint.error:.2f}"
    return f"{checkpoint.score:.2f}{error}"


def which(checkpoint: Checkpoint) -> str:
    """What is special about it."""
    if checkpoint.aside:
        return f"aside {_stamp(checkpoint.path.parent.name)}"
    marks = [word for word, true in (("newest", checkpoint.newest), ("best", checkpoint.best)) if true]
    return ", ".join(marks) if checkpoint.path.name.isdigit() else "older copy"


def _stamp(folder: str) -> str:
    """When a folder was made, by its name: `11-22 21:48` of `20261122-214806`; other names as they are."""
    try:
        return f"{datetime.strptime(folder[:15], '%Y%m%d-%H%M%S'):%m-%d %H:%M}"
    except ValueError:
        return folder


def details(checkpoint: Checkpoint, soundness: str) -> str:
    """One by itself, a fact a line.

    Args:
      checkpoint: the one.
      soundness: UNCHECKED, SOUND, or why it is damaged.
    """
    return "\n".join(f"{label:<{_LABEL}}{said}" for label, said in _facts(checkpoint, soundness) if said)


def _facts(checkpoint: Checkpoint, soundness: str) -> Iterator[tuple[str, str]]:
    yield "checkpoint", f"step {checkpoint.step:,}  {which(checkpoint)}".rstrip()
    files = "not checked yet (v checks)" if soundness == UNCHECKED else soundness
    yield "files", f"{files}; {size(checkpoint.size)}"
    yield "folder", str(checkpoint.path)
    manifest = checkpoint.manifest
    if manifest is None:
        yield "unreadable", checkpoint.why
        return
    counters = manifest.counters
    yield "score", score(checkpoint) + ("" if checkpoint.score is None else "  (when last evaluated)")
    yield "saved", f"{datetime.fromtimestamp(manifest.created):%Y-%m-%d %H:%M:%S}"
    yield "trained", f"{span(counters.seconds)}, {counters.games:,} games, {counters.samples:,} samples"
    model = manifest.model
    shape = (
        f"{model.hidden_layers} layers of {model.hidden_size}"
        if model.architecture == "mlp"
        else f"{model.num_layers} layers of {model.d_model}, {model.num_heads} heads"
    )
    yield "network", f"{model.architecture}, {shape}; {_largest(model)}"
    yield "run", f"{manifest.run}; weights {manifest.digest[:12]}"


def _largest(model: ModelSection) -> str:
    """What games it can see; cards are named where it is not made for the full game."""
    limits = (
        ("colours", model.max_colors),
        ("ranks", model.max_ranks),
        ("cards in hand", model.max_hand_size),
    )
    fewer = [f"{what} {most}" for what, most in limits if most < FULL]
    return ", ".join([f"up to {model.max_players} players", *fewer])


def comparison(one: Checkpoint, other: Checkpoint, changes: Sequence[SettingChanged]) -> str:
    """Two beside each other, and what differs, a fact a line.

    Args:
      one: of the two, in any order.
      other: the other one.
      changes: settings that were changed in their run, oldest first.
    """
    older, newer = sorted((one, other), key=lambda each: (each.step, not each.aside))
    lines = [f"{'':<{_LABEL}}{f'step {older.label}':>{_SIDE}} {f'step {newer.label}':>{_SIDE}}  difference"]
    for label, first, second, difference in _pairs(older, newer):
        lines.append(f"{label:<{_LABEL}}{first:>{_SIDE}} {second:>{_SIDE}}  {difference}".rstrip())
    if lines[1].endswith("?"):
        lines.append("? The scores lie within two standard errors: the difference may be chance.")
    lines += _model_differences(older, newer)
    between = [change for change in changes if older.step <= change.step < newer.step]
    lines += [f"{c.key} was changed at step {c.step:,}: {c.old} → {c.new}" for c in between]
    if not between:
        lines.append("No setting was changed between them.")
    return "\n".join(lines)


def _pairs(older: Checkpoint, newer: Checkpoint) -> Iterator[tuple[str, str, str, str]]:
    yield "score", score(older), score(newer), _score_difference(older, newer)
    yield "size", size(older.size), size(newer.size), ""
    if older.manifest is None or newer.manifest is None:
        return
    for label, a, b, shown in (
        ("saved", older.manifest.created, newer.manifest.created, _moment),
        ("trained", older.manifest.counters.seconds, newer.manifest.counters.seconds, span),
    ):
        yield label, shown(a), shown(b), f"{'+' if b >= a else '−'}{span(abs(b - a))}"
    for label in ("games", "samples", "trained"):
        a, b = (getattr(each.manifest.counters, label) for each in (older, newer) if each.manifest)
        name = "learned from" if label == "trained" else label
        yield name, f"{a:,}", f"{b:,}", f"{b - a:+,}"
    weights = "the same" if older.manifest.digest == newer.manifest.digest else "differ"
    yield "weights", older.manifest.digest[:12], newer.manifest.digest[:12], weights


def _score_difference(older: Checkpoint, newer: Checkpoint) -> str:
    """With its standard error; a question mark where it may be chance (within two of these)."""
    if older.score is None or newer.score is None:
        return ""
    difference = f"{newer.score - older.score:+.2f}"
    if older.error is None or newer.error is None:
        return difference
    error = hypot(older.error, newer.error)
    return f"{difference} ± {error:.2f}{'' if abs(newer.score - older.score) > 2 * error else ' ?'}"


def _model_differences(older: Checkpoint, newer: Checkpoint) -> list[str]:
    if older.manifest is None or newer.manifest is None:
        return [each.why for each in (older, newer) if each.why]
    before, after = (msgspec.to_builtins(each.manifest.model) for each in (older, newer) if each.manifest)
    lines = [
        f"[model] {key} differs: {before[key]} and {after[key]}"
        for key in before
        if before[key] != after[key]
    ]
    if older.manifest.run != newer.manifest.run:
        lines.append(f"They are of two runs: {older.manifest.run} and {newer.manifest.run}.")
    return lines


def _moment(created: float) -> str:
    return f"{datetime.fromtimestamp(created):%Y-%m-%d %H:%M:%S}"
