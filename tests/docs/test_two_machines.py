"""The first ten minutes and the guide's quick start, walked from two fresh clones to a run that trains."""

import getpass
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from processes import command_of
from sshd import SSHD, Sshd, descendants, free_port
from two_machines import ROOT, Cable, Machine, sshd_of, two_machines

SMALL = {
    "preset": '"cpu"',
    "variant": '"very-small"',
    "hidden_size": "16",
    "games_per_worker": "32",
    "num_workers": "1",
    "buffer_size": "8192",
    "warm_up": "1024",
    "batch_size": "64",
    "train_steps_per_iteration": "20",
    "evaluation_interval": "2.0",
    "evaluation_games": "50",
    "final_games": "100",
    "checkpoint_interval": "1.0",
    "log_interval": "0.2",
    "wandb_mode": '"offline"',
}
"""What makes a run so small that it is quick; nothing else is changed of what the pages say."""

TOKEN = "mysecrettoken"  # the guide's

needs_two = pytest.mark.skipif(
    SSHD is None or shutil.which("git") is None or not (ROOT / ".git").exists(),
    reason="needs OpenSSH's sshd, and git's history to clone",
)


@needs_two
def test_the_pages_lead_from_two_bare_machines_to_a_run_that_outlives_a_pulled_plug(tmp_path: Path) -> None:
    with two_machines(tmp_path) as (server, laptop, cable):
        set_up_both(server, laptop, cable)
        write_into_the_settings(server, SMALL)
        spend_the_first_ten_minutes(server)
        sshd = let_in(server, laptop, cable, tmp_path / "sshd")
        try:
            go_step_by_step(server, laptop, cable, sshd)
            walk_the_guide(server, laptop)
            give_both_a_file(server, laptop)
        finally:
            sshd.close()


def set_up_both(server: Machine, laptop: Machine, cable: Cable) -> None:
    with ThreadPoolExecutor() as both:
        of_server = both.submit(server.type, "./scripts/setup_server.sh")
        of_laptop = both.submit(laptop.type, "./scripts/setup_laptop.sh")
    for said in (of_server.result(), of_laptop.result()):
        assert "Making .venv with Python" in said
        assert "Everything a run needs is there." in said
        assert "Next: " in said
    assert "torch " in of_laptop.result()
    if cable.real:
        assert laptop.address in of_laptop.result()
    again = server.type("./scripts/setup_server.sh")
    assert "distributed_config.toml is there, and stays as it is" in again
    assert "Making .venv" not in again
    # what runs is the clone, not this suite's copy
    assert str(server.clone) in server.type('python -P -c "import hanabi_tui; print(hanabi_tui.__file__)"')


def write_into_the_settings(server: Machine, values: dict[str, str]) -> None:
    """Take the # off keys of the example file, and set them."""
    file = server.clone / "distributed_config.toml"
    text = file.read_text()
    for key, value in values.items():
        text, found = re.subn(rf"^(# )?{key} = .*$", f"{key} = {value}", text, flags=re.MULTILINE)
        assert found == 1, key
    file.write_text(text)
    file.chmod(0o600)


def spend_the_first_ten_minutes(server: Machine) -> None:
    with server.begin(".venv/bin/hanabi-tui --no-ui --minutes 5") as run:
        run.wait_for(" trained ")
        with server.begin(".venv/bin/hanabi-tui status --watch") as status:
            status.wait_for("training")
        assert "paused: a look" in server.type('.venv/bin/hanabi-tui pause "a look"')
        assert "training goes on" in server.type(".venv/bin/hanabi-tui resume")
        run.wait_for("saved")
        run.stop()
    assert "cautious" in server.type(".venv/bin/hanabi-tui evaluate checkpoints --agent cautious")
    assert server.type(".venv/bin/hanabi-tui conventions checkpoints")
    server.type(".venv/bin/hanabi-tui fresh --yes")


def let_in(server: Machine, laptop: Machine, cable: Cable, folder: Path) -> Sshd:
    """The laptop's sshd, and a key of the server's that may do what the page says, and nothing else."""
    page = (ROOT / "docs" / "two-machines.md").read_text()
    (permitted,) = re.findall(r"^ +(restrict,.*) ssh-ed25519 AAAA", page, re.MULTILINE)
    if not cable.real:  # both have the loopback in common, where another test may have taken that port
        laptop.port = free_port()
        write_into_the_settings(server, {"gpu_port": str(laptop.port)})
    sshd = sshd_of(laptop, folder, permitted=permitted.replace("5555", str(laptop.port)))
    config = server.home / ".ssh" / "config"
    config.parent.mkdir(mode=0o700)
    config.write_text(
        f"Host laptop 192.168.1.100\n  HostName {laptop.address}\n  Port {sshd.port}\n"
        f"  User {getpass.getuser()}\n  IdentityFile {sshd.key}\n"
    )
    return sshd


def go_step_by_step(server: Machine, laptop: Machine, cable: Cable, sshd: Sshd) -> None:
    """docs/two-machines.md, with a laptop that is gone for a while."""
    with laptop.begin("hanabi-gpu" if cable.real else f"hanabi-gpu --port {laptop.port}") as gpu:
        gpu.wait_for("listening on 127.0.0.1")
        accept_the_host_key(server, sshd)
        assert "laptop answers by ssh\n" in server.type("hanabi-tui doctor --gpu-host laptop")
        with server.begin("hanabi-tui --no-ui --gpu-host laptop --minutes 600") as run:
            run.wait_for("saved")
            assert "answered in" in server.type("hanabi-tui status --gpu-host laptop")
            cut_off(cable, sshd)
            run.wait_for("paused: ")
            let_through(cable, sshd)
            run.wait_for("nothing was lost")
            run.wait_for(" trained ")
            run.stop()
        gpu.stop()
    server.type("hanabi-tui fresh --yes")


def walk_the_guide(server: Machine, laptop: Machine) -> None:
    """The guide's steps 3 and 4, and its monitoring, with its token on command lines and Weights & Biases."""
    serving = (
        f"./scripts/run_gpu_server.sh --host 0.0.0.0 --port {laptop.port} --auth-token {TOKEN} --device auto"
    )
    training = f"./scripts/run_coordinator.sh --gpu-host 192.168.1.100 --auth-token {TOKEN} --use-wandb"
    with laptop.begin(serving) as gpu, server.begin(training) as run:
        run.wait_for("saved")
        look_on(server, laptop)
        nobody_else_sees_the_token(run.process.pid, gpu.process.pid)
        said = run.stop().splitlines()[1:] + gpu.stop().splitlines()[1:]  # without what was typed
    server.type("hanabi-tui report")
    assert list(server.clone.glob("checkpoints/wandb/offline-run-*/*.wandb"))
    assert not [line for line in said if TOKEN in line]
    assert files_that_tell(TOKEN, server.clone, laptop.clone, laptop.home / ".local") == []


def give_both_a_file(server: Machine, laptop: Machine) -> None:
    """The guide's other way to start, from the same file on both sides, and by SSH alone."""
    write_into_the_settings(server, {"gpu_host": '"laptop"', "auth_token": f'"{TOKEN}"'})
    lent = laptop.clone / "distributed_config.toml"
    lent.write_bytes((server.clone / lent.name).read_bytes())
    with laptop.begin("python scripts/run_with_config.py distributed_config.toml --gpu") as gpu:
        gpu.wait_for("listening on 127.0.0.1")
        with server.begin("python scripts/run_with_config.py distributed_config.toml --server") as run:
            run.wait_for("goes on from")
            run.wait_for(" trained ")
            said = run.stop() + gpu.stop()
    assert TOKEN not in said
    assert files_that_tell(TOKEN, server.clone / "checkpoints") == []


def accept_the_host_key(server: Machine, sshd: Sshd) -> None:
    told = subprocess.run(
        ["ssh-keygen", "-lf", f"{sshd.host_key}.pub"], capture_output=True, text=True, check=True
    )
    fingerprint = told.stdout.split()[1]
    # nobody is there to compare it and say yes
    assert "Accepted" in server.type(f"hanabi-tui trust laptop --fingerprint {fingerprint}")
    assert "accepted before" in server.type("hanabi-tui trust 192.168.1.100")
    assert (server.home / ".ssh" / "known_hosts").stat().st_mode & 0o077 == 0


def look_on(server: Machine, laptop: Machine) -> None:
    asked = f"python scripts/monitor.py --gpu-host 192.168.1.100 --auth-token {TOKEN}"
    assert "answered in" in server.type(asked)
    with server.begin(f"{asked} --watch") as watch:
        for _ in range(2):
            watch.wait_for("answered in")
    assert "training" in server.type("python scripts/monitor.py --local")
    plain = f"{asked} --transport direct".replace("192.168.1.100", laptop.address)
    assert "answered in" in server.type(plain)


def nobody_else_sees_the_token(*typed: int) -> None:
    """Who types it on a command line shows it there, and is warned; no child of that command shows it."""
    for process in typed:
        children = descendants(process)
        assert children
        for child in children:
            assert TOKEN not in command_of(child)


def cut_off(cable: Cable, sshd: Sshd) -> None:
    if cable.real:
        cable.pull()
    else:
        sshd.close()


def let_through(cable: Cable, sshd: Sshd) -> None:
    if cable.real:
        cable.plug()
    else:
        sshd.start()


def files_that_tell(secret: str, *folders: Path) -> list[Path]:
    """Files of a machine that hold a secret: run.db, logs, settings, Weights & Biases, the report."""
    seen = [file for folder in folders for file in folder.rglob("*") if ".git" not in file.parts]
    own = ("tests", "docs", "README.md", ".venv")  # where the guide's token is an example
    return [
        file
        for file in seen
        if file.is_file() and not set(own) & set(file.parts) and secret.encode() in file.read_bytes()
    ]
