"""Commands are answered when what they did was told."""

import pytest

from engine.contracts.commands import Checkpoint, Done, Pause, Refused
from engine.run.inbox import Inbox


def test_an_answer_waits_until_what_the_command_did_was_told() -> None:
    inbox = Inbox()
    replies = [inbox.put(Pause(reason="lunch")), inbox.put(Checkpoint())]
    inbox.hear(lambda command: Done(text=type(command).__name__))
    assert not any(reply.done() for reply in replies)
    inbox.reply()
    assert [reply.result() for reply in replies] == [Done(text="Pause"), Done(text="Checkpoint")]
    inbox.hear(lambda command: Refused(why="there is none"))
    inbox.reply()  # once more is nothing


def test_what_an_answer_raises_is_refused_at_once_and_raised() -> None:
    inbox = Inbox()
    reply = inbox.put(Checkpoint())
    with pytest.raises(OSError, match="no room"):
        inbox.hear(lambda _: (_ for _ in ()).throw(OSError("no room")))
    assert reply.result() == Refused(why="no room")
