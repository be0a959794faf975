"""A run whose learner is on another machine: reached by SSH, lost, and reached again."""

import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest
from rough_link import RoughLink
from small_run import COMMAND, SERIAL, SMALL, Ending, SmallRun, assert_agrees, ending, state, until
from sshd import Sshd

from hanabi_tui.foreground.embedded import EmbeddedLearner
from hanabi_tui.settings import Given, load

TOKEN = "a token of some length"


def direct(port: int) -> list[str]:
    return ["--gpu-host", "127.0.0.1", "--gpu-port", str(port), "--transport", "direct"]


def test_a_run_trains_through_ssh_and_comes_to_the_same_weights(
    tmp_path: Path, sshd: Sshd, start, undisturbed: Ending
) -> None:
    port = start("--port", "0").address[1]
    flags = [*sshd.flags(), "--gpu-port", str(port), "--preset", "cpu"]
    with SmallRun(tmp_path / "run", *flags, settings=SERIAL) as run:
        run.finish()
    assert ending(tmp_path / "run") == undisturbed
    link = state(tmp_path / "run")["link"]
    assert (link["where"], link["connects"]) == ("127.0.0.1 (ssh)", 1)
    assert link["sent"] > 10_000 < link["received"]
    assert_agrees(tmp_path / "run")


def test_a_link_that_is_cut_costs_nothing(tmp_path: Path, start, undisturbed: Ending) -> None:
    link = RoughLink(start("--port", "0").address)
    with SmallRun(tmp_path / "run", *direct(link.port), settings=SERIAL) as run:
        for _ in range(3):
            run.wait_for("step ")
            link.cut()
            run.wait_for("paused: the learner is gone")
            run.wait_for("nothing was lost")
        run.finish()
    assert ending(tmp_path / "run") == undisturbed
    assert_agrees(tmp_path / "run")
    assert state(tmp_path / "run")["link"]["connects"] == 4
    link.close()


def test_a_silent_link_is_noticed_and_what_waited_in_it_does_no_harm(
    tmp_path: Path, start, undisturbed: Ending
) -> None:
    link = RoughLink(start("--port", "0").address)
    with SmallRun(tmp_path / "run", *direct(link.port), settings=SERIAL) as run:
        run.wait_for("step ")
        link.freeze()
        frozen = time.monotonic()
        run.wait_for("silent for 4.5 s")
        assert time.monotonic() - frozen < 10
        link.thaw()  # what was under way arrives late now
        run.wait_for("nothing was lost")
        run.finish()
    assert ending(tmp_path / "run") == undisturbed
    link.close()


def test_a_laptop_that_sleeps_for_a_while_costs_nothing_and_who_asks_is_told(
    tmp_path: Path, start, undisturbed: Ending
) -> None:
    gpu = start("--port", "0")
    flags = direct(gpu.address[1])
    asleep = [gpu.process.pid, gpu.learner]

    def asked(*words: str) -> "subprocess.CompletedProcess[str]":
        told = [*COMMAND, *words, "--checkpoint-dir", str(tmp_path / "run")]
        return subprocess.run(told, capture_output=True, text=True, check=False, cwd=tmp_path)

    with SmallRun(tmp_path / "run", *flags, settings=SERIAL) as run:
        run.wait_for("saved", times=2)
        for pid in asleep:
            os.kill(pid, signal.SIGSTOP)
        stopped = time.monotonic()
        run.wait_for("paused: the learner is gone")
        assert time.monotonic() - stopped < 10
        status = asked("status", *flags)
        assert status.returncode == 1
        for words in ("paused (the learner is gone", "not connected", "learner  not reached"):
            assert words in status.stdout, status.stdout
        doctor = asked("doctor", *flags)
        assert doctor.returncode == 1
        for words in ("paused: the learner is gone", "FAIL  link", "is the laptop awake"):
            assert words in doctor.stdout, doctor.stdout
        hurried = asked("resume")
        assert hurried.stdout.startswith("it will go on as soon as it can"), hurried.stderr
        for pid in asleep:
            os.kill(pid, signal.SIGCONT)
        run.wait_for("nothing was lost")
        run.finish()
    assert ending(tmp_path / "run") == undisturbed
    assert_agrees(tmp_path / "run")


def test_a_run_waits_for_a_laptop_that_is_still_asleep(tmp_path: Path, start) -> None:
    gpu = start("--port", "0")
    link = RoughLink(gpu.address)
    link.up = False
    with SmallRun(tmp_path / "run", *direct(link.port)) as run:
        run.wait_for("paused: the learner cannot be reached")
        assert state(tmp_path / "run")["state"] == "paused"
        link.up = True
        run.wait_for("training")
        run.stop()
    link.close()


def test_a_run_that_waits_stops_at_once(tmp_path: Path) -> None:
    with SmallRun(tmp_path / "run", *direct(1)) as run:
        run.wait_for("WARNING: plain TCP")
        run.wait_for("paused: the learner cannot be reached: nobody answers at 127.0.0.1:1")
        began = time.monotonic()
        said = run.stop()
        assert time.monotonic() - began < 5
    assert "stopped" in said


def test_a_run_that_lost_its_laptop_stops_at_once_and_says_what_it_could_not_save(
    tmp_path: Path, start
) -> None:
    link = RoughLink(start("--port", "0").address)
    with SmallRun(tmp_path / "run", *direct(link.port)) as run:
        run.wait_for("saved", times=2)
        link.up = False
        link.cut()
        run.wait_for("paused: the learner is gone")
        said = run.stop()
    assert "without a last generation" in said
    link.close()


def refused(directory: Path, *flags: str, **environment: str) -> str:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("HANABI_")}
    done = subprocess.run(
        [*COMMAND, "--no-ui", *SMALL, "--checkpoint-dir", str(directory), *flags],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=directory.parent,
        env={**clean, **environment},
    )
    assert done.returncode == 2, done.stdout + done.stderr  # a person must act: a service does not try again
    assert "Traceback" not in done.stdout + done.stderr
    return done.stdout


def test_a_wrong_token_is_refused_at_once_and_never_told(tmp_path: Path, start) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN)
    file.chmod(0o600)
    gpu = start("--port", "0", "--auth-token-file", str(file))
    port = gpu.address[1]
    said = refused(tmp_path / "run", *direct(port), HANABI_AUTH_TOKEN="not the same")
    assert "does not accept this side's auth_token" in said
    assert "not the same" not in said
    gpu.wait_for("does not know the auth_token")


def test_an_unknown_host_key_is_refused_with_the_command_that_accepts_it(tmp_path: Path, sshd: Sshd) -> None:
    said = refused(tmp_path / "run", *sshd.flags(), "--known-hosts", str(tmp_path / "none"))
    assert "nobody has accepted yet" in said
    assert f"hanabi-tui trust root@127.0.0.1:{sshd.port}".replace("root", sshd.machine().user) in said


def test_an_embedded_learner_is_never_told_a_token(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("HANABI_AUTH_TOKEN", TOKEN)
    learner = EmbeddedLearner(load(Given(flags={"preset": "cpu"}), {}).config, tmp_path / "run")
    client = learner.connect()
    assert client.status().result(60).step == -1
    child = learner._child
    assert child is not None
    assert TOKEN.encode() not in Path(f"/proc/{child.pid}/environ").read_bytes()
    learner.stop()


def test_an_embedded_learner_that_hangs_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hanabi_tui.foreground.embedded.PATIENCE", 0.5)
    monkeypatch.setattr("remote.handshake.PATIENCE", 0.3)
    learner = EmbeddedLearner(load(Given(flags={"preset": "cpu"}), {}).config, tmp_path / "run")
    learner.start()
    hanging = learner._child
    assert hanging is not None
    os.kill(hanging.pid, signal.SIGSTOP)
    with pytest.raises(ConnectionError):
        learner.connect()
    monkeypatch.setattr("hanabi_tui.foreground.embedded.PATIENCE", 60.0)
    assert learner.connect().status().result(60).step == -1
    assert hanging.poll() is not None
    learner.stop()


@pytest.mark.parametrize(
    ("flags", "why"),
    [
        (["--transport", "direct"], "wants [network] gpu_host"),
        (["--transport", "direct", "--gpu-host", "192.168.1.100"], "anybody on the way could be the learner"),
    ],
)
def test_plain_tcp_wants_an_address_and_a_token(tmp_path: Path, flags: list[str], why: str) -> None:
    done = subprocess.run([*COMMAND, "--no-ui", *flags], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 2
    assert why in done.stderr


def test_doctor_finds_nothing_wrong_with_a_run_that_has_just_begun(tmp_path: Path) -> None:
    with SmallRun(tmp_path / "run", *direct(1)) as run:
        run.wait_for("paused: the learner cannot be reached")
        command = [*COMMAND, "doctor", "--checkpoint-dir", str(tmp_path / "run")]
        said = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
        assert said.returncode == 0, said.stdout
        assert "paused, no generation yet" in said.stdout


def test_trust_shows_the_key_and_accepts_the_right_one_only(tmp_path: Path, sshd: Sshd) -> None:
    known = tmp_path / "known_hosts"
    asked = subprocess.run(
        ["ssh-keygen", "-lf", f"{sshd.host_key}.pub"], capture_output=True, text=True, check=True
    )
    fingerprint = asked.stdout.split()[1]

    def trust(*flags: str) -> "subprocess.CompletedProcess[str]":
        where = [f"127.0.0.1:{sshd.port}", "--known-hosts", str(known), "--ssh-config", "none"]
        return subprocess.run(
            [*COMMAND, "trust", *where, *flags], capture_output=True, text=True, check=False
        )

    unasked = trust()
    assert unasked.returncode == 2
    assert fingerprint in unasked.stdout
    assert not known.exists()
    assert "nothing was accepted" in trust("--fingerprint", "SHA256:other").stderr
    assert not known.exists()
    assert trust("--fingerprint", fingerprint).returncode == 0
    assert known.stat().st_mode & 0o777 == 0o600
    assert "accepted before" in trust().stdout
    flags = [flag if flag != str(sshd.known_hosts) else str(known) for flag in sshd.flags()]
    said = subprocess.run(
        [*COMMAND, "doctor", *flags, "--gpu-port", "1", "--checkpoint-dir", str(tmp_path / "run")],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    assert "is reached, but nobody answers" in said


def test_status_and_doctor_tell_of_the_run_the_link_and_the_learner(
    tmp_path: Path, sshd: Sshd, start
) -> None:
    port = start("--port", "0").address[1]
    where = [*sshd.flags(), "--gpu-port", str(port), "--checkpoint-dir", str(tmp_path / "run")]

    def told(*words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*COMMAND, *words, *where], capture_output=True, text=True, check=False, cwd=tmp_path
        )

    assert "none has begun" in told("status", "--local").stdout
    with SmallRun(tmp_path / "run", *sshd.flags(), "--gpu-port", str(port)) as run:
        run.wait_for("saved", times=2)
        until(lambda: state(tmp_path / "run")["link"]["round_trip"] is not None, "a round trip")
        status = told("status")
        assert status.returncode == 0, status.stderr
        for words in ("training", "127.0.0.1 (ssh): up", "0 reconnects", "cpu (1 thread)", "answered in"):
            assert words in status.stdout, status.stdout
        found = json.loads(told("status", "--json").stdout)
        assert found["learner"]["step"] > 0
        assert found["run"]["alive"]
        doctor = told("doctor")
        assert doctor.returncode == 0, doctor.stdout
        for words in ("round trip", "throughput", "disk", "no GPU is used there", "clock"):
            assert words in doctor.stdout, doctor.stdout
        run.stop()
    after = told("status", "--local").stdout
    assert "stopped" in after
    assert "not connected" in after


LONGER = [*SERIAL, "--num-iterations", "150"]


def test_chaos_changes_nothing(tmp_path: Path, sshd: Sshd, start) -> None:
    """Cuts, freezes, kills and stops of everything, for a while; the end is that of a run left in peace."""
    peace = SmallRun(tmp_path / "peace", settings=LONGER)
    chance = random.Random(4)
    gpu = start("--port", "0")
    link = RoughLink(("127.0.0.1", sshd.port))
    flags = [*sshd.flags(), "--ssh-port", str(link.port), "--gpu-port", str(gpu.address[1])]
    public = Path(f"{sshd.host_key}.pub").read_text()
    sshd.known_hosts.write_text(sshd.known_hosts.read_text() + f"[127.0.0.1]:{link.port} {public}")
    harms = ["cut", "delay", "freeze", "kill learner", "stop learner", "kill run"]
    harms = chance.sample(harms, 6) + chance.sample(harms, 6)
    done = []
    run = SmallRun(tmp_path / "run", *flags, settings=LONGER)
    try:
        for harm in harms:
            run.wait_for("step ", times=chance.randint(1, 2))
            done.append(harm)
            match harm:
                case "cut":
                    link.cut()
                case "delay":
                    link.delay = chance.choice([0.0, 0.01, 0.03])
                case "freeze":
                    link.freeze()
                    time.sleep(chance.uniform(0.5, 6.0))
                    link.thaw()
                case "kill learner":
                    os.kill(gpu.learner, signal.SIGKILL)
                case "stop learner":
                    learner = gpu.learner
                    os.kill(learner, signal.SIGSTOP)
                    time.sleep(chance.uniform(0.5, 6.0))
                    os.kill(learner, signal.SIGCONT)
                case "kill run":
                    run.kill()
                    run = SmallRun(tmp_path / "run", *flags, settings=LONGER)
        link.delay = 0.0
        run.finish()
        peace.finish()
    finally:
        run.kill()
        peace.kill()
        link.close()
    assert ending(tmp_path / "run") == ending(tmp_path / "peace")
    assert_agrees(tmp_path / "run")
    assert len(done) == 12
