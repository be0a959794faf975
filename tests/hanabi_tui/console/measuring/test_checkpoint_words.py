"""Checkpoints as people read them."""

from dataclasses import replace
from pathlib import Path

import pytest
from made_checkpoint import save

from engine.contracts.events import SettingChanged
from hanabi_tui.console.measuring import checkpoint_words as words
from hanabi_tui.console.measuring.contestants import Checkpoint, shelf


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Checkpoint, Checkpoint]:
    """An older one of a lower score, a newer one of a higher."""
    save(tmp_path, 10, seed=1, score=2.0)
    save(tmp_path, 30, seed=2, score=3.0)
    newer, older = shelf(tmp_path).checkpoints
    return older, newer


def with_error(each: Checkpoint, error: float) -> Checkpoint:
    return replace(each, error=error)


def test_one_by_itself_says_where_it_lies_and_whether_it_was_checked(pair) -> None:
    said = words.details(pair[1], words.UNCHECKED)
    assert "step 30  newest, best" in said
    assert "not checked yet (v checks)" in said
    assert str(pair[1].path) in said
    assert "mlp, 1 layers of 16" in said
    assert "learner.safetensors is damaged" in words.details(pair[1], "learner.safetensors is damaged")


def test_one_set_aside_says_when(pair) -> None:
    aside = replace(pair[0], aside=True, path=Path("generations/set-aside/20261122-214806-2/000000010"))
    assert words.which(aside) == "aside 11-22 21:48"
    assert words.which(replace(aside, path=Path("elsewhere/000000010"))) == "aside elsewhere"


def test_two_are_compared_older_first_whatever_the_order(pair) -> None:
    older, newer = pair
    said = words.comparison(newer, older, [])
    assert said == words.comparison(older, newer, [])
    assert said.splitlines()[0].split() == ["step", "10", "step", "30", "difference"]
    assert said.splitlines()[1].split() == ["score", "2.00", "3.00", "+1.00"]
    assert "weights" in said and "differ" in said
    assert said.endswith("No setting was changed between them.")
    assert max(map(len, said.splitlines())) <= 78


def test_a_difference_that_may_be_chance_is_doubted(pair) -> None:
    older, newer = pair
    sure = words.comparison(with_error(older, 0.1), with_error(newer, 0.1), [])
    assert "+1.00 ± 0.14\n" in sure and "chance" not in sure
    doubtful = words.comparison(with_error(older, 0.5), with_error(newer, 0.5), [])
    assert "+1.00 ± 0.71 ?" in doubtful and "may be chance" in doubtful


def test_settings_changed_between_the_two_are_told_and_no_others(pair) -> None:
    changes = [
        SettingChanged(time=0.0, step=step, key="learning_rate", old=old, new=new)
        for step, old, new in ((5, "1", "2"), (20, "2", "3"), (40, "3", "4"))
    ]
    said = words.comparison(*pair, changes)
    assert "learning_rate was changed at step 20: 2 → 3" in said
    assert said.count("was changed") == 1
