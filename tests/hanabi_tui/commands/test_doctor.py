"""`hanabi-tui doctor` finds what a start would be refused for."""

from pathlib import Path

import pytest
from made_checkpoint import save

from engine.store.directory import RING, Directory, Saved
from engine.store.manifest import FORMAT, Counters
from engine.store.replay import Replay
from hanabi_tui.commands.doctor import findings
from hanabi_tui.commands.finding import Finding, Verdict
from hanabi_tui.settings import Given

LIKE_THE_RUN = {"preset": "cpu", "max_players": "3", "hidden_size": "16", "hidden_layers": "1"}


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Of a run that has a generation."""
    save(tmp_path / "run")
    return tmp_path / "run"


def found(directory: Path, about: str, **flags: str) -> Finding:
    given = Given(flags=LIKE_THE_RUN | {"checkpoint_dir": str(directory)} | flags)
    (finding,) = [each for each in findings(given) if each.about == about]
    return finding


def advice_of(directory: Path) -> str:
    """What to do about the run, first of all."""
    given = Given(flags=LIKE_THE_RUN | {"checkpoint_dir": str(directory)})
    return next(each.advice for each in findings(given) if each.about == "run")


def test_a_run_that_can_go_on_is_said_to_be_sound(directory: Path) -> None:
    assert found(directory, "run").verdict is Verdict.OK
    assert "newest generation 7 is sound" in found(directory, "run").text


@pytest.mark.parametrize(
    ("state", "reason", "advice"),
    [
        ("completed", "it was completed before", "nothing; to train on, raise --minutes or --num-iterations"),
        ("stopped", "before it reached its learner", "the same command goes on"),
        ("paused", "cannot write", "mend that, then start it again: the same command goes on"),
    ],
)
def test_what_there_is_to_do_hangs_on_where_the_run_is(
    directory: Path, state: str, reason: str, advice: str
) -> None:
    holder = Directory(directory)
    holder.save(
        Saved(run="r", state=state, pid=1, updated=1.0, generation=7, counters=Counters(), reason=reason)
    )
    live = advice_of(directory)
    holder.release()
    assert advice_of(directory) == advice
    assert ("hanabi-tui resume" in live) == (state == "paused")


def test_a_network_of_another_shape_than_the_runs_is_a_fault(directory: Path) -> None:
    finding = found(directory, "run", hidden_size="24")
    assert finding.verdict is Verdict.FAIL
    assert "hidden_size = 24 (the run has 16)" in finding.text
    assert str(directory / "config.toml") in finding.advice


def test_a_ring_of_another_size_is_a_fault(directory: Path) -> None:
    (directory / RING).parent.mkdir()
    Replay(directory / RING, 4096)
    assert found(directory, "run", buffer_size="4096", warm_up="1024").verdict is Verdict.OK
    finding = found(directory, "run", buffer_size="8192", warm_up="1024")
    assert finding.verdict is Verdict.FAIL
    assert "has room for 4,096 samples, these settings want 8,192" in finding.text


def test_generations_of_another_version_are_a_fault_with_what_to_do(directory: Path) -> None:
    manifest = next(directory.glob("generations/0*/manifest.json"))
    manifest.write_text(manifest.read_text().replace(f'"format": {FORMAT}', '"format": 1'))
    finding = found(directory, "generation")
    assert finding.verdict is Verdict.FAIL
    assert "format 1; this version of hanabi-tui reads" in finding.text
    assert "hanabi-tui fresh" in finding.advice


def test_whoever_runs_there_has_settings_of_its_own(directory: Path) -> None:
    holder = Directory(directory)
    assert found(directory, "run", hidden_size="24").verdict is Verdict.OK
    holder.release()


def test_more_workers_than_the_machine_can_bear_are_a_fault(directory: Path) -> None:
    finding = found(directory, "cores", num_workers="256")
    assert finding.verdict is Verdict.FAIL
    assert "num_workers = 256: this machine has" in finding.text


@pytest.mark.parametrize("kind", ["a file", "a link to nothing"])
def test_what_is_no_directory_is_a_fault(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "run"
    if kind == "a file":
        path.write_text("notes")
    else:
        path.symlink_to(tmp_path / "gone")
    finding = found(path, "directory")
    assert finding.verdict is Verdict.FAIL
    assert f"{path} is no directory" in finding.text


def test_a_large_network_wants_a_disk_for_its_generations(directory: Path) -> None:
    def gigabytes(**flags: str) -> float:
        return float(found(directory, "disk", **flags).text.split("may need ")[1].split()[0])

    # 25 million weights, each with two averages and three numbers of the optimizer, in six more generations
    large = {"architecture": "transformer", "d_model": "512", "num_heads": "8", "num_layers": "8"}
    assert gigabytes(**large) - gigabytes() > 3.0
    serial = {"serial": "true", "num_iterations": "1", "minutes": "0", "buffer_size": "8000000"}
    assert gigabytes(**serial) - gigabytes(buffer_size="8000000") > 0.3  # to go back in
