"""What agent and hub need of a connection to a broker; fakes of it stand in for a broker in tests."""

from typing import Protocol

import msgspec

from kiosk.errors import LinkError


class Message(msgspec.Struct, frozen=True):
    """A payload on its way to a topic."""

    topic: str
    payload: bytes
    qos: int = 1


class Listener(Protocol):
    """Who is told of what comes. Called in the link's own thread: hand over and return, and never raise."""

    def on_connect(self) -> None:
        """The link is up and its subscriptions are asked for; what is published now finds its way."""

    def on_disconnect(self, reason: LinkError) -> None:
        """The link is down. Called once for each time it was up, and once when it can't come up at start."""

    def on_message(self, topic: str, payload: bytes) -> None:
        """A message came."""


class Link(Protocol):
    """A connection that comes back by itself. Nothing is queued while it is down: both ends know what to send again."""

    def subscribe(self, topic_filter: str, qos: int = 1) -> None:
        """Ask for messages, now and after each connect."""

    def publish(self, topic: str, payload: bytes, qos: int = 1) -> bool:
        """Send, from any thread; False when the link is down and nothing was sent. Delivery is not promised."""

    def start(self, listener: Listener) -> None:
        """Begin to connect, in the background, until `stop`."""

    def stop(self) -> None:
        """Disconnect in an orderly way and return when no thread of the link runs any more."""


class Renewable(Link, Protocol):
    """A link whose certificate may be renewed under it."""

    def come_anew(self) -> None:
        """Connect again with the certificate that is there now."""
