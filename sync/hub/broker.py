"""The hub's end of the broker: what it subscribes to, and whether the broker is heard."""

import secrets
from collections.abc import Callable
from pathlib import Path

import msgspec

from kiosk.errors import LinkError, OpasError
from kiosk.model.clock import Clock
from kiosk.model.ids import EpochMs
from sync.hub.errors import SettingsError
from sync.hub.identity.own import client_file, root_file
from sync.hub.ingest import FILTERS, Ingest
from sync.hub.pulse import Pulse
from sync.hub.settings import Settings
from sync.link import BrokerAddress, Link, LinkSettings, MqttLink


class BrokerState(msgspec.Struct, frozen=True):
    """Whether the broker is connected, since when, and why not."""

    connected: bool
    since: EpochMs
    problem: str = ""
    todo: str = ""


def make_link(settings: Settings) -> MqttLink:
    """The link to the configured broker. Raises `SettingsError` for certificates that can't be read."""
    broker = settings.broker
    tls_ca, identity = Path(broker.tls_ca) if broker.tls_ca else None, None
    if broker.certificate:
        tls_ca, identity = tls_ca or root_file(settings), client_file(settings)
    address = BrokerAddress(broker.host, broker.port, broker.user, broker.password, tls_ca, identity)
    # Hubs that share the work log in as one user, but each needs a name of its own.
    client_id = f"{broker.user}-{secrets.token_hex(4)}"
    try:
        return MqttLink(LinkSettings(address, client_id))
    except OpasError as error:
        raise SettingsError(error.what, error.todo) from error


class BrokerEnd:
    """Listens to the link for the ingest; the link itself says once in the log when it is away and when it is back."""

    def __init__(self, ingest: Ingest, clock: Clock, pulse: Pulse, on_back: Callable[[], None]) -> None:
        """`on_back` is called, on the link's thread, each time the broker is there again."""
        self._on_back = on_back
        self._ingest = ingest
        self._clock = clock
        self._pulse = pulse
        self.state = BrokerState(connected=False, since=clock.now().wall_ms, problem="Not connected yet.")

    def start(self, link: Link) -> None:
        """Subscribe and begin to connect."""
        for topic_filter in FILTERS:
            link.subscribe(topic_filter)
        link.start(self)

    def on_connect(self) -> None:
        """The broker is there."""
        self._become(BrokerState(connected=True, since=self._clock.now().wall_ms))
        self._on_back()

    def on_disconnect(self, reason: LinkError) -> None:
        """The broker is away; the devices keep their events."""
        self._become(
            BrokerState(connected=False, since=self._clock.now().wall_ms, problem=reason.what, todo=reason.todo)
        )

    def on_message(self, topic: str, payload: bytes) -> None:
        """Something came."""
        self._ingest.receive(topic, payload)

    def _become(self, state: BrokerState) -> None:
        self.state = state
        self._pulse.beat()
