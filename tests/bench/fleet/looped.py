"""The link of production in somebody else's loop: what its own thread does there is done here when the loop says so."""

import contextlib
import select
import time
from collections.abc import Callable

from paho.mqtt.client import Client

from kiosk.errors import LinkError
from sync.link import LinkSettings, MqttLink
from sync.link.interface import Listener

_CHECK_S = 5.0
"""How often the keepalive is looked after."""


class LoopedLink(MqttLink):
    """Connects, reads and waits without a thread. `dialled` and `heard` are told of each try and of each message."""

    def __init__(
        self, settings: LinkSettings, poll: select.epoll, told: Callable[["LoopedLink", str, bytes], None]
    ) -> None:
        super().__init__(settings)
        self._poll = poll
        self._told = told
        self._client: Client | None = None
        self.handle = -1
        self.due = 0.0
        self.up = False
        self.dials: list[float] = []

    def start(self, listener: Listener) -> None:
        """From the next `tick` on."""
        self._listener = _Ear(self, listener, self._told)
        self.due = time.monotonic()

    def stop(self) -> None:
        """At once."""
        self._stopping.set()
        if self._client is not None:
            self._close()
        self.due = float("inf")

    def tick(self) -> None:
        """What is due by the clock: dial, or look after the connection."""
        if self._client is None:
            self._open()
            return
        self._client.loop_misc()
        self.due = time.monotonic() + _CHECK_S
        self.settle()

    def read(self) -> None:
        """The socket has something."""
        if self._client is not None:
            self._client.loop_read()
            self.settle()

    def settle(self) -> None:
        """Write what waits, and let go of a connection that is over."""
        if self._client is None:
            return
        if self._connection_over.is_set():
            self._close()
            self.due = time.monotonic() + self._pause_s()
        elif self._client.want_write():
            self._client.loop_write()

    def _open(self) -> None:
        self.dials.append(time.monotonic())
        client = self._dial()
        if client is None:
            self.due = time.monotonic() + self._pause_s()
            return
        self._client = client
        plug = client.socket()
        if plug is None:
            self._connection_over.set()
        else:
            self.handle = plug.fileno()
            self._poll.register(self.handle, select.EPOLLIN)
        self.due = time.monotonic() + _CHECK_S

    def _close(self) -> None:
        client, self._client = self._client, None
        with contextlib.suppress(OSError, ValueError):
            self._poll.unregister(self.handle)
        self.handle = -1
        self.up = False
        if client is not None:
            self._hang_up(client)


class _Ear:
    """Stands between link and agent, to know what came and when."""

    def __init__(self, link: LoopedLink, listener: Listener, told: Callable[[LoopedLink, str, bytes], None]) -> None:
        self._link = link
        self._listener = listener
        self._told = told

    def on_connect(self) -> None:
        self._link.up = True
        self._told(self._link, "", b"")
        self._listener.on_connect()

    def on_disconnect(self, reason: LinkError) -> None:
        self._listener.on_disconnect(reason)

    def on_message(self, topic: str, payload: bytes) -> None:
        self._listener.on_message(topic, payload)
        self._told(self._link, topic, payload)
