"""The link against a real mosquitto."""

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.errors import ConfigurationError, LinkError
from sync.link import Backoff, BrokerAddress, LinkSettings, Message, MqttLink
from tests.integration.sync.broker import DEVICE_ID, Broker

UP = f"cx/1/{DEVICE_ID}/up"
ACK = f"cx/1/{DEVICE_ID}/ack"
STATUS = f"cx/1/{DEVICE_ID}/status"


class Ear:
    """Notes what the link says."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.reasons: list[LinkError] = []
        self._changed = threading.Condition()

    def on_connect(self) -> None:
        self._note("up")

    def on_disconnect(self, reason: LinkError) -> None:
        self.reasons.append(reason)
        self._note("down")

    def on_message(self, topic: str, payload: bytes) -> None:
        self._note(f"{topic} {payload.decode()}")

    def wait_for(self, words: str, times: int = 1) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.said.count(words) >= times, 15), (words, self.said)

    def hears(self, words: str) -> bool:
        """Whether it is said now or within a moment."""
        with self._changed:
            return self._changed.wait_for(lambda: words in self.said, 0.2)

    def _note(self, words: str) -> None:
        with self._changed:
            self.said.append(words)
            self._changed.notify_all()


Connect = Callable[..., tuple[MqttLink, Ear]]


@pytest.fixture
def connect(broker: Broker) -> Iterator[Connect]:
    """Make and start links that try again at once; all are stopped at the end."""
    links: list[MqttLink] = []

    def make(
        user: str, password: str | None = None, will: Message | None = None, hears: str = ""
    ) -> tuple[MqttLink, Ear]:
        link = MqttLink(LinkSettings(broker.address(user, password), user, will), Backoff(0.05, 0.2))
        if hears:
            link.subscribe(hears)
        ear = Ear()
        link.start(ear)
        links.append(link)
        return link, ear

    yield make
    for link in links:
        link.stop()


def arrives(device: MqttLink, hub_ear: Ear) -> bool:
    """Up means that the subscription is asked for; on a busy machine the broker may hear the message before it."""
    return any(device.publish(UP, b"1", 1) and hub_ear.hears(f"{UP} 1") for _ in range(75))


def test_messages_go_both_ways(connect: Connect) -> None:
    """Bytes arrive as they were sent, at those who subscribed before or after the connect."""
    hub, hub_ear = connect("hub", hears="cx/1/+/up")
    device, device_ear = connect(DEVICE_ID)
    hub_ear.wait_for("up")
    device_ear.wait_for("up")
    device.subscribe(ACK)
    assert arrives(device, hub_ear)
    hub.publish(ACK, b"2", 1)
    device_ear.wait_for(f"{ACK} 2")


def test_a_broker_that_returns_is_found_and_subscribed_again(
    connect: Connect, broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    """Away is logged once, back once; what is published meanwhile is refused, not kept."""
    with caplog.at_level(logging.INFO):
        _, hub_ear = connect("hub", hears="cx/1/+/up")
        device, device_ear = connect(DEVICE_ID)
        device_ear.wait_for("up")
        broker.end()
        device_ear.wait_for("down")
        hub_ear.wait_for("down")
        assert device.publish(UP, b"lost") is False
        broker.start()
        device_ear.wait_for("up", 2)
        hub_ear.wait_for("up", 2)
    assert arrives(device, hub_ear)
    assert f"{UP} lost" not in hub_ear.said
    assert device_ear.said.count("down") == 1
    assert caplog.text.count("connected again") == 2


def test_a_wrong_password_is_told_as_such(connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    """Once, with what to do, although the link goes on trying."""
    _, ear = connect(DEVICE_ID, password="wrong")
    ear.wait_for("down")
    assert f'refuses user "{DEVICE_ID}"' in ear.reasons[0].what
    assert "[broker] password" in ear.reasons[0].todo
    threading.Event().wait(0.5)
    assert ear.said == ["down"]
    assert caplog.text.count("refuses user") == 1


def test_nobody_there_is_told_and_found_later(connect: Connect, broker: Broker) -> None:
    """The agent may start before the broker."""
    broker.end()
    _, ear = connect(DEVICE_ID)
    ear.wait_for("down")
    assert "nothing listens there" in ear.reasons[0].what
    broker.start()
    ear.wait_for("up")


def test_the_will_speaks_after_a_break_only(connect: Connect) -> None:
    """A second client of the same name throws the first out: the will is published, and the reason is told."""
    _, hub_ear = connect("hub", hears="cx/1/+/status")
    hub_ear.wait_for("up")
    first, ear = connect(DEVICE_ID, will=Message(STATUS, b"gone"))
    ear.wait_for("up")
    first.stop()
    second, second_ear = connect(DEVICE_ID, will=Message(STATUS, b"thrown out"))
    second_ear.wait_for("up")
    third, third_ear = connect(DEVICE_ID)
    third_ear.wait_for("up")
    second_ear.wait_for("down")
    hub_ear.wait_for(f"{STATUS} thrown out")
    # Mosquitto 2.0.11 only ends the connection, a later one says why: both times the name is what to look for.
    assert f'client of the name "{DEVICE_ID}"' in str(second_ear.reasons[0])
    assert f"{STATUS} gone" not in hub_ear.said
    third.stop()
    second.stop()


def test_a_forbidden_topic_is_logged_once(connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    """The broker takes nothing for another device, and MQTT 5 says so."""
    device, ear = connect(DEVICE_ID)
    ear.wait_for("up")
    for _ in range(3):
        device.publish("cx/1/other/up", b"x", 1)
    deadline = threading.Event()
    for _ in range(100):
        if "refuses what user" in caplog.text:
            break
        deadline.wait(0.05)
    assert caplog.text.count("refuses what user") == 1


def test_stopping_while_the_broker_is_mute(tmp_path: Path) -> None:
    """A server that takes the connection and never answers does not hold the end up."""
    with closing(socket.create_server(("127.0.0.1", 0))) as mute:
        link = MqttLink(LinkSettings(BrokerAddress("127.0.0.1", mute.getsockname()[1], "u", "p"), "u"))
        link.start(Ear())
        taken, _ = mute.accept()
        link.stop()
        link.stop()
        taken.close()
    assert link.publish("t", b"x") is False


def test_certificates_that_cannot_be_read(tmp_path: Path) -> None:
    """A configuration error with the file's name, before anything starts."""
    (tmp_path / "ca.pem").write_text("no certificate")
    for name in ("ca.pem", "missing.pem"):
        address = BrokerAddress("127.0.0.1", 1, "u", "p", tmp_path / name)
        with pytest.raises(ConfigurationError, match=name) as wrong:
            MqttLink(LinkSettings(address, "u"))
        assert "tls_ca" in wrong.value.todo
