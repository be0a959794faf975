#!/usr/bin/env bash
# Set up the server (no GPU): from a bare machine to a tested installation. Run it again at any time.
#   scripts/setup_server.sh [--install-system-packages] [--python python3.12] [--torch-index ADDRESS]
# It needs no root; with --install-system-packages it asks sudo for what is missing. --torch-index (or TORCH_INDEX) is
# where torch's builds for CPUs are, a tenth of the size of those with CUDA; left out: where PyTorch itself keeps them.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
parse "$@"
system_packages "$(venv_package)" openssh-client
# pip takes the higher version of two, and 2.0.0+cpu is higher than 2.0.0
environment 'console,metrics,wandb' --extra-index-url "${TORCH_INDEX:-https://download.pytorch.org/whl/cpu}"
say "$(.venv/bin/python -c 'import torch
print(f"torch {torch.__version__}", "with CUDA: it works, and takes some GB that a server does not need; see --torch-index"
      if torch.version.cuda else "for the CPU")')"
settings_file
check
cat <<'SAID'

Next: hanabi-tui --no-ui                        train here
      hanabi-tui trust LAPTOP                   accept the laptop's host key, then set gpu_host
      hanabi-tui systemd install --user         as a service, for as long as HANABI_MINUTES says
(.venv/bin/hanabi-tui, or first: source .venv/bin/activate)
SAID
exit "$FAULTS"
