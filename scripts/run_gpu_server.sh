#!/usr/bin/env bash
# Lend this machine's GPU: hanabi-gpu, with its flags (--host, --port, --auth-token, --device …).
here=$(dirname "${BASH_SOURCE[0]}")
program=$here/../.venv/bin/hanabi-gpu
[ -x "$program" ] || program=$(command -v hanabi-gpu) || {
  echo "hanabi-gpu is not installed: $here/setup_laptop.sh" >&2
  exit 2
}
exec "$program" "$@"
