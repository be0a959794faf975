#!/usr/bin/env bash
# Train, on the server: hanabi-tui --no-ui, with its flags (--gpu-host, --auth-token, --use-wandb …).
here=$(dirname "${BASH_SOURCE[0]}")
program=$here/../.venv/bin/hanabi-tui
[ -x "$program" ] || program=$(command -v hanabi-tui) || {
  echo "hanabi-tui is not installed: $here/setup_server.sh" >&2
  exit 2
}
exec "$program" --no-ui "$@"
