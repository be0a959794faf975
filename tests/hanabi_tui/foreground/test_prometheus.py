"""What Prometheus finds, and what the Grafana dashboard asks of it."""

import json
import math
import re
import runpy
import urllib.request
from pathlib import Path

import pytest
from some_events import evaluated, progress

from engine.contracts.events import Progress, StateChanged, metrics
from engine.contracts.vitals import Link, Status, Vitals
from engine.errors import ConfigError
from hanabi_tui.foreground.prometheus import Endpoint, Heard

ROOT = Path(__file__).parents[3]
VITALS = Vitals(
    time=0.0,
    link=Link(where="laptop", connects=2, sent=10, received=20),
    device=Status(device="cuda", step=3, uptime=5.0, memory=7, power=30.5),
    cpu=0.5,
    memory=11,
    free=13,
)


def found(heard: Heard) -> dict[str, float]:
    return {
        name + "".join(f"{{{value}}}" for value in labels): number
        for name, _, _, samples in heard.families()
        for labels, number in samples
    }


def test_every_number_of_progress_and_of_a_score_is_there_under_its_own_name() -> None:
    heard = Heard()
    event, evaluation = progress(3), evaluated(4, 17.5)
    for each in (StateChanged(time=0.0, step=0, state="training"), event, evaluation, VITALS):
        heard.hear(each)
    told = found(heard)
    for metric in metrics(Progress):
        if metric.name != "time":
            assert told[f"hanabi_progress_{metric.name}"] == getattr(event, metric.name)
    score = evaluation.scores[0]
    assert told[f"hanabi_evaluation_mean{{{score.variant}}}"] == 17.5
    assert told[f"hanabi_evaluation_perfect{{{score.variant}}}"] == score.perfect
    assert told["hanabi_evaluation_step"] == evaluation.step
    assert told["hanabi_evaluation_seconds"] == evaluation.seconds
    assert told["hanabi_state{training}"] == 1.0
    assert told["hanabi_state{paused}"] == 0.0
    assert told["hanabi_learner_power"] == 30.5
    assert told["hanabi_link_connects"] == 2
    assert math.isnan(told["hanabi_link_round_trip_seconds"])


def names() -> set[str]:
    return {name for name, *_ in Heard().families()}


def test_silence_is_counted_from_the_last_event() -> None:
    now = 100.0
    heard = Heard(lambda: now)
    now = 160.0
    assert found(heard)["hanabi_silence_seconds"] == 60.0
    heard.hear(VITALS)
    assert found(heard)["hanabi_silence_seconds"] == 0.0


def means(heard: Heard) -> list[float]:
    return [number for name, number in found(heard).items() if name.startswith("hanabi_evaluation_mean")]


def test_a_score_behind_which_the_run_went_back_is_told_no_more() -> None:
    heard = Heard()
    for event in (progress(3), evaluated(2, 17.0), evaluated(3, 18.0)):
        heard.hear(event)
    assert means(heard) == [18.0]
    heard.hear(progress(2))
    assert means(heard) == [17.0]
    heard.hear(progress(1))
    assert means(heard) == []


def test_it_is_served_on_loopback_and_a_port_in_use_is_refused() -> None:
    endpoint = Endpoint(0)
    try:
        endpoint.hear(progress(3))
        with urllib.request.urlopen(f"http://127.0.0.1:{endpoint.port}/metrics", timeout=10) as page:
            text = page.read().decode()
        assert "hanabi_progress_step 30.0" in text
        assert "# HELP hanabi_progress_loss Huber loss" in text
        assert set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE)) == names()
        with pytest.raises(ConfigError, match=f"--metrics-port {endpoint.port}: "):
            Endpoint(endpoint.port)
    finally:
        endpoint.close()


def test_the_dashboard_asks_for_metrics_that_exist_and_is_the_one_the_code_writes() -> None:
    writer = runpy.run_path(str(ROOT / "scripts" / "write_docs.py"))
    text = (ROOT / "docs" / "grafana.json").read_text(encoding="utf-8")
    assert text == writer["written"]("grafana.json"), "run `make docs`"
    asked = {
        name
        for panel in json.loads(text)["panels"]
        for target in panel["targets"]
        for name in re.findall(r"hanabi_\w+", target["expr"])
    }
    assert len(asked) > 15
    assert asked <= names()
