"""How a broker is reached."""

import ipaddress
from pathlib import Path

import msgspec

from sync.link.interface import Message

_REMOTE_RETRY_MAX_S = 30.0
_LOCAL_RETRY_MAX_S = 2.0


def on_this_machine(host: str) -> bool:
    """Whether this address or name, as a person would write it, is the loopback interface's."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class BrokerAddress(msgspec.Struct, frozen=True):
    """Where the broker is and who we are there. With `tls_ca` (a file of PEM certificates) the connection is TLS.

    `identity` is a PEM of our key and certificate, which is shown instead of user and password, and read anew at each
    connection. Without `check_time` the broker's certificate may be of any time (`sync.link.tls` says why).
    """

    host: str
    port: int
    user: str
    password: str
    tls_ca: Path | None = None
    identity: Path | None = None
    check_time: bool = True

    def __str__(self) -> str:
        """Host and port, for messages; never the password."""
        return f"{self.host}:{self.port}"

    @property
    def local(self) -> bool:
        """Whether the broker runs on this machine."""
        return on_this_machine(self.host)


class LinkSettings(msgspec.Struct, frozen=True):
    """How a link behaves.

    `client_id` is unique at the broker; a second client of that name throws the first one out. The broker publishes
    `will` when the link breaks. A broker on this machine is asked again after two seconds at most, since no fleet can
    stampede there.
    """

    broker: BrokerAddress
    client_id: str
    will: Message | None = None
    keepalive_s: int = 15
    connect_timeout_s: float = 5.0
    retry_first_s: float = 0.5
    retry_max_s: float | None = None

    @property
    def longest_retry_s(self) -> float:
        """The upper bound of the time between two tries, in seconds."""
        if self.retry_max_s is not None:
            return self.retry_max_s
        return _LOCAL_RETRY_MAX_S if self.broker.local else _REMOTE_RETRY_MAX_S
