"""Refuses every connection that would leave this machine, in the tests and in every Python process they start.

Python imports a module of this name by itself at start when its folder is on PYTHONPATH; `tests/conftest.py` puts it there.
"""

import ipaddress
import sys

_INTERNET_FAMILIES = {2, 10}  # AF_INET and AF_INET6; importing socket here would slow every start
_LOCAL_NAMES = {"localhost", "", None}
_WATCHED = {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo"}


class LeftTheMachine(RuntimeError):
    """A test, or a process that it started, reached for another machine."""


def is_local(host: object) -> bool:
    """Whether `host` (a name, an address as text or bytes, or None) is this machine."""
    name = host.decode(errors="replace") if isinstance(host, bytes) else host
    if name in _LOCAL_NAMES:
        return True
    try:
        address = ipaddress.ip_address(str(name).partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def refuse_other_machines(event: str, args: tuple[object, ...]) -> None:
    """An audit hook: lets other kinds of socket and loopback pass, raises `LeftTheMachine` for the rest."""
    if event not in _WATCHED:
        return
    host = args[0]
    if event != "socket.getaddrinfo":
        address = args[1]
        if getattr(host, "family", None) not in _INTERNET_FAMILIES or not isinstance(address, tuple):
            return
        host = address[0]
    if not is_local(host):
        message = f"tests stay on loopback, but something asked for {host!r} ({event})"
        raise LeftTheMachine(message)


sys.addaudithook(refuse_other_machines)
