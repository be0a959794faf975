"""Services of a real systemd: they start, start again, read their settings again, and stop."""

import getpass
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from lent import ROOT, lend_kernels
from page_commands import SMALL
from service_manager import OfMachine, OfUser, ServiceManager
from small_run import assert_agrees, newest, until

RUN, GPU = (f"hanabi-{role}@{getpass.getuser()}.service" for role in ("coordinator", "gpu-server"))
TOOL = Path(sys.executable).with_name("hanabi-tui")
QUICK = """
[Service]
RestartSec=100ms
WatchdogSec=6s
TimeoutAbortSec=200ms
"""
"""What is changed of a unit: it waits less."""


@pytest.fixture
def of_user(tmp_path: Path) -> Iterator[OfUser]:
    manager = OfUser(tmp_path)
    lend_kernels(ROOT, manager.home / ".cache" / RUN.removesuffix(".service").replace("@", "-"))
    yield manager
    manager.close()


@pytest.fixture
def of_machine(tmp_path: Path) -> Iterator[OfMachine]:
    manager = OfMachine(tmp_path)
    for unit in (RUN, GPU):
        cache = manager.root / "var/cache" / unit.removesuffix(".service").replace("@", "-")
        lend_kernels(ROOT, cache)
    yield manager
    manager.close()


def test_a_users_run_starts_again_after_kill_and_hang_reloads_and_stops_with_a_checkpoint(
    tmp_path: Path, of_user: OfUser
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    settings = project / "distributed_config.toml"
    settings.write_text(SMALL)
    hurry(of_user.home / ".config/systemd/user", RUN)
    of_user.run(TOOL, "systemd", "install", "--user", "--directory", project, "--yes", "--start")
    assert is_active(of_user, RUN)
    assert of_user.property(RUN, "StatusText").startswith(("collecting", "training"))
    checkpoints = project / "checkpoints"
    until(lambda: any(checkpoints.glob("generations/0*")), "a generation")

    kill(of_user, RUN, "KILL")
    until(lambda: restarts(of_user, RUN) == 1 and is_active(of_user, RUN), "started again after kill -9")
    assert "goes on from" in said(checkpoints)

    settings.write_text(f"{SMALL}weight_decay = 0.5\n")
    of_user.tell("reload", RUN)
    until(lambda: "weight_decay is 0.5 from now on" in said(checkpoints), "the settings are read again")
    assert restarts(of_user, RUN) == 1

    kill(of_user, RUN, "STOP")  # its loop turns no more
    until(lambda: restarts(of_user, RUN) == 2 and is_active(of_user, RUN), "the watchdog has it start again")
    stops_with_a_checkpoint(of_user, checkpoints)


def test_the_machines_services_are_handed_the_token_start_again_and_stop(of_machine: OfMachine) -> None:
    """The hardened units: the run reaches its learner by plain TCP, where both need the token."""
    project = of_machine.root / "srv" / "hanabi"
    project.mkdir()
    (project / "distributed_config.toml").write_text(SMALL)
    token = of_machine.root / "etc/credstore/hanabi.auth_token"
    token.write_text("a token of some length\n")
    token.chmod(0o600)
    settings = of_machine.root / "etc/default/hanabi-coordinator"
    settings.write_text("HANABI_GPU_HOST=127.0.0.1\nHANABI_TRANSPORT=direct\nHANABI_PRESET=cpu\n")
    for role, unit in (("gpu-server", GPU), ("coordinator", RUN)):
        hurry(of_machine.root / "etc/systemd/system", unit)
        install = ["systemd", "install", "--system", "--role", role, "--directory", "/srv/hanabi"]
        install += ["--run-as", getpass.getuser(), "--yes", "--start"]
        of_machine.run(TOOL, *install)  # waits until it is ready
        assert is_active(of_machine, unit)
    checkpoints = project / "checkpoints"
    until(lambda: any(checkpoints.glob("generations/0*")), "a generation")
    for unit in (GPU, RUN):
        kill(of_machine, unit, "KILL")
        until(lambda: restarts(of_machine, unit) == 1 and is_active(of_machine, unit), "started again")  # noqa: B023
    stops_with_a_checkpoint(of_machine, checkpoints)
    of_machine.tell("stop", GPU)
    assert of_machine.property(GPU, "Result") == "success"
    assert "a token of some length" not in said(checkpoints)


def hurry(folder: Path, unit: str) -> None:
    change = folder / f"{unit.partition('@')[0]}@.service.d" / "quick.conf"
    change.parent.mkdir(parents=True)
    change.write_text(QUICK)


def kill(manager: ServiceManager, unit: str, signal: str) -> None:
    manager.tell("kill", "--kill-who=main", f"--signal={signal}", unit)


def restarts(manager: ServiceManager, unit: str) -> int:
    return int(manager.property(unit, "NRestarts"))


def is_active(manager: ServiceManager, unit: str) -> bool:
    return manager.property(unit, "ActiveState") == "active"


def stops_with_a_checkpoint(manager: ServiceManager, checkpoints: Path) -> None:
    until(lambda: " trained " in said(checkpoints).rpartition("goes on from")[2], "it trains again")
    before = newest(checkpoints).manifest.step
    manager.tell("stop", RUN)
    assert manager.property(RUN, "Result") == "success"
    assert manager.property(RUN, "ExecMainStatus") == "0"
    assert said(checkpoints).rstrip().endswith("stopped")
    assert newest(checkpoints).manifest.step > before
    assert_agrees(checkpoints)


def said(directory: Path) -> str:
    return (directory / "logs" / "run.log").read_text()
