#!/usr/bin/env bash
# Set up the laptop (with a GPU): from a bare machine to a tested installation. Run it again at any time.
#   scripts/setup_laptop.sh [--install-system-packages] [--python python3.12]
# It needs no root; with --install-system-packages it asks sudo for what is missing.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
parse "$@"
system_packages "$(venv_package)" openssh-server
environment 'gpu,console'
say "The device:"
.venv/bin/python -c 'import torch
print("     torch", torch.__version__ + ",", torch.cuda.get_device_name() if torch.cuda.is_available() else
      "without CUDA: it computes on the CPU. Is the driver installed (nvidia-smi)?")'
check
cat <<'SAID'

Next: hanabi-gpu                                lend this GPU, to who comes in through this machine's sshd
      hanabi-tui systemd install --user --role gpu-server
(.venv/bin/hanabi-gpu, or first: source .venv/bin/activate)
This machine's addresses:
SAID
(ip -brief address show scope global 2>/dev/null || hostname -I) | sed 's/^/      /'
exit "$FAULTS"
