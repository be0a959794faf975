"""`hanabi-gpu`, also `python -m remote`: lend this machine's GPU to a run on another one.

This process listens, and keeps a learner alive behind the socket: when one dies, because a suspend took its
device away or its memory ran out, the next takes its place, and connections wait meanwhile. So this process
itself loads nothing that could fail.
"""

import argparse
import errno
import logging
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from engine.machine.credential import TokenSourceError
from engine.machine.loopback import is_loopback
from engine.machine.memory import keeping_memory
from engine.machine.socket_path import LONGEST
from remote import unix
from remote.dialling import Dialling
from remote.errors import AddressError, LinkError, UnavailableError
from remote.log_format import log_plainly
from remote.machine import Machine
from remote.notify import Notifier
from remote.reviving import Reviver
from remote.serving import add_learner_flags
from remote.supervised import Supervised
from remote.target import split_target
from remote.token import token_from
from remote.versions import versions

log = logging.getLogger("hanabi-gpu")

BAD_INPUT = 2
"""Exit code for what cannot be done as asked, as argparse has it."""

FAILED = 1
"""Exit code for what may well succeed later, just as it was asked: a service manager tries again."""

PASSING = (
    *(errno.EADDRINUSE, errno.EADDRNOTAVAIL),
    *(socket.EAI_AGAIN, socket.EAI_NONAME),  # a name; create_server passes on the number
)
"""What is wrong with an address that may be well later: at boot, a service may come before the network."""


def parser() -> argparse.ArgumentParser:
    """What the command takes."""
    made = argparse.ArgumentParser(
        prog="hanabi-gpu",
        description="Lend this machine's GPU to a run on another one. It holds model, optimizer and samples "
        "while the run trains on them; the run keeps everything that counts.",
        epilog="The usual way: leave --host as it is, and let the server come in by this machine's sshd.",
    )
    made.add_argument("--version", action="version", version=versions("hanabi-gpu"))
    where = made.add_argument_group("where it listens")
    where.add_argument("--host", default="127.0.0.1", help="address; %(default)s: only this machine")
    where.add_argument("--port", type=_port, default=5555, help="port; 0: any that is free (%(default)s)")
    where.add_argument("--socket", type=Path, help="a Unix socket instead; its folder must be yours alone")
    where.add_argument(
        "--dial", metavar="USER@SERVER", help="go out to the server's sshd, and be reached through it"
    )
    where.add_argument(
        "--dial-path", metavar="PATH", default="", help="the socket there; default: as the run looks"
    )
    where.add_argument("--dial-key", metavar="FILE", default="", help="private key for the server")
    where.add_argument(
        "--known-hosts", metavar="FILE", default="", help="accepted host keys; default: as ssh"
    )
    add_learner_flags(made.add_argument_group("what it computes on"))
    token = made.add_argument_group("who may use it")
    token.add_argument("--auth-token-file", type=Path, help="file whose first line is the shared token")
    token.add_argument("--auth-token", help="the token itself; every user of this machine can read it there")
    made.add_argument(
        "--keep", type=Path, default=_state_folder(), help="folder for copies of its own (%(default)s)"
    )
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until told to end; the exit code."""
    chosen = parser().parse_args(arguments)
    notifier = Notifier(os.environ)
    log_plainly()
    try:
        token = token_from(os.environ, chosen.auth_token, chosen.auth_token_file)
        server = _server(chosen) if chosen.dial else None
        listener = _listen(chosen, token)
    except (LinkError, TokenSourceError, AddressError, OSError) as error:
        print(f"hanabi-gpu: {error}", file=sys.stderr)
        return FAILED if isinstance(error, UnavailableError) else BAD_INPUT
    where = chosen.socket or "{}:{}".format(*listener.getsockname()[:2])
    log.info("listening on %s; Ctrl-C ends", where)
    manner = ["--precision", chosen.precision, *(["--compile"] if chosen.compile else [])]
    reviver = Reviver(listener, chosen.device, chosen.threads, chosen.keep, _environment(token), manner)
    dialling = None
    if server:
        dialling = Dialling(server, chosen.dial_path, listener)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup means it
            signal.signal(number, lambda *_: reviver.stop())
    supervised = Supervised(notifier, listener, token, lambda: reviver.on_its_way)
    try:
        return reviver.keep_alive()
    finally:
        supervised.close()
        if dialling is not None:
            dialling.close()
        if chosen.socket:
            listener.close()  # else it seems to be in use
            unix.remove(chosen.socket)


def _server(chosen: argparse.Namespace) -> Machine:
    user, host, port = split_target(chosen.dial)
    return Machine(
        host=host, port=port, user=user, key=chosen.dial_key, known_hosts=chosen.known_hosts, dialled=True
    )


def _listen(chosen: argparse.Namespace, token: str) -> socket.socket:
    if chosen.socket:
        if (length := len(os.fsencode(chosen.socket.absolute()))) > LONGEST:
            raise AddressError(
                f"--socket {chosen.socket.absolute()}: {length} bytes; at most {LONGEST} are allowed, "
                "for sshd leads to no longer one"
            )
        return unix.listen(chosen.socket)
    if not is_loopback(chosen.host):
        if not token:
            raise AddressError(
                f"--host {chosen.host} would let everybody use this machine who can reach it: set a token "
                "(--auth-token-file FILE, the same on the server), or leave --host out and come in "
                "through SSH"
            )
        log.warning(
            "listening beyond this machine: the token keeps strangers out, but nothing is "
            "encrypted, and whoever "
            "can change what goes by can take the connection over. On a network that is not yours "
            "alone, use SSH."
        )
    family = socket.AF_INET6 if ":" in chosen.host else socket.AF_INET
    try:
        return socket.create_server((chosen.host, chosen.port), family=family, backlog=16)
    except (OSError, TypeError) as error:  # TypeError: what cannot be the name of a host
        why = getattr(error, "strerror", None) or error
        kind = UnavailableError if getattr(error, "errno", None) in PASSING else AddressError
        raise kind(f"{chosen.host}:{chosen.port} cannot be served on: {why}") from None


def _environment(token: str) -> Mapping[str, str]:
    """For the learner; the token goes this way, for a command line can be read by everybody."""
    return {**keeping_memory(), "HANABI_AUTH_TOKEN": token}


def _state_folder() -> Path:
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "hanabi-gpu"


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{port} is no port; allowed: 0 to 65535")
    return port


if __name__ == "__main__":
    sys.exit(main())
