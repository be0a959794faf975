"""The learner's device and this machine: how busy, how full, how warm."""

from engine.contracts.vitals import Status, Vitals
from hanabi_tui.console.glance.rows import row
from hanabi_tui.console.glance.sight import Room, Sight
from hanabi_tui.console.pieces import (
    Line,
    Piece,
    accent,
    bar,
    cut,
    fitting,
    plain,
    quiet,
    strong,
    warning,
    width_of,
    wrapped,
)
from hanabi_tui.quantities import DASH, number, size, span

BAR = 10
"""Cells of a bar."""

TIGHT = 2e9
"""Bytes free on the disk below which it is worth a word."""

OLD = 10.0
"""Seconds after which what a device said is of the past."""


def device_lines(sight: Sight, room: Room) -> tuple[Line, ...]:
    """What the learner computes on: name, how busy, memory, warmth."""
    vitals = sight.model.vitals
    device = vitals.device if vitals else None
    if vitals is None or device is None:
        return tuple((quiet(line),) for line in wrapped(_why_none(sight), room.width, room.height))
    lines = [_name(device, vitals, sight, room), _busy(device, room), _memory(device, room), _warm(device)]
    if room.height < len(lines):  # tight: what a device does not tell is left out first
        told = [device.utilisation is not None, device.temperature is not None or device.power is not None]
        lines = [lines[0], *([lines[1]] if told[0] else []), lines[2], *([lines[3]] if told[1] else [])]
    return tuple(lines[: room.height])


def _why_none(sight: Sight) -> str:
    if not sight.model.connected:
        return "nothing is known yet"
    if sight.model.vitals is None:
        return "waits for the first measurement"
    link = sight.model.vitals.link
    if link is None or link.round_trip is None:
        return "the learner is not there"
    return "its device is not known yet"


def _name(device: Status, vitals: Vitals, sight: Sight, room: Room) -> Line:
    """What it is, and how old all this is, if it is."""
    age = sight.now - vitals.answered if vitals.answered is not None else 0.0
    stale = warning(f", {span(age)} ago") if age > OLD else plain("")
    name = strong(cut(device.device, room.width - width_of((stale,))))
    return fitting(room.width, (name, stale, quiet(f", up {span(device.uptime)}")), (name, stale))


def _why_dash(device: Status) -> str:
    if device.device.startswith("cpu"):
        return "a CPU does not tell"
    return "not told: pip install nvidia-ml-py there"


def _busy(device: Status, room: Room) -> Line:
    if device.utilisation is None:
        return row("utilisation", strong(DASH), quiet(f"  {_why_dash(device)}"))
    return _barred(room, "utilisation", device.utilisation / 100, strong(f"{device.utilisation:.0f} %"))


def _memory(device: Status, room: Room) -> Line:
    if device.memory_total:
        share = device.memory / device.memory_total
        said = strong(f"{size(device.memory)} of {size(device.memory_total)}")
        return _barred(room, "memory", share, said)
    return row("memory", strong(size(device.memory)))


def _warm(device: Status) -> Line:
    if device.temperature is None and device.power is None:
        return row("temperature", strong(DASH), quiet(f"  {_why_dash(device)}"))
    warmth = strong(f"{number(device.temperature, 0)} °C")
    return row("temperature", warmth, quiet("  power "), strong(f"{number(device.power, 0)} W"))


def machine_lines(sight: Sight, room: Room) -> tuple[Line, ...]:
    """How this machine fares: cores, memory of the run, disk."""
    vitals = sight.model.vitals
    if vitals is None:
        why = "waits for the first measurement" if sight.model.connected else "nothing is known yet"
        return ((quiet(why),),)
    return (_cores(vitals, room), _used(vitals), _disk(vitals, room))[: room.height]


def _cores(vitals: Vitals, room: Room) -> Line:
    if vitals.cpu is None:
        return row("CPU", strong(DASH), quiet("  this system does not tell"))
    return _barred(room, "CPU", vitals.cpu, strong(f"{100 * vitals.cpu:.0f} %"), quiet(" of all cores"))


def _used(vitals: Vitals) -> Line:
    return row("memory", strong(size(vitals.memory)), quiet(" in use by the run"))


def _disk(vitals: Vitals, room: Room) -> Line:
    said = row("disk", strong(size(vitals.free)), quiet(" free"))
    if vitals.free is not None and vitals.free < TIGHT:
        return fitting(room.width, (*said, plain("  "), warning("! nearly full")), said)
    return said


def _barred(room: Room, label: str, share: float, *said: Piece) -> Line:
    drawn = row(label, accent(bar(share, BAR)), plain(" "), *said)
    return fitting(
        room.width, drawn, row(label, accent(bar(share, BAR)), plain(" "), said[0]), row(label, said[0])
    )


def brief_lines(sight: Sight, room: Room) -> tuple[Line, ...]:
    """Both in four lines, where there is little room."""
    vitals = sight.model.vitals
    device = vitals.device if vitals else None
    if vitals is None or device is None:
        about = device_lines(sight, Room(room.width, max(room.height - 3, 1)))
        return (*about, *(machine_lines(sight, room) if vitals else ()))[: room.height]
    told = (
        (device.utilisation, f"{number(device.utilisation, 0)} %"),
        (device.temperature, f"{number(device.temperature, 0)} °C"),
        (device.power, f"{number(device.power, 0)} W"),
    )
    warmth = ", ".join(text for value, text in told if value is not None)
    memory = size(device.memory) + (f" of {size(device.memory_total)}" if device.memory_total else "")
    disk = row("disk", strong(size(vitals.free)), quiet(" free"))
    return (
        _name(device, vitals, sight, room),
        fitting(
            room.width,
            row("its state", strong(f"{warmth}, {memory}")) if warmth else row("memory", strong(memory)),
            row("its state", strong(warmth)),
        ),
        _cores(vitals, room),
        fitting(room.width, (*disk, quiet(f", run in memory {size(vitals.memory)}")), disk),
    )[: room.height]
