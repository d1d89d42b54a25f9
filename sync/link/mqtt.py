"""MQTT 5 through paho, whose only home this is.

Each connection is a new paho client: paho would send what the last connection left unconfirmed again by itself, ahead
of the two ends' own agreement on where to go on. Its reconnecting is not used either, for it has no jitter.
"""

import contextlib
import logging
import socket
import ssl
import threading
import time

from paho.mqtt.client import (
    MQTT_ERR_SUCCESS,
    Client,
    ConnectFlags,
    DisconnectFlags,
    MQTTMessage,
    MQTTv5,
)
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from kiosk.errors import ConfigurationError, LinkError
from sync.link import reasons
from sync.link.backoff import Backoff
from sync.link.interface import Listener
from sync.link.settings import BrokerAddress, LinkSettings
from sync.link.tls import client_context

_GOODBYE_S = 1.0
_MOST_IN_FLIGHT = 1_000
_STEADY_S = 5.0
"""A connection that lasted this long was a success; one that breaks at once must not be tried again at full speed."""
_log = logging.getLogger(__name__)


class MqttLink:
    """A `Link` over MQTT 5: clean start, no session at the broker, own reconnecting with full jitter."""

    def __init__(self, settings: LinkSettings, backoff: Backoff | None = None) -> None:
        """Raises `ConfigurationError` when the certificates can't be read."""
        self._settings = settings
        self._tls = _tls_context(settings.broker)
        """None where it is plain, or made anew for each connection."""
        self._backoff = backoff or Backoff(settings.retry_first_s, settings.longest_retry_s)
        self._filters: dict[str, int] = {}
        self._lock = threading.Lock()
        self._connected: Client | None = None
        self._connection_over = threading.Event()
        self._stopping = threading.Event()
        self._began = 0.0
        self._was_up = False
        self._coming_anew = False
        self._reason: LinkError | None = None
        self._told_away = ""
        self._told_refusal = False
        self._listener: Listener | None = None
        self._thread: threading.Thread | None = None

    def subscribe(self, topic_filter: str, qos: int = 1) -> None:
        """See `Link`."""
        with self._lock:
            self._filters[topic_filter] = qos
            client = self._connected
        if client is not None:
            client.subscribe(topic_filter, qos)

    def publish(self, topic: str, payload: bytes, qos: int = 1) -> bool:
        """See `Link`."""
        client = self._connected
        if client is None:
            return False
        info = client.publish(topic, payload, qos)
        return info.rc == MQTT_ERR_SUCCESS

    def come_anew(self) -> None:
        """End the connection, if there is one, and come with the certificate that is there now. From any thread."""
        self._coming_anew = True
        self._connection_over.set()

    def start(self, listener: Listener) -> None:
        """See `Link`."""
        self._listener = listener
        self._thread = threading.Thread(target=self._run, name=f"link {self._settings.client_id}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """See `Link`."""
        self._stopping.set()
        with self._lock:
            client = self._connected
        self._connection_over.set()
        thread, self._thread = self._thread, None
        if thread is None:
            return
        thread.join(_GOODBYE_S)
        # A socket that takes no more bytes would keep the goodbye waiting until the keepalive runs out.
        if client is not None and thread.is_alive():
            _break(client)
        thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            client = self._dial()
            if client is not None:
                client.loop_start()
                self._connection_over.wait()
                self._hang_up(client)
                client.loop_stop()
            if not self._stopping.is_set():
                self._stopping.wait(self._pause_s())

    def _dial(self) -> Client | None:
        """A client that has sent its CONNECT; None, with the reason left behind, where nobody answers."""
        self._connection_over.clear()
        self._began, self._was_up = time.monotonic(), False
        if self._stopping.is_set():
            return None
        self._reason, self._coming_anew = None, False
        broker = self._settings.broker
        try:
            client = self._new_client()
            client.connect(broker.host, broker.port, self._settings.keepalive_s, properties=_no_session())
        except LinkError as reason:
            self._reason = reason
            return None
        except (OSError, ValueError) as error:
            self._reason = reasons.unreachable(broker, error)
            return None
        return client

    def _hang_up(self, client: Client) -> None:
        """The connection is over, or shall be."""
        with self._lock:
            self._was_up, self._connected = self._connected is client, None
        client.disconnect()

    def _pause_s(self) -> float:
        """Tell that the link is away; how long to wait before dialling again."""
        if self._was_up and time.monotonic() - self._began >= _STEADY_S:
            self._backoff.reset()
        self._tell_away(was_up=self._was_up)
        return self._backoff.next()

    def _new_client(self) -> Client:
        settings = self._settings
        client = Client(
            CallbackAPIVersion.VERSION2, client_id=settings.client_id, protocol=MQTTv5, reconnect_on_failure=False
        )
        client.connect_timeout = settings.connect_timeout_s
        self._introduce(client)
        if settings.will is not None:
            client.will_set(settings.will.topic, settings.will.payload, settings.will.qos)
        client.on_socket_open = _send_at_once
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        return client

    def _introduce(self, client: Client) -> None:
        """Say who we are and whom we trust. Raises `LinkError` when our certificate can't be read."""
        broker = self._settings.broker
        if broker.identity is None or broker.tls_ca is None:
            client.username_pw_set(broker.user, broker.password)
            if self._tls is not None:
                client.tls_set_context(self._tls)
            return
        try:
            client.tls_set_context(client_context(broker.tls_ca, broker.identity, check_time=broker.check_time))
        except OSError as error:
            raise reasons.no_identity(broker, error) from error

    def _on_connect(
        self, client: Client, _: object, _flags: ConnectFlags, code: ReasonCode, properties: Properties | None
    ) -> None:
        if code.is_failure:
            self._end(reasons.refused(self._settings.broker, code.value, str(code)))
            return
        _keep_to(client, properties)
        with self._lock:
            self._connected = client
            filters = list(self._filters.items())
        if filters:
            client.subscribe(filters)
        _log.info("broker %s: connected%s", self._settings.broker, " again" if self._told_away else "")
        self._told_away = ""
        self._told_refusal = False
        if self._listener is not None:
            self._listener.on_connect()

    def _on_disconnect(
        self, _client: Client, _: object, _flags: DisconnectFlags, code: ReasonCode, _properties: Properties | None
    ) -> None:
        self._end(reasons.ended(self._settings.broker, code.value, str(code)))

    def _on_message(self, _client: Client, _: object, message: MQTTMessage) -> None:
        if self._listener is not None:
            self._listener.on_message(message.topic, bytes(message.payload))

    def _on_publish(
        self, _client: Client, _: object, _mid: int, code: ReasonCode, _properties: Properties | None
    ) -> None:
        # A forbidden topic is only told of here, and only by MQTT 5.
        if code.is_failure and not self._told_refusal:
            self._told_refusal = True
            _log.error(
                'broker %s: refuses what user "%s" publishes (%s); check the access list of the broker',
                self._settings.broker,
                self._settings.broker.user,
                code,
            )

    def _end(self, reason: LinkError) -> None:
        """The first reason is the true one; what follows is its echo."""
        if self._reason is None and not self._coming_anew:
            self._reason = reason
        self._connection_over.set()

    def _tell_away(self, *, was_up: bool) -> None:
        """Log each new reason once; tell the listener where the link was up, and when it never came up so far."""
        reason = self._reason
        if reason is None:
            return
        first = not self._told_away
        if self._told_away != reason.what:
            self._told_away = reason.what
            _log.warning("%s", reason)
        if self._listener is not None and (was_up or first):
            self._listener.on_disconnect(reason)


def _send_at_once(_client: Client, _: object, opened: object) -> None:
    # Nagle's algorithm against the broker's delayed acknowledgement costs 40 ms an answer.
    if isinstance(opened, socket.socket):
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _keep_to(client: Client, properties: Properties | None) -> None:
    """Have as many messages under way as the broker allows (MQTT 5, 3.2.2.3.3), not paho's 20: a hub answers thousands."""
    allowed = int(getattr(properties, "ReceiveMaximum", _MOST_IN_FLIGHT))
    # Its setter refuses while a connection is open, for fear of 0; the broker's word comes with the connection.
    client._max_inflight_messages = max(1, min(allowed, _MOST_IN_FLIGHT))  # noqa: SLF001


def _break(client: Client) -> None:
    stuck = client.socket()
    if isinstance(stuck, socket.socket):
        with contextlib.suppress(OSError):
            stuck.shutdown(socket.SHUT_RDWR)


def _no_session() -> Properties:
    """The broker forgets us when we leave: what was missed is agreed on by the two ends."""
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call] # paho has left this one out
    properties.SessionExpiryInterval = 0
    return properties


def _tls_context(broker: BrokerAddress) -> ssl.SSLContext | None:
    if broker.tls_ca is None or broker.identity is not None:
        return None
    try:
        return client_context(broker.tls_ca)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            f"{broker.tls_ca}: can't be read as PEM certificates ({error}).",
            "Name the file of the certificate authority that signed the broker's certificate in [broker] tls_ca.",
        ) from error
