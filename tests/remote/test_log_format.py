"""What `hanabi-gpu` logs of its peers harms no terminal."""

import logging

from remote.log_format import Plain


def test_what_a_peer_says_of_itself_is_made_safe() -> None:
    said = Plain("%(message)s").format(logging.makeLogRecord({"msg": "run %s", "args": ("\x1b[2Jone\ntwo",)}))
    assert said == "run ?[2Jone?two"
