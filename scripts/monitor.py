"""Watch a learner or a run: monitor.py --gpu-host HOST [--auth-token TOKEN] [--watch] | --local [--watch].

A thin door to `hanabi-tui status`; its other flags are handed on (--gpu-port, --transport, --json …).
"""

import sys

from doors import become

if __name__ == "__main__":
    if len(sys.argv) == 1 or {"-h", "--help"} & set(sys.argv[1:]):
        print(__doc__)
        sys.exit(0 if len(sys.argv) > 1 else 2)
    become("hanabi-tui", ["status", *sys.argv[1:]])
