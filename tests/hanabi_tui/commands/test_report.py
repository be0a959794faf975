"""`hanabi-tui report`: one page of a run."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from made_checkpoint import save
from random_game import random_game
from some_events import OTHERS, evaluated, progress

from engine import chance, preset
from engine.contracts.events import Begun, GenerationSaved, SettingChanged
from engine.records.hanablive import dump
from engine.settings.config import Config, NetworkSection, TrainingSection
from engine.settings.config_file import to_toml
from engine.store.history import MetricsError
from engine.store.metrics import Database
from hanabi_tui.commands import report

SECRET = "do-not-tell-4711"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run's directory with a little of everything; its name wants escaping."""
    directory = tmp_path / "a <b>run"
    directory.mkdir()
    database = Database(directory / "run.db")
    for number in range(1, 30):
        database.record(progress(number))
    database.record(evaluated(10, 15.25, 12.5))
    database.record(evaluated(20, 16.75, 13.5))
    for event in OTHERS:
        database.record(event)
    database.record(Begun(time=9.0, step=30, run="run-1", pid=13, generation=30))
    database.record(SettingChanged(time=10.0, step=40, key="learning_rate", old="0.0005", new="2e-05"))
    database.close()
    settings = Config(
        network=NetworkSection(gpu_host="laptop", auth_token=SECRET),
        training=TrainingSection(learning_rate=5e-4),
    )
    (directory / "config.toml").write_text(to_toml(settings) + f'\n# "{SECRET}"\n')
    return directory


class Seen(HTMLParser):
    """What a page is made of: tags that are open, addresses, text."""

    VOID = frozenset({"meta", "link", "br", "hr", "img"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "srcset", "data")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_and_needs_nothing_else(run: Path) -> None:
    page = report.page(run)
    seen = Seen(page)
    assert seen.open == []
    assert not seen.tags & {"script", "link", "img", "iframe", "b"}
    assert seen.links == []
    assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org/2000/svg)", page)


def test_it_shows_curves_evaluations_settings_and_history(run: Path) -> None:
    page = report.page(run)
    assert page.count("<svg") == 5
    assert page.count("<polygon") == 2  # a band for each variant
    assert "16.75 ± 0.05" in page and "13.50 ± 0.05" in page
    assert "a generation is damaged and not used: a checksum" in page
    assert "“room” again" in page
    assert "1 checkpoint saved" in page
    assert "No game was recorded" in page
    assert "a &lt;b&gt;run" in page and "<b>run" not in page


def test_a_setting_changed_since_the_start_shows_both_values(run: Path) -> None:
    page = report.page(run)
    assert re.search(
        r"<td>learning_rate</td><td>2e-05</td><td>0.0001</td>.*changed from 0.0005 at step 40", page
    )


def test_no_secret_is_in_it(run: Path) -> None:
    page = report.page(run)
    assert SECRET not in page
    assert "auth_token" not in page
    assert "laptop" in page


def test_the_best_game_is_shown_move_by_move_with_its_link(run: Path) -> None:
    games = run / "games"
    games.mkdir()
    recording = random_game(preset("full"), chance.stream(3))
    (games / "000000010-2p-best-24.json").write_text("{broken")
    (games / "000000020-2p-best-24.json").write_text(dump(recording))
    (games / "000000030-2p-best-19.json").write_text("{broken")
    page = report.page(run)
    assert "000000020-2p-best-24.json" in page
    assert page.count("https://hanab.live/shared-replay-json/") == 1
    assert "Result: " in page
    assert Seen(page).open == []
    (games / "000000020-2p-best-24.json").unlink()
    assert "000000010-2p-best-24.json cannot be shown: " in report.page(run)


def test_a_run_that_just_began_has_a_page_too(tmp_path: Path) -> None:
    Database(tmp_path / "run.db").close()
    page = report.page(tmp_path)
    assert "Nothing was measured yet." in page
    assert "There was none yet." in page
    assert "config.toml cannot be read" in page


def test_a_live_run_is_read_while_it_writes(run: Path) -> None:
    database = Database(run / "run.db")
    database.record(GenerationSaved(time=11.0, step=50, path="/a", size=1))
    assert "2 checkpoints saved" in report.page(run)
    database.close()


def test_the_page_goes_where_it_is_asked_for(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report.run(run, None)
    assert (run / "report.html").read_text().startswith("<!doctype html>")
    report.run(run, run / "report.html")
    assert capsys.readouterr().out.splitlines()[1].endswith("report.html (replaced)")
    report.run(run, Path("-"))
    assert capsys.readouterr().out.startswith("<!doctype html>")
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        report.run(run, tmp_path / "nowhere" / "page.html")


def test_a_directory_without_a_run_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(report.ReportError, match=r"nowhere is no directory; give that of a run"):
        report.run(tmp_path / "nowhere", None)
    save(tmp_path, 1)
    with pytest.raises(MetricsError, match="no run has begun in this directory"):
        report.run(tmp_path, None)
    assert not (tmp_path / "report.html").exists()
