"""A run's metrics for Prometheus, at http://127.0.0.1:PORT/metrics.

Everything is made from the definitions of the events (`events.metrics`): a field of Progress is
hanabi_progress_FIELD, one of a Score hanabi_evaluation_FIELD, one for each variant. What nobody knows is NaN.
"""

import importlib
import math
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from engine.contracts import events as e
from engine.contracts.scores import Scores
from engine.contracts.states import State
from engine.contracts.vitals import Link, Status, Vitals
from engine.errors import ConfigError
from engine.machine.program import install_command

HOST = "127.0.0.1"


Samples = list[tuple[tuple[str, ...], float]]
Family = tuple[str, str, tuple[str, ...], Samples]
"""Name, help, names of labels, and samples: values of labels and value."""


class Endpoint:
    """Serves what it heard, until `close`. Raises ConfigError where the port or the library is missing.

    Args:
      port: on loopback; 0: any that is free, then in `port`.
    """

    def __init__(self, port: int, clock: Callable[[], float] = time.time) -> None:
        try:
            library: Any = importlib.import_module("prometheus_client")
            core: Any = importlib.import_module("prometheus_client.core")
        except ModuleNotFoundError:
            wanted = install_command("metrics")
            raise ConfigError([f"--metrics-port needs a library: {wanted}"]) from None
        self.heard = Heard(clock)
        self._core = core
        registry = library.CollectorRegistry()
        registry.register(self)
        try:
            self._server, self._thread = library.start_http_server(port, HOST, registry)
        except OSError as error:
            raise ConfigError([f"--metrics-port {port}: {error.strerror or error}"]) from None
        self.port: int = self._server.server_port

    def hear(self, event: e.AnyEvent | Vitals) -> None:
        """Take in an event."""
        self.heard.hear(event)

    def collect(self) -> Iterator[Any]:
        """What the library asks for at each visit."""
        for name, meaning, labels, samples in self.heard.families():
            family = self._core.GaugeMetricFamily(name, meaning, labels=labels)
            for values, number in samples:
                family.add_metric(values, number)
            yield family

    def close(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Heard:
    """The last of each kind of event, as families of metrics."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._state, self._generation = "", -1
        self._progress: e.Progress | None = None
        self._scores = Scores()
        self._vitals: Vitals | None = None
        self._heard = clock()

    def hear(self, event: e.AnyEvent | Vitals) -> None:
        """Take in an event."""
        self._heard = self._clock()
        self._scores.hear(event)
        match event:
            case e.StateChanged():
                self._state = event.state
            case e.GenerationSaved():
                self._generation = event.step
            case e.Begun():
                self._generation = event.generation
            case e.Progress():
                self._progress = event
            case Vitals():
                self._vitals = event

    def families(self) -> Iterator[Family]:
        """All there is to tell now."""
        states: Samples = [((state.value,), float(state.value == self._state)) for state in State]
        yield "hanabi_state", "1 for the state that the run is in", ("state",), states
        yield _one("hanabi_generation_step", "step of the newest generation; -1: none", self._generation)
        silence = self._clock() - self._heard
        yield _one("hanabi_silence_seconds", "time since the run's loop last said anything", silence)
        for name, meaning in _defined(e.Progress, "progress"):
            field = name.removeprefix("hanabi_progress_")
            number = getattr(self._progress, field) if self._progress else math.nan
            yield _one(name, meaning, number)
        evaluated = self._scores.last
        for name, meaning in _defined(e.Evaluated, "evaluation"):
            yield _one(name, meaning, getattr(evaluated, name.removeprefix("hanabi_evaluation_"), None))
        scores = evaluated.scores if evaluated else ()
        for name, meaning in _defined(e.Score, "evaluation"):
            field = name.removeprefix("hanabi_evaluation_")
            yield (
                name,
                meaning,
                ("variant",),
                [((one.variant,), float(getattr(one, field))) for one in scores],
            )
        yield from self._machine()

    def _machine(self) -> Iterator[Family]:
        vitals = self._vitals
        link = vitals.link if vitals else None
        device = vitals.device if vitals else None
        for name, kind, of, meaning in VITALS:
            source = {Vitals: vitals, Link: link, Status: device}[kind]
            yield _one(f"hanabi_{name}", meaning, getattr(source, of, None))


VITALS: tuple[tuple[str, type[msgspec.Struct], str, str], ...] = (
    ("server_cpu", Vitals, "cpu", "share of the server's cores that was busy, 0-1"),
    ("server_memory_bytes", Vitals, "memory", "memory of the run and its children"),
    ("server_free_bytes", Vitals, "free", "room on the disk of the run's directory"),
    ("link_round_trip_seconds", Link, "round_trip", "time to the learner and back; NaN: not connected"),
    ("link_sent_bytes", Link, "sent", "bytes sent to the learner"),
    ("link_received_bytes", Link, "received", "bytes received from the learner"),
    ("link_connects", Link, "connects", "connections made to the learner"),
    ("learner_memory_bytes", Status, "memory", "memory in use by the learner on its device"),
    ("learner_utilisation", Status, "utilisation", "how busy the learner's device is, %"),
    ("learner_temperature", Status, "temperature", "temperature of the learner's device, °C"),
    ("learner_power", Status, "power", "power that the learner's device draws, W"),
    ("learner_uptime_seconds", Status, "uptime", "life of the learner's process"),
)
"""Metrics of vitals: name, of what, field, meaning."""


def _defined(kind: type[msgspec.Struct], group: str) -> Iterable[tuple[str, str]]:
    for metric in e.metrics(kind):
        if metric.type in (int, float) and metric.name != "time":
            unit = f", {metric.unit}" if metric.unit else ""
            how = f" ({metric.how})" if metric.how else ""
            yield f"hanabi_{group}_{metric.name}", f"{metric.meaning}{unit}{how}"


def _one(name: str, meaning: str, number: float | None) -> Family:
    return name, meaning, (), [((), math.nan if number is None else float(number))]
