"""Start either side from one settings file: run_with_config.py CONFIG --server | --gpu [flags].

--server: hanabi-tui --no-ui --config CONFIG. --gpu: hanabi-gpu, with gpu_port and auth_token of the file;
where its transport or gpu_socket want --host, --dial or --socket too, a line says so. More flags are handed
on. The file's keys are those of docs/configuration.md.
"""

import argparse
import contextlib
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from doors import become, go_inside


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
    go_inside("hanabi-gpu")
    settings = _settings_of(chosen.config)
    given = {word.partition("=")[0] for word in more}
    if missing := [flag for flag in _needed(settings) if flag not in given]:
        wanted = (
            f"by its transport and gpu_socket the server looks elsewhere: give {' and '.join(missing)} too"
        )
        print(f"run_with_config.py: {chosen.config}: {wanted}", file=sys.stderr)
    _hand_over(settings.get("auth_token", ""))
    become("hanabi-gpu", [*(["--port", str(settings["gpu_port"])] if "gpu_port" in settings else []), *more])


def _settings_of(file: Path) -> dict[str, Any]:
    """What a file sets; ends with 2 where it cannot be used, in the words of the server's side."""
    from engine.settings.config_file import read_toml
    from hanabi_tui.settings import PRESET

    try:
        settings, mistakes = read_toml(file.read_text(encoding="utf-8-sig"), str(file), top=(PRESET,))
    except (OSError, UnicodeDecodeError) as error:
        settings, mistakes = {}, [f"{file}: {error}"]
    for mistake in mistakes:
        print(f"run_with_config.py: {mistake}", file=sys.stderr)
    if mistakes:
        sys.exit(2)
    return settings


def _needed(settings: Mapping[str, Any]) -> Sequence[str]:
    """The flags without which hanabi-gpu would not be where the server looks for it."""
    transport, elsewhere = settings.get("transport", "ssh"), bool(settings.get("gpu_socket"))
    if transport == "direct":
        return ["--host"]
    if transport == "dialled":
        return ["--dial", "--dial-path"] if elsewhere else ["--dial"]
    return ["--socket"] if elsewhere else []


def _hand_over(token: str) -> None:
    """Give the token to the command, unless the environment has one, which comes first as on the server."""
    from engine.machine.credential import TOKEN, TokenSourceError, token_in_file

    with contextlib.suppress(TokenSourceError):  # the command says what is wrong
        if token and token_in_file(os.environ) is None:
            os.environ.setdefault(TOKEN, token)  # not on a command line, which others can read


if __name__ == "__main__":
    main()
