"""The systemd units, as they are shipped; `hanabi_tui.systemd` fits and installs them."""
