"""What all dialogues have in common: keys that arrive in one burst, as over a slow line, end one once."""

from collections.abc import Callable
from typing import Any

import pytest
from console import shown, until
from textual.events import Key
from textual.pilot import Pilot
from textual.widget import Widget

from hanabi_tui.console.dialogues.choice import confirm
from hanabi_tui.console.dialogues.dialogue import Dialogue
from hanabi_tui.console.dialogues.entry import Entry
from hanabi_tui.console.dialogues.fingerprint import Fingerprint, HostKey
from hanabi_tui.console.dialogues.help import Help
from hanabi_tui.console.dialogues.jump import Jump
from hanabi_tui.console.dialogues.pick import Pick
from hanabi_tui.console.dialogues.themes import Themes
from hanabi_tui.console.views.settings import Settings

KEY = HostKey("laptop", "unknown", "ssh-ed25519", "SHA256:x", (), "known_hosts", "ssh-keygen", "")


async def burst(pilot: Pilot[str], *keys: str) -> None:
    """Press keys all at once, without waiting for what each does."""
    for key in keys:
        pilot.app.post_message(Key(key, key if len(key) == 1 else None))
    await pilot.pause()


@pytest.mark.parametrize(
    ("dialogue", "keys", "answer"),
    [
        (lambda part: confirm("Stop the run?", "Stop"), "y y", "yes"),
        (lambda part: confirm("Stop the run?", "Stop"), "escape n escape", None),
        (lambda part: confirm("Stop the run?", "Stop"), "enter enter", None),
        (lambda part: Entry("Workers", "How many.", "3", lambda text: ""), "enter enter", "3"),
        (lambda part: Jump([part]), "a a", ...),
        (lambda part: Pick("Charts", [("score", "score", True)]), "escape escape", ["score"]),
        (lambda part: Themes(["sea", "ember"], "ember"), "enter enter", "ember"),
        (lambda part: Fingerprint(KEY), "y y", True),
        (lambda part: Fingerprint(KEY), "escape y", None),
        (lambda part: Help((), ()), "escape escape", None),
    ],
)
async def test_of_keys_pressed_at_once_the_first_answers_and_the_others_do_nothing(
    dialogue: Callable[[Widget], Dialogue[Any]], keys: str, answer: object
) -> None:
    async with shown(Settings) as pilot:
        part, answers = pilot.app.focused, list[object]()
        await pilot.app.push_screen(dialogue(part), answers.append)
        await pilot.pause()
        await burst(pilot, *keys.split())
        await until(pilot, lambda: bool(answers))
        await pilot.pause()
        assert answers == [part if answer is ... else answer]
        assert pilot.app.screen_stack == [pilot.app.screen]
        assert pilot.app.is_running
