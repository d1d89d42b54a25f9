"""What a device may do at the broker, shown by trying everything else: its own topics, its own site's, and no more."""

import ssl
import threading
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from deploy.broker.accounts import Account, Rights
from tests.integration.sync.broker import Broker

DESK, GATE, OTHER = "shop-desk-1", "terminal-gate-1", "shop-desk-10"
SITES = {DESK: "shop", GATE: "terminal", OTHER: "shop"}
ACCOUNTS = (
    Account("hub", "hub-secret", Rights.HUB),
    *(Account(device, f"{device}-secret", Rights.DEVICE, site) for device, site in SITES.items()),
)
LEAVES = ("up", "hello", "status", "req", "ack", "down")
STRANGE = (
    "cx/1/up",
    "cx/1//up",
    "cx/2/shop-desk-1/up",
    "cx/1/shop-desk-1",
    "cx/1/shop-desk-1/up/more",
    "other",
    "$SYS/x",
)
TOPICS = (
    *(f"cx/1/{owner}/{leaf}" for owner, leaf in product((*SITES, "hub", "site"), LEAVES)),
    *(f"cx/1/site/{site}/claims" for site in ("shop", "terminal", "nowhere")),
    *STRANGE,
)
"""Every topic there is, for every device, and some that there are not."""
_PATIENCE_S = 10


class Party:
    """One account's connection: what it could say, and what it heard."""

    def __init__(
        self, port: int, user: str, password: str = "", name: str = "try", tls: ssl.SSLContext | None = None
    ) -> None:
        self.heard: list[str] = []
        self._acked = threading.Condition()
        self._answers: dict[int, bool] = {}
        self._up, self._down = threading.Event(), threading.Event()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, f"{user}-{name}", protocol=mqtt.MQTTv5)
        if tls is None:
            self._client.username_pw_set(user, password or f"{user}-secret")
        else:
            self._client.tls_set_context(tls)
        self._client.on_connect = lambda *_: self._up.set()
        self._client.on_disconnect = self._disconnected
        self._client.on_publish = self._published
        self._client.on_subscribe = self._subscribed
        self._client.on_message = self._message
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert self._up.wait(_PATIENCE_S)
        if self._down.is_set():
            self._client.loop_stop()
            raise ConnectionError(user)

    def try_to_say(self, topics: tuple[str, ...]) -> set[str]:
        """Publish on each; those that the broker took."""
        sent: dict[int, str] = {}
        for topic in topics:
            with self._acked:
                number = self._client.publish(topic, b"x", qos=1).mid
                self._wait_for_answer(number)
                sent[number] = topic
        return {topic for number, topic in sent.items() if self._answers[number]}

    def say(self, topic: str, payload: bytes) -> None:
        """What others understand."""
        with self._acked:
            self._wait_for_answer(self._client.publish(topic, payload, qos=1).mid)

    def try_to_hear(self, *filters: str) -> None:
        for topic_filter in filters:
            number = self._client.subscribe(topic_filter, qos=1)[1]
            with self._acked:
                self._wait_for_answer(number)

    def wait_for(self, *topics: str) -> None:
        with self._acked:
            assert self._acked.wait_for(lambda: set(topics) <= set(self.heard), _PATIENCE_S), self.heard

    def close(self) -> None:
        self._client.disconnect()
        # Only then is the socket closed; the loop may else be stopped before it has come to that.
        assert self._down.wait(_PATIENCE_S)
        self._client.loop_stop()

    def _disconnected(self, *_: Any) -> None:
        # A broker that does not like a certificate says so by hanging up.
        self._down.set()
        self._up.set()

    def _wait_for_answer(self, number: int | None) -> None:
        assert self._acked.wait_for(lambda: number in self._answers, _PATIENCE_S)

    def _message(self, _client: Any, _data: Any, message: mqtt.MQTTMessage) -> None:
        with self._acked:
            self.heard.append(message.topic)
            self._acked.notify_all()

    def _published(self, _client: Any, _data: Any, mid: int, reason: ReasonCode, _: Properties) -> None:
        self._answer(mid, well=not reason.is_failure)

    def _subscribed(self, _client: Any, _data: Any, mid: int, _reasons: list[ReasonCode], _: Properties) -> None:
        self._answer(mid, well=True)

    def _answer(self, mid: int, *, well: bool) -> None:
        with self._acked:
            self._answers[mid] = well
            self._acked.notify_all()


@pytest.fixture
def parties(tmp_path: Path) -> Iterator[dict[str, Party]]:
    broker = Broker(tmp_path / "broker", ACCOUNTS)
    broker.start()
    made = {account.user: Party(broker.port, account.user) for account in ACCOUNTS}
    yield made
    for party in made.values():
        party.close()
    broker.end()


def own(device: str) -> set[str]:
    """What a device may say."""
    return {f"cx/1/{device}/{leaf}" for leaf in ("up", "hello", "status", "req")} | {
        f"cx/1/site/{SITES[device]}/claims"
    }


@pytest.mark.parametrize("device", SITES)
def test_a_device_can_say_what_is_its_own_and_nothing_else(parties: dict[str, Party], device: str) -> None:
    """Of all topics of all devices and sites; what is not its own is refused in words, not dropped in silence."""
    assert len(TOPICS) == len(set(TOPICS)) == 40
    assert parties[device].try_to_say(TOPICS) == own(device)


def test_the_hub_can_answer_and_nothing_else(parties: dict[str, Party]) -> None:
    """It can't speak as a device."""
    answers = {topic for topic in TOPICS if topic.endswith(("/ack", "/down"))}
    assert parties["hub"].try_to_say(TOPICS) == answers


def test_a_device_hears_what_is_meant_for_it_and_for_its_site(parties: dict[str, Party]) -> None:
    """Though it asked for everything, in every way, and everybody said everything they may."""
    for device in SITES:
        parties[device].try_to_hear("#", "cx/#", "+/+/+/+", "cx/1/+/ack", "$share/hub/cx/1/+/up", "$SYS/#", *TOPICS)
    for device in SITES:
        parties[device].try_to_say(tuple(own(device)))
    parties["hub"].try_to_say(tuple(f"cx/1/{device}/{leaf}" for device in SITES for leaf in ("down", "ack")))
    for device, site in SITES.items():
        # The hub's ack was sent last: whatever else there was has come before it.
        parties[device].wait_for(f"cx/1/{device}/ack")
        assert set(parties[device].heard) == {f"cx/1/{device}/{leaf}" for leaf in ("down", "ack")} | {
            f"cx/1/site/{site}/claims"
        }


def test_the_hub_hears_every_device(parties: dict[str, Party]) -> None:
    """And not what it says itself, nor what devices tell each other."""
    parties["hub"].try_to_hear("#")
    for device in SITES:
        parties[device].try_to_say(tuple(own(device)))
    parties["hub"].wait_for(*(topic for device in SITES for topic in own(device) if "/site/" not in topic))
    assert not any("/site/" in topic for topic in parties["hub"].heard)
