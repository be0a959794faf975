"""The page of metrics says where to look, and its queries run."""

import re
import sqlite3
from pathlib import Path

from some_events import OTHERS, evaluated, progress

from engine.contracts.events import AnyEvent, Evaluated, Progress, Score, metrics
from engine.store.metrics import Database

PAGE = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text(encoding="utf-8")


def test_every_metric_and_every_kind_of_event_is_on_the_page() -> None:
    for kind in (Progress, Score):
        for metric in metrics(kind):
            assert metric.meaning, metric.name
            row = f"| `{metric.name}` | {metric.unit} | {metric.meaning} | {metric.how} |"
            assert row in PAGE
    for kind in AnyEvent.__args__:
        assert (kind.__doc__ or "no docstring") in PAGE
        assert all(metric.meaning for metric in metrics(kind))


def test_its_queries_answer_what_they_promise(tmp_path: Path) -> None:
    with Database(tmp_path / "run.db") as database:
        for number in range(120):
            database.record(progress(number, training_score=10.0 + (number > 3)))
        database.record(evaluated(50, 20.0, 22.0))
        database.record(evaluated(90, 21.0, 23.0))
        for event in OTHERS:
            database.record(event)
    connection = sqlite3.connect(tmp_path / "run.db")
    queries = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
    by_minute, best, changes = (connection.execute(query).fetchall() for query in queries)
    connection.close()
    assert by_minute == [(0, 590, 1001.0, 0.25, 10.93), (1, 1190, 1001.0, 0.25, 11.0)]
    assert best == [(900, 1.5, 22.0, 10.0), (500, 0.8, 21.0, 10.0)]
    assert changes == [(30, "learning_rate", "0.0001", "5e-05", 10.0, 11.0)]


def test_its_python_runs(tmp_path: Path) -> None:
    (block,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    with Database(tmp_path / "run.db") as database:
        for event in (progress(1), evaluated(1, 20.0), *OTHERS):
            database.record(event)
    found: dict[str, object] = {}
    exec(block.replace("checkpoints", str(tmp_path)), found)
    assert found["curve"] == (progress(1),)
    assert found["scores"] == (evaluated(1, 20.0),)
    assert found["warnings"] == list(OTHERS)


def test_an_evaluation_has_a_line_of_its_own_fields() -> None:
    for metric in metrics(Evaluated):
        assert metric.name == "scores" or f"| `{metric.name}` |" in PAGE.split("## Evaluations")[1]
