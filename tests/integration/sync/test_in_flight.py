"""Many messages at once over a real broker: none is lost for being one too many under way."""

import threading
from pathlib import Path

from kiosk.errors import LinkError
from sync.link import LinkSettings, MqttLink
from sync.wire import topics
from tests.integration.sync.broker import DEVICE_ID, SITE_ID, Broker

_MANY = 1_500
_TOPIC = topics.claims(SITE_ID)  # type: ignore[arg-type] # the tests' site is a plain text


class _Ear:
    def __init__(self) -> None:
        self.up = threading.Event()
        self.heard: list[int] = []
        self.all = threading.Event()
        self.fell = False

    def on_connect(self) -> None:
        self.up.set()

    def on_disconnect(self, reason: LinkError) -> None:
        self.fell = True

    def on_message(self, topic: str, payload: bytes) -> None:
        self.heard.append(int(payload))
        if len(self.heard) == _MANY:
            self.all.set()


def test_more_messages_than_the_broker_lets_be_under_way_arrive_in_order(tmp_path: Path) -> None:
    """The broker says with the connection how many it takes; more would end it (MQTT 5, 3.3.4)."""
    broker, ear = Broker(tmp_path / "broker"), _Ear()
    broker.start()
    link = MqttLink(LinkSettings(broker.address(DEVICE_ID), DEVICE_ID))
    try:
        link.subscribe(_TOPIC)
        link.start(ear)
        assert ear.up.wait(10)
        for number in range(_MANY):
            assert link.publish(_TOPIC, str(number).encode())
        assert ear.all.wait(30)
        assert ear.heard == list(range(_MANY))
        assert not ear.fell
    finally:
        link.stop()
        broker.end()
