"""JSON that commands print."""

import json
import math

from engine.contracts.events import Notice
from hanabi_tui.commands.json_text import json_text


def test_it_is_ascii_and_what_is_no_number_is_null() -> None:
    said = {"directory": "/srv/größe", "loss": math.nan, "rates": [math.inf, 1.5], "step": 3}
    text = json_text(said)
    assert text.isascii()
    assert json.loads(text) == {"directory": "/srv/größe", "loss": None, "rates": [None, 1.5], "step": 3}


def test_messages_keep_their_type() -> None:
    found = json.loads(json_text(Notice(time=1.0, step=2, text="ok")))
    assert (found["type"], found["text"]) == ("Notice", "ok")
