"""Ports for servers that are killed and come back."""

import random
import socket
from pathlib import Path

from deploy.demo.ports import LOOPBACK

_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_LOWEST = 10_000


def steady_ports(count: int) -> tuple[int, ...]:
    """Free ports below those that outgoing connections get: one of these would take a port while its server is down."""
    drawn = random.SystemRandom()
    below = int(_RANGE.read_text().split()[0])
    found: list[int] = []
    while len(found) < count:
        port = drawn.randrange(_LOWEST, below)
        if port not in found and _is_free(port):
            found.append(port)
    return tuple(found)


def _is_free(port: int) -> bool:
    with socket.socket() as holder:
        try:
            holder.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
