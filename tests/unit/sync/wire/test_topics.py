"""Topics."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.model.ids import DeviceId, SiteId
from sync.wire import topics

DEVICE = DeviceId("desk-1")


def test_every_topic_carries_the_devices_id() -> None:
    """As the broker's access list expects."""
    made = [make(DEVICE) for make in (topics.up, topics.hello, topics.ack, topics.down, topics.status)]
    assert made == [f"cx/1/desk-1/{leaf}" for leaf in ("up", "hello", "ack", "down", "status")]
    assert topics.claims(SiteId("harbour")) == "cx/1/site/harbour/claims"
    assert topics.shared("ingest", topics.INGEST_FILTER) == "$share/ingest/cx/1/+/up"


@pytest.mark.parametrize("leaf", ["up", "hello", "status", "req"])
def test_the_sender_of_a_topic(leaf: str) -> None:
    """Only of those that a device may publish on."""
    assert topics.device_of(f"cx/1/desk-1/{leaf}") == "desk-1"


@pytest.mark.parametrize(
    "topic",
    [
        *("cx/1/desk-1/ack", "cx/1/desk-1/down", "cx/1/site/harbour/claims"),
        *("", "cx/1//up", "cx/1/Desk/up", "cx/1/-x/up", f"cx/1/{'x' * 64}/up"),
        *("cx/2/desk-1/up", "cx/1/desk-1/up/x", "x/cx/1/desk-1/up", "cx/1/desk-1/up\n"),
    ],
)
def test_no_sender(topic: str) -> None:
    """Nobody's, or not a device's to publish on."""
    assert topics.device_of(topic) is None


@given(st.from_regex(r"[a-z0-9][a-z0-9-]{0,62}", fullmatch=True).map(DeviceId))
def test_there_and_back(device: DeviceId) -> None:
    """Every valid id is found again in its topic."""
    assert topics.device_of(topics.up(device)) == device
