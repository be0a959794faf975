"""What a service manager is told, by the protocol of sd_notify(3): a datagram of NAME=value lines.

systemd names its socket in NOTIFY_SOCKET; where there is none, nobody is told anything. WATCHDOG_USEC says
how long it waits for a sign of life until it kills and restarts the service, so whoever sends one has to be
sure that work goes on.
"""

import contextlib
import os
import socket
import time
from collections.abc import MutableMapping

LONGEST = 200
"""Characters of a status line."""


class Notifier:
    """The way to the service manager that an environment names.

    The names are taken out of the environment: children have nothing to say to it.

    Attributes:
      watched: seconds that it waits for a sign of life; None: it does not wait for one.
    """

    def __init__(self, environment: MutableMapping[str, str]) -> None:
        address = environment.pop("NOTIFY_SOCKET", "")
        # @ stands for the zero byte of a socket without a file
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self._ready, self._status = False, ""
        usec, process = environment.pop("WATCHDOG_USEC", ""), environment.pop("WATCHDOG_PID", "")
        ours = self._address and process in ("", str(os.getpid()))
        self.watched = int(usec) / 1e6 if ours and usec.isdecimal() and int(usec) else None

    def __bool__(self) -> bool:
        """Whether anybody listens."""
        return bool(self._address)

    def ready(self) -> None:
        """The service does its work; said once."""
        if not self._ready:
            self._ready = True
            self._tell("READY=1")

    def status(self, text: str) -> None:
        """A line for `systemctl status`; said when it is another one."""
        line = " ".join(text.split())[:LONGEST]
        if line != self._status:
            self._status = line
            self._tell(f"STATUS={line}")

    def alive(self) -> None:
        """Work goes on."""
        self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        """The service is about to end."""
        self._tell("STOPPING=1")

    def reloading(self) -> None:
        """Settings are read again; `reloaded` must follow."""
        self._tell(f"RELOADING=1\nMONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")

    def reloaded(self) -> None:
        """They are read."""
        self._tell("READY=1")

    def _tell(self, state: str) -> None:
        if not self._address:
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as way:
            way.settimeout(1.0)
            with contextlib.suppress(OSError):  # a manager that is gone or slow must not hold up the work
                way.sendto(state.encode(), self._address)
