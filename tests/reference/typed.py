"""The commands that a page shows, as somebody would type them."""

import re

PROGRAM = re.compile(
    r"(\.venv/bin/|\./)?(hanabi-tui|hanabi-gpu|python3?|pip|make|git|curl|echo|cp|ping|ssh|journalctl"
    r"|nvidia-smi|sqlite3|sha256sum|scripts/[\w.*]+|sudo|ufw|firewall-cmd|systemctl|systemd-\w+|export"
    r"|\(umask|cd|PIP_\w+=\S*)(?=\s|$)"
)
SHELL = re.compile(r"```(?:bash|sh|)\n(.*?)```", re.DOTALL)
FENCED = re.compile(r"```\w*\n.*?```", re.DOTALL)
CRON = re.compile(r"(?:@reboot|(?:[\d*]+ ){5}) *")
APART = re.compile(r"\s{3,}|;\s(?=hanabi-)|\s+# |\.{3}$")


def typed(text: str) -> list[str]:
    """All commands of a page: those of its blocks, then those between backticks; each once."""
    rest = FENCED.sub("", text)
    lines = [line for block in SHELL.findall(text) for line in block.splitlines()]
    lines += re.findall(r"^ {4,}(.*)$", rest, re.MULTILINE)
    lines += re.findall(r"`([^`\n]+)`", re.sub(r"^    .*$", "", rest, flags=re.MULTILINE))
    found = []
    for line in lines:
        line = CRON.sub("", re.sub(r"^(laptop|server)\$ ", "", line))
        found += [part.strip() for part in APART.split(line) if PROGRAM.match(part.strip())]
    return list(dict.fromkeys(found))
