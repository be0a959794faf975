"""Names of this machine itself."""

import ipaddress


def is_loopback(host: str) -> bool:
    """Whether a host or address is this machine, and nothing else can be meant: `localhost`, say."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
