"""`hanabi-tui status` as somebody sees it who keeps looking."""

import json
import subprocess
from pathlib import Path

from small_run import COMMAND


def test_watch_tells_again_and_again_an_object_a_line(tmp_path: Path) -> None:
    looking = subprocess.Popen(
        [*COMMAND, "status", "--local", "--watch", "--json", "--checkpoint-dir", str(tmp_path / "run")],
        stdout=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    try:
        assert looking.stdout is not None
        seen = [json.loads(looking.stdout.readline()) for _ in range(2)]
        assert seen == [{"directory": str(tmp_path / "run")}] * 2
    finally:
        looking.kill()
        looking.communicate()
