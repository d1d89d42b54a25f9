"""Free ports on loopback, so that the demo never meets a broker or a server that runs already."""

import socket
from contextlib import ExitStack

LOOPBACK = "127.0.0.1"
_CONNECT_TIMEOUT_S = 0.5


def free_ports(count: int) -> tuple[int, ...]:
    """`count` different ports that nothing listens on now."""
    with ExitStack() as stack:
        # All are held at once, so that none is given twice.
        holders = [stack.enter_context(socket.socket()) for _ in range(count)]
        for holder in holders:
            holder.bind((LOOPBACK, 0))
        return tuple(int(holder.getsockname()[1]) for holder in holders)


def listens(port: int) -> bool:
    """Whether something accepts connections on this loopback port."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=_CONNECT_TIMEOUT_S):
            return True
    except OSError:
        return False
