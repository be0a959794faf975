"""Lines between a console and a table."""

import subprocess
import sys

import pytest

from hanabi_tui.table import messages as m


def test_requests_and_replies_come_out_as_they_went_in() -> None:
    for request in (
        m.Open(number=1, source="a.json"),
        m.Deal(number=2, seats=("you", "hat"), seed="7"),
        m.Make(number=3, deed="colour", target=1, value="R"),
        m.TakeBack(number=4),
        m.Judge(number=5, agent="", since=3),
        m.Save(number=6, path="b.json"),
    ):
        assert m.request_of(m.encode(request)) == request
    reply = m.Judged(
        number=1,
        agent="x",
        source="y",
        since=0,
        appraisals=(m.Appraisal(values={3: 1.5}, beliefs=((0.5, 0.5),)),),
    )
    assert m.reply_of(m.encode(reply)) == reply


@pytest.mark.parametrize(
    "line",
    [b"", b"nonsense\n", b'{"type":"Open"}\n', b'{"type":"Burn","number":1}\n', b"\xff\xfe\n", b"[" * 5000],
)
def test_what_is_no_request_is_refused_in_words(line: bytes) -> None:
    with pytest.raises(m.TableError, match="not understood"):
        m.request_of(line)


def test_the_console_and_its_messages_load_neither_kernels_nor_torch_nor_numpy() -> None:
    code = (
        "import sys, hanabi_tui.console.views.games, hanabi_tui.console.views.play;"
        "print([name for name in ('torch', 'numba', 'numpy') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
