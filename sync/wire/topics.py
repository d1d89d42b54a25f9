"""MQTT topics. A device's topics carry its id, which equals its user name at the broker."""

import re

from kiosk.model.ids import DeviceId, SiteId

ROOT = "cx/1"
_DEVICE_TOPIC = re.compile(r"cx/1/([a-z0-9][a-z0-9-]{0,62})/(up|hello|status|req)")

INGEST_FILTER = f"{ROOT}/+/up"
HELLO_FILTER = f"{ROOT}/+/hello"
STATUS_FILTER = f"{ROOT}/+/status"
"""Subscriptions of the hub; several hubs share the first with `shared`."""


def shared(group: str, topic_filter: str) -> str:
    """A shared subscription: each message reaches one member of the group."""
    return f"$share/{group}/{topic_filter}"


def up(device: DeviceId) -> str:
    """Events, device to hub: a compressed `Envelope`."""
    return f"{ROOT}/{device}/up"


def hello(device: DeviceId) -> str:
    """Sent after each connect, device to hub: `Hello`."""
    return f"{ROOT}/{device}/hello"


def ack(device: DeviceId) -> str:
    """What the hub has committed, hub to device: `Ack`."""
    return f"{ROOT}/{device}/ack"


def down(device: DeviceId) -> str:
    """There is something new to fetch, hub to device: `Notice`."""
    return f"{ROOT}/{device}/down"


def status(device: DeviceId) -> str:
    """Health, device to hub, and the last will: `Status`."""
    return f"{ROOT}/{device}/status"


def claims(site: SiteId) -> str:
    """Claims shared by the devices of one site."""
    return f"{ROOT}/site/{site}/claims"


def device_of(topic: str) -> DeviceId | None:
    """Whose topic it is, None for any that a device may not publish on."""
    match = _DEVICE_TOPIC.fullmatch(topic)
    return DeviceId(match[1]) if match else None
