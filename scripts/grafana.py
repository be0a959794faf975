"""The Grafana dashboard, made of the same definitions as the metrics: `dashboard()` is docs/grafana.json."""

import json
from typing import Any

from hanabi_tui.foreground.prometheus import Heard

PANELS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("State", "none", ("hanabi_state",)),
    ("Score of evaluations", "none", ("hanabi_evaluation_mean", "hanabi_evaluation_best_possible")),
    (
        "Perfect games and strike-outs",
        "percentunit",
        ("hanabi_evaluation_perfect", "hanabi_evaluation_struck_out"),
    ),
    ("Score while exploring", "none", ("hanabi_progress_training_score",)),
    ("Loss", "none", ("hanabi_progress_loss", "hanabi_progress_belief_loss")),
    (
        "Gradient and learning rate",
        "none",
        ("hanabi_progress_gradient_norm", "hanabi_progress_learning_rate"),
    ),
    ("Speed", "cps", ("hanabi_progress_samples_per_second", "hanabi_progress_trained_per_second")),
    ("Games", "cps", ("hanabi_progress_games_per_second",)),
    ("Steps, newest generation", "none", ("hanabi_progress_step", "hanabi_generation_step")),
    ("Age of the weights that play", "s", ("hanabi_progress_weights_age",)),
    ("Way to the learner", "s", ("hanabi_link_round_trip_seconds",)),
    ("Traffic", "Bps", ("rate(hanabi_link_sent_bytes[1m])", "rate(hanabi_link_received_bytes[1m])")),
    ("Learner's device", "none", ("hanabi_learner_utilisation", "hanabi_learner_temperature")),
    ("Memory", "bytes", ("hanabi_server_memory_bytes", "hanabi_learner_memory_bytes")),
    ("Server's cores", "percentunit", ("hanabi_server_cpu",)),
    ("Room on disk", "bytes", ("hanabi_server_free_bytes",)),
    ("Silence of the run's loop", "s", ("hanabi_silence_seconds",)),
)
"""Title, unit in Grafana's words, and what is drawn."""

SOURCE = {"type": "prometheus", "uid": "${source}"}


def dashboard() -> str:
    """The file."""
    meanings = {name: meaning for name, meaning, *_ in Heard().families()}
    made = {
        "title": "Hanabi training",
        "uid": "hanabi-training",
        "schemaVersion": 39,
        "refresh": "10s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [{"name": "source", "type": "datasource", "query": "prometheus"}]},
        "panels": [_panel(number, meanings) for number in range(len(PANELS))],
    }
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def _panel(number: int, meanings: dict[str, str]) -> dict[str, Any]:
    title, unit, drawn = PANELS[number]
    described = [meanings[name] for name in drawn if name in meanings]
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": title,
        "description": "; ".join(described),
        "datasource": SOURCE,
        "gridPos": {"h": 8, "w": 12, "x": 12 * (number % 2), "y": 8 * (number // 2)},
        "fieldConfig": {"defaults": {"unit": unit}, "overrides": []},
        "targets": [
            {
                "refId": "ABCD"[place],
                "expr": expression,
                "datasource": SOURCE,
                "legendFormat": _legend(expression),
            }
            for place, expression in enumerate(drawn)
        ],
    }


def _legend(expression: str) -> str:
    if expression == "hanabi_state":
        return "{{state}}"
    name = expression.removeprefix("rate(").partition("[")[0].removeprefix("hanabi_")
    short = name.removeprefix("evaluation_").removeprefix("progress_").replace("_", " ")
    return f"{short} {{{{variant}}}}" if name.startswith("evaluation_") else short
