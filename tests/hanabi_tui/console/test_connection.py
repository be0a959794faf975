"""The way to the learner: what is shown of it, other hosts tested, host keys accepted by a yes alone."""

import asyncio
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from console import shown, text_of
from seen_model import seen_model, vitals
from sshd import Sshd
from textual.pilot import Pilot

from engine.contracts.commands import Done, Resume
from engine.contracts.events import StateChanged
from engine.contracts.states import State
from engine.contracts.vitals import Link
from hanabi_tui.commands.finding import Finding, Verdict, lines_of
from hanabi_tui.console.dialogues.fingerprint import Fingerprint
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.verdicts import laid_out
from hanabi_tui.console.views.connection import Connection

SIZES = [(80, 24), (120, 40), (200, 60)]
CONFIG = "Host laptop\n  HostName 10.0.0.5\n  User ann\nHost desk *.lan\n"


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    server = Sshd(tmp_path_factory.mktemp("sshd"))
    yield server
    server.close()


def model_with(tmp_path: Path, config: str, **network: object) -> Model:
    """A model whose run reads another file than ~/.ssh/config."""
    (tmp_path / "config").write_text(config)
    model = seen_model(tmp_path / "run")
    model.settings["network"] |= {"ssh_config": str(tmp_path / "config"), **network}
    return model


async def done(pilot: Pilot[str]) -> str:
    """What the screen says when no child works any more, nor asks."""
    while any(worker.group == "child" and worker.is_running for worker in pilot.app.workers):
        if isinstance(pilot.app.screen, Fingerprint):
            break
        await pilot.pause(0.05)
    await pilot.pause()
    return text_of(pilot)


def told(pilot: Pilot[str]) -> str:
    return "\n".join(pilot.app.page.query_one("LinesPane")._store.lines)


@pytest.mark.parametrize("size", SIZES)
async def test_state_rates_and_history_are_on_the_screen_at_every_size(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with shown(Connection, model_with(tmp_path, CONFIG), size) as pilot:
        screen = text_of(pilot)
        words = (
            "borrowed from laptop, through its sshd",
            "● up  laptop (ssh)",
            "12.5 ms",
            "1.2 MB/s  1.1 GB in all",
            "150 kB/s  118 MB in all",
            "The last hour",
            "××××",
            "█ up 91",
            "× learner gone 8.",
            "1 time, the longest 4 min 6 s",
            "laptop (this run's)",
            "desk",
        )
        assert [each for each in words if each not in screen] == []
        assert "*.lan" not in screen


async def test_the_strip_shows_more_and_less_of_the_past(tmp_path: Path) -> None:
    async with shown(Connection, model_with(tmp_path, CONFIG)) as pilot:
        await pilot.press("minus")
        assert "The last 10 minutes" in text_of(pilot)
        assert "×" not in text_of(pilot)
        await pilot.press(*["plus"] * 9)
        screen = text_of(pilot)
        assert "The last week" in screen
        assert "× learner gone" in screen


async def test_an_embedded_learner_and_no_hosts_explain_themselves(tmp_path: Path) -> None:
    model = model_with(tmp_path, "Host *\n  User x\n", gpu_host="")
    model.vitals = vitals(time.time(), link=Link(where="this machine", connects=1, round_trip=0.0001))
    async with shown(Connection, model, (120, 40)) as pilot:
        screen = text_of(pilot)
        assert "on this machine, embedded" in screen
        assert "no host is named there" in screen
        await pilot.press("t", "k", "x", "enter")
        assert "Nothing is under way" in told(pilot)


async def test_without_a_run_nothing_is_known_and_hosts_are_listed_all_the_same(
    tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "config").write_text(CONFIG)
    async with shown(Connection, Model(tmp_path, why="no run is live")) as pilot:
        screen = text_of(pilot)
        assert "not known yet" in screen
        assert "laptop" in screen
        await pilot.press("r")
        assert "Way to the learner" in text_of(pilot)


async def test_a_test_says_live_and_in_words_what_is_wrong(tmp_path: Path) -> None:
    config = f"Host nobody\n  HostName 127.0.0.1\n  Port {closed_port()}\n"
    model = model_with(tmp_path, config, gpu_host="")
    async with shown(Connection, model, (120, 40)) as pilot:
        await pilot.press("t")
        await done(pilot)
        said = told(pilot)
        assert "Testing nobody" in said
        assert "ok    settings" in said
        assert "FAIL  link: nobody does not answer by SSH" in said
        assert "Traceback" not in said


async def test_a_test_can_be_cancelled_and_its_process_is_gone(tmp_path: Path) -> None:
    async with shown(Connection, model_with(tmp_path, CONFIG, gpu_host="")) as pilot:
        before = children()
        await pilot.press("t")
        while not children() - before:
            await pilot.pause(0.02)
        (child,) = children() - before
        await pilot.press("x")
        await done(pilot)
        while Path(f"/proc/{child}").exists():
            await pilot.pause(0.02)
        assert "Cancelled." in told(pilot)


async def test_leaving_the_console_ends_a_test(tmp_path: Path) -> None:
    before = children()
    async with shown(Connection, model_with(tmp_path, CONFIG, gpu_host="")) as pilot:
        await pilot.press("t")
        while not children() - before:
            await pilot.pause(0.02)
        (child,) = children() - before
    while Path(f"/proc/{child}").exists():
        await asyncio.sleep(0.02)


async def test_a_host_key_is_shown_and_accepted_by_a_yes_alone(tmp_path: Path, sshd: Sshd) -> None:
    known = tmp_path / "known_hosts"
    config = f"Host here\n  HostName 127.0.0.1\n  Port {sshd.port}\n"
    model = model_with(tmp_path, config, gpu_host="here", known_hosts=str(known))
    model.state, model.reason = State.PAUSED, "the learner is gone: here shows a host key that nobody …"
    async with shown(Connection, model) as pilot:
        resumed: list[object] = []
        pilot.app.steer = resumed.append  # there is no run to hear it
        await pilot.press("k")
        screen = await done(pilot)
        assert "Nobody has accepted the key of here yet" in screen
        assert "ssh-ed25519" in screen
        assert "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub" in screen
        await pilot.press("enter")  # in a hurry
        await done(pilot)
        assert "Nothing was accepted" in told(pilot)
        assert not known.exists()
        await pilot.press("k")
        await done(pilot)
        await pilot.press("y")
        await done(pilot)
        assert "Accepted; written to" in told(pilot)
        assert f"[127.0.0.1]:{sshd.port} ssh-ed25519" in known.read_text()
        assert resumed == [Resume()]  # the run waited for just that
        await pilot.press("k")
        assert "was accepted before" in await done(pilot)
        await pilot.press("y")
        await done(pilot)


async def test_a_host_key_that_comes_late_does_not_take_a_key_that_is_meant_for_something_else(
    tmp_path: Path, sshd: Sshd
) -> None:
    known = tmp_path / "known_hosts"
    config = f"Host here\n  HostName 127.0.0.1\n  Port {sshd.port}\n"
    model = model_with(tmp_path, config, gpu_host="", known_hosts=str(known))
    async with shown(Connection, model) as pilot:
        await pilot.press("k")
        pilot.app.page.leave()  # another view is opened
        await done(pilot)
        assert not isinstance(pilot.app.screen, Fingerprint)
        assert "Press k again to compare it" in told(pilot)
        pilot.app.page.show(model)
        await pilot.press("k")
        await done(pilot)
        assert isinstance(pilot.app.screen, Fingerprint)
        assert not known.exists()


async def test_another_key_than_the_accepted_one_cannot_be_accepted(tmp_path: Path, sshd: Sshd) -> None:
    known = tmp_path / "known_hosts"
    other = (sshd.folder / "user.pub").read_text()
    known.write_text(f"[127.0.0.1]:{sshd.port} {other}")
    config = f"Host here\n  HostName 127.0.0.1\n  Port {sshd.port}\n"
    async with shown(Connection, model_with(tmp_path, config, gpu_host="", known_hosts=str(known))) as pilot:
        await pilot.press("k")
        screen = await done(pilot)
        assert "ANOTHER key" in screen
        assert "Accept:" not in screen
        await pilot.press("y")
        await done(pilot)
        assert known.read_text() == f"[127.0.0.1]:{sshd.port} {other}"


async def test_a_key_that_cannot_be_asked_for_is_said_in_words(tmp_path: Path) -> None:
    config = f"Host nobody\n  HostName 127.0.0.1\n  Port {closed_port()}\n"
    async with shown(Connection, model_with(tmp_path, config, gpu_host="")) as pilot:
        await pilot.press("k")
        await done(pilot)
        assert "FAIL  host key: nobody does not answer by SSH" in told(pilot)


async def test_reconnect_hurries_a_run_that_waits_and_no_other(tmp_path: Path) -> None:
    model = model_with(tmp_path, CONFIG)
    async with shown(Connection, model) as pilot:
        steered: list[object] = []
        pilot.app.steer = lambda command: steered.append(command) or Done(text="")
        await pilot.press("r")
        model.state, model.reason = State.PAUSED, "asked to"
        await pilot.press("r")
        assert steered == []
        model.reason = "the learner is gone: silence"
        await pilot.press("r")
        assert steered == [Resume()]


async def test_a_link_that_was_lost_just_now_is_gone_on_the_strip(tmp_path: Path) -> None:
    model = model_with(tmp_path, CONFIG)
    async with shown(Connection, model, (120, 40)) as pilot:
        model.events.append(
            StateChanged(
                time=time.time() - 240, step=1, state="paused", reason="the learner is gone: no sign"
            )
        )
        model.vitals = vitals(time.time(), link=Link(where="laptop (ssh)", connects=3))
        pilot.app.page.show(model)
        await pilot.pause()
        screen = text_of(pilot)
        assert "× gone  laptop (ssh)" in screen
        assert "the learner is gone: no sign" in screen
        assert "2 times" in screen


def test_lines_of_doctor_are_broken_between_words() -> None:
    line, advice = lines_of(Finding(Verdict.FAIL, "link", "it does not answer at all", "is it awake?"))
    assert laid_out(line, 26) == ["FAIL  link: it does not", "      answer at all"]
    assert laid_out(advice, 60) == ["      → is it awake?"]
    assert laid_out("Something is wrong", 12) == ["Something is", "wrong"]


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def children() -> set[int]:
    return {int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()}
