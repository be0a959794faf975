"""The map from the distributed training guide leaves out none of the guide's commands, files and settings."""

import re
from pathlib import Path

import pytest

from engine.settings.config import PRESETS
from engine.settings.keys import KEYS, value_of
from hanabi_tui.settings import Given, load

ROOT = Path(__file__).parents[2]
MAP = (ROOT / "docs" / "guide-map.md").read_text(encoding="utf-8")

COMMANDS = (
    "setup_laptop.sh, setup_server.sh, run_gpu_server.sh, run_coordinator.sh, run_with_config.py, "
    "monitor.py, rl_hanabi.training.distributed.gpu_server, rl_hanabi.training.distributed.coordinator, "
    "python -m venv .venv, source .venv/bin/activate, pip install torch numpy, pip install -e ., "
    "pip install torch --index-url, pip install numpy wandb, ip addr show, ping, ufw, firewall-cmd, "
    "journalctl -u hanabi-gpu-server@$USER -f, journalctl -u hanabi-coordinator@$USER -f, "
    "sudo nano /etc/default/, daemon-reload, enable, start, status"
).split(", ")
FLAGS = (
    "--host --port --auth-token --device --gpu-host --gpu-port --use-wandb --num-iterations "
    "--games-per-iteration --train-steps-per-iteration --server --gpu --watch --local --batch-size "
    "--num-workers"
).split()
FILES = (
    "distributed_config.example.toml distributed_config.toml checkpoints/training_state.json "
    "systemd/hanabi-gpu-server@.service systemd/hanabi-coordinator@.service "
    "systemd/hanabi-gpu-server.env.example systemd/hanabi-coordinator.env.example "
    "/etc/default/hanabi-gpu-server /etc/default/hanabi-coordinator /etc/systemd/system/"
).split()
SETTINGS = {
    "gpu_host": "localhost",
    "gpu_port": 5555,
    "auth_token": "",
    "max_players": 5,
    "max_colors": 5,
    "max_ranks": 5,
    "max_hand_size": 5,
    "d_model": 128,
    "num_heads": 4,
    "num_layers": 4,
    "batch_size": 256,
    "learning_rate": 1e-4,
    "games_per_iteration": 100,
    "train_steps_per_iteration": 500,
    "num_workers": 0,  # the guide's auto
}


@pytest.mark.parametrize("name", [*COMMANDS, *FLAGS, *FILES, "GPU_HOST", "AUTH_TOKEN"])
def test_a_name_of_the_guide_is_on_the_map(name: str) -> None:
    assert re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", MAP)


CHANGED = {
    name: values
    for name, *values in re.findall(r"^\| `(\w+)` \| (\S+) \| (\S+) \| (\S+) \|$", MAP, re.MULTILINE)
}
"""By key: the guide's default, and what holds with a gpu_host and without one, as the page has them."""


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("host", ["laptop", ""])
def test_a_setting_of_the_guide_has_its_name_and_the_default_that_the_page_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, host: str
) -> None:
    monkeypatch.chdir(tmp_path)  # where no settings are
    key = KEYS[name]
    found = value_of(load(Given(flags={"gpu_host": host} if host else {}), {}).config, key)
    assert f"`{name}`" in MAP
    if name in CHANGED:
        guide, with_host, without = map(key.read, CHANGED[name])
        assert (guide, found) == (SETTINGS[name], with_host if host else without)
    elif name == "gpu_host":
        assert found == host and "(empty instead of localhost" in MAP
    else:
        assert found == SETTINGS[name]


def test_more_samples_are_kept_than_by_default_as_the_page_tells() -> None:
    for preset in PRESETS.values():
        assert f"`buffer_size` {preset['buffer_size']:,}" in MAP
