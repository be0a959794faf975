"""Exit codes are told in one place, and the page and the module agree with it."""

import re
from pathlib import Path

from hanabi_tui import exit_codes
from hanabi_tui.exit_codes import ExitCode

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"


def test_the_page_and_the_module_tell_every_code_with_its_name() -> None:
    codes = {(str(code.value), code.name) for code in ExitCode}
    assert (
        set(re.findall(r"^\| (\d) \| ([A-Z_]+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)) == codes
    )
    assert set(re.findall(r"^    (\d) +([A-Z_]+) ", exit_codes.__doc__ or "", re.MULTILINE)) == codes
