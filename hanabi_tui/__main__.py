"""`python -m hanabi_tui`."""

from hanabi_tui.cli import main

if __name__ == "__main__":
    main()
