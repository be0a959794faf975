"""Checkpoints at the table: found by name, verified, and played by the average of weights."""

import re
from pathlib import Path

import msgspec
import numpy as np
import pytest
import safetensors.torch
import torch
from made_checkpoint import SMALL, learned, save

from engine import Games, chance, preset
from engine.errors import AgentError, EngineError
from engine.game import observation
from engine.networks.network import values_of
from engine.players.checkpoint_player import open_checkpoint
from engine.players.evaluation import evaluate
from engine.settings.config import Config, GameRangesSection, ModelSection
from engine.settings.config_file import to_toml
from engine.store.generations import Generations
from engine.store.manifest import FORMAT, LEARNER, Generation, GenerationError


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "my-run"
    for step, seed, score in ((100, 1, 3.0), (200, 2, 9.5), (300, 3, 4.0)):
        save(folder, step, seed, score)
    return folder


def damage(generation: Path) -> None:
    file = generation / LEARNER
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)


def rewrite(generation: Generation, tensors: dict[str, torch.Tensor]) -> None:
    """Replace the learner's tensors, with a checksum that fits."""
    folder = Generations(generation.path.parent)
    folder.save(generation.manifest, {LEARNER: safetensors.torch.save(tensors)})


@pytest.mark.parametrize(
    ("name", "step", "chosen"),
    [
        ("", 300, "the newest generation"),
        ("/generations", 300, "the newest generation"),
        ("@best", 200, "the best generation"),
        ("@100", 100, ""),
        ("@000000100", 100, ""),
        ("/generations/000000200", 200, ""),
    ],
)
def test_a_generation_is_found_by_any_of_its_names(run: Path, name: str, step: int, chosen: str) -> None:
    found = open_checkpoint(f"{run}{name}")
    assert (found.generation.manifest.step, found.chosen, found.passed) == (step, chosen, ())
    assert found.name == f"my-run@{step}"


def test_the_average_of_weights_plays_and_not_the_weights(run: Path) -> None:
    generation = save(run, 400, 4)
    tensors = safetensors.torch.load(generation.read(LEARNER))
    other = learned(5).weights(-1, average=True)
    assert other is not None
    tensors["average"] = torch.from_numpy(other.flat)
    rewrite(generation, tensors)
    save(run, 500, 5)
    save(run, 600, 4)
    rows = observation.observe(Games.shuffled([preset("full", 3)] * 8, chance.stream(1)))
    averaged, fifth, fourth = (
        values_of(open_checkpoint(f"{run}@{step}").network, rows) for step in (400, 500, 600)
    )
    assert np.array_equal(averaged, fifth)
    assert not np.array_equal(averaged, fourth)


def test_it_plays_whole_games_and_always_the_same(run: Path) -> None:
    variant = preset("full", 3)
    first = evaluate([open_checkpoint(str(run)).make], variant, 20, 0)
    again = evaluate([open_checkpoint(str(run)).make], variant, 20, 0)
    assert first.points.tolist() == again.points.tolist()


def test_opening_one_leaves_torchs_chance_alone(run: Path) -> None:
    torch.manual_seed(3)
    wanted = torch.rand(4)
    torch.manual_seed(3)
    open_checkpoint(str(run))
    assert torch.equal(torch.rand(4), wanted)


def test_more_players_than_its_network_sees_are_refused(run: Path) -> None:
    found = open_checkpoint(str(run))
    assert found.largest.players == 3
    with pytest.raises(AgentError, match="^my-run@300: this network plays with up to 3 players; full, 4"):
        found.make(Games.shuffled([preset("full", 4)], chance.stream(0)))


def test_a_damaged_newest_one_is_passed_over_and_that_is_told(run: Path) -> None:
    damage(run / "generations/000000300")
    found = open_checkpoint(str(run))
    assert found.generation.manifest.step == 200
    assert re.search(r"000000300/learner\.safetensors is damaged", str(found.passed[0]))


def test_a_damaged_one_that_was_named_is_refused(run: Path) -> None:
    damage(run / "generations/000000300")
    for name in (f"{run}@300", f"{run}/generations/000000300"):
        with pytest.raises(GenerationError, match="is damaged: its checksum fails"):
            open_checkpoint(name)
    for step in (100, 200):
        damage(run / f"generations/{step:09d}")
    for name in (run, f"{run}@best"):
        with pytest.raises(GenerationError, match=r"no sound generation: .* \(and 2 more\)"):
            open_checkpoint(str(name))


def test_what_is_no_checkpoint_is_refused_in_a_line(run: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file.pt").write_bytes(b"weights")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/manifest.json").write_text('{"format": 1}')
    save(tmp_path / "unscored")
    for name, words in (
        ("nowhere", "nowhere: no such folder; give a run's directory"),
        ("nowhere@best", "nowhere: no such folder"),
        ("empty", "holds no checkpoint: there are no generations"),
        ("file.pt", r"file\.pt is a file; a checkpoint is a folder"),
        ("broken", r"broken/manifest\.json is damaged"),
        ("my-run@7", "has no generation 7; there are 100, 200, 300"),
        ("my-run@newest", "behind @ stands best or a step"),
        ("unscored@best", "no evaluation was made before any generation"),
    ):
        with pytest.raises(EngineError, match=words) as refused:
            open_checkpoint(str(tmp_path / name))
        assert "\n" not in str(refused.value)


def test_another_format_is_refused_with_what_this_version_reads(run: Path) -> None:
    manifest = run / "generations/000000300/manifest.json"
    known = msgspec.json.decode(manifest.read_bytes())
    for key, words in (("format", f"format 99; .* reads {FORMAT}"), ("row_version", "row version 99; ")):
        manifest.write_bytes(msgspec.json.encode(known | {key: 99}))
        with pytest.raises(GenerationError, match=words):
            open_checkpoint(f"{run}@300")


def test_weights_that_do_not_fit_the_network_are_refused(run: Path) -> None:
    generation = open_checkpoint(str(run)).generation
    tensors = safetensors.torch.load(generation.read(LEARNER))
    average = tensors.pop("average")
    for changed, words in (
        ({}, "average is missing; this network needs"),
        ({"average": average[:-1]}, rf"average is \[{len(average) - 1}\]; this network needs"),
        ({"average": average * torch.nan}, "weights that are no numbers"),
    ):
        rewrite(generation, tensors | changed)
        with pytest.raises(GenerationError, match=words):
            open_checkpoint(str(run))
    Generations(run / "generations").save(generation.manifest, {LEARNER: b"no tensors"})
    with pytest.raises(GenerationError, match=r"learner\.safetensors cannot be read"):
        open_checkpoint(str(run))


def test_what_a_run_trained_on_is_known_from_its_settings(run: Path, tmp_path: Path) -> None:
    assert open_checkpoint(str(run)).trained_on() is None
    ranges = GameRangesSection(variant="small", players=(2, 3))
    (run / "config.toml").write_text(to_toml(Config(game_ranges=ranges)))
    assert open_checkpoint(str(run)).trained_on() == ranges
    (run / "config.toml").write_text("[game_ranges]\nplayers = 7")
    assert open_checkpoint(str(run)).trained_on() is None


def test_a_generation_outside_of_a_run_plays_too(run: Path, tmp_path: Path) -> None:
    (run / "generations/000000200").rename(tmp_path / "kept")
    found = open_checkpoint(str(tmp_path / "kept"))
    assert (found.name, found.trained_on()) == ("kept@200", None)


def test_a_folder_with_an_at_sign_in_its_name_is_found(tmp_path: Path) -> None:
    save(tmp_path / "run@home", 8)
    assert open_checkpoint(str(tmp_path / "run@home")).name == "run@home@8"
    assert open_checkpoint(f"{tmp_path / 'run@home'}@8").generation.manifest.step == 8


def test_the_model_is_the_manifests(tmp_path: Path) -> None:
    model = ModelSection(architecture="mlp", max_players=5, hidden_size=24, hidden_layers=3)
    save(tmp_path, 1, model=model)
    found = open_checkpoint(str(tmp_path))
    assert found.largest.players == 5 != SMALL.max_players
    assert evaluate([found.make], preset("full", 5), 2, 0).games == 2
