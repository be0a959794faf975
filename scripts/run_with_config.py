"""Start either side from one settings file: run_with_config.py CONFIG --server | --gpu [flags].

--server: hanabi-tui --no-ui --config CONFIG. --gpu: hanabi-gpu, with gpu_port and auth_token of the file.
More flags are handed on. The file's keys are those of docs/configuration.md.
"""

import argparse
import os
import sys
import tomllib
from pathlib import Path

from doors import become


def main() -> None:
    """Read the file as far as needed, and go on as the command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("config", type=Path)
    side = parser.add_mutually_exclusive_group(required=True)
    side.add_argument("--server", action="store_true", help="the coordinator: games, replay, the run")
    side.add_argument("--gpu", action="store_true", help="lend this machine's GPU")
    chosen, more = parser.parse_known_args()
    if chosen.server:
        become("hanabi-tui", ["--no-ui", "--config", str(chosen.config), *more])
    try:
        network = tomllib.loads(chosen.config.read_text(encoding="utf-8-sig")).get("network", {})
        if not isinstance(network, dict):
            raise ValueError("network is no table")
        if not isinstance(network.get("auth_token", ""), str):
            raise ValueError('auth_token is no text: write it in quotes, as auth_token = "…"')
    except (OSError, ValueError) as error:
        print(f"run_with_config.py: {chosen.config}: {error}", file=sys.stderr)
        sys.exit(2)
    if token := network.get("auth_token"):
        os.environ.setdefault("HANABI_AUTH_TOKEN", token)  # not on a command line, which others can read
    become("hanabi-gpu", [*(["--port", str(network["gpu_port"])] if "gpu_port" in network else []), *more])


if __name__ == "__main__":
    main()
