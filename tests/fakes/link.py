"""A broker link without a broker: the test plays the other end."""

import threading

from kiosk.errors import LinkError
from sync.link import Listener, Message

AWAY = LinkError("Broker 127.0.0.1:1: nothing listens there.", "Start the broker.")


class FakeLink:
    """Implements `sync.link.Link`. `sent` holds what was published; the test calls `up`, `down` and `deliver`."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.filters: list[str] = []
        self.connected = False
        self.started = False
        self._listener: Listener | None = None
        self._published = threading.Condition()

    def subscribe(self, topic_filter: str, qos: int = 1) -> None:
        self.filters.append(topic_filter)

    def publish(self, topic: str, payload: bytes, qos: int = 1) -> bool:
        if not self.connected:
            return False
        with self._published:
            self.sent.append(Message(topic, payload, qos))
            self._published.notify_all()
        return True

    def start(self, listener: Listener) -> None:
        self.started = True
        self._listener = listener

    def stop(self) -> None:
        self.started = False
        self.connected = False

    def up(self) -> None:
        self.connected = True
        self._hearer().on_connect()

    def down(self, reason: LinkError = AWAY) -> None:
        self.connected = False
        self._hearer().on_disconnect(reason)

    def deliver(self, topic: str, payload: bytes) -> None:
        self._hearer().on_message(topic, payload)

    def take(self, topic: str) -> list[bytes]:
        """What was published on `topic` since the last call; it is forgotten then."""
        taken = [message.payload for message in self.sent if message.topic == topic]
        self.sent = [message for message in self.sent if message.topic != topic]
        return taken

    def wait_for(self, topic: str, timeout_s: float = 5.0) -> bytes:
        """The first message published on `topic`, now or within `timeout_s`; it is forgotten then."""
        with self._published:
            assert self._published.wait_for(lambda: any(m.topic == topic for m in self.sent), timeout_s), topic
            first = next(message for message in self.sent if message.topic == topic)
            self.sent.remove(first)
        return first.payload

    def _hearer(self) -> Listener:
        assert self._listener is not None, "the link was not started"
        return self._listener
