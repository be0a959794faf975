"""`python -m hanabi_tui.table`: a table for a console; see hanabi_tui.table.messages."""

import os

from hanabi_tui.table.host import main

if __name__ == "__main__":
    os.nice(5)  # whoever looks at a game must not slow a run
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # and one thread is enough for one game
    main()
