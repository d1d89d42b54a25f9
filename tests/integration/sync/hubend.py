"""A small far end: takes each (device, epoch, seq) in once, answers with its watermark, serves what comes down."""

import hashlib
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec

from kiosk.errors import LinkError
from kiosk.model.event import Event
from kiosk.model.ids import DeviceId, Epoch, HubVersion, PackVersion, Seq, SiteId
from kiosk.model.records import COLLECTION_OF, Record, encode_record
from sync.link import BrokerAddress, LinkSettings, MqttLink
from sync.wire import topics
from sync.wire.codec import checksum, decode, decode_envelope, decode_event, encode, encode_changes
from sync.wire.messages import WIRE_VERSION, Ack, Changes, ChangesKind, Hello, Notice, Row, Status
from tests.fakes.clock import NOON
from tests.integration.sync.broker import DEVICE_ID, SITE_ID

TOKEN = "token-of-desk-1"
_DEVICE = DeviceId(DEVICE_ID)


class HubEnd:
    """`events` are the ones held, in order, per epoch. `drop_ack` says of each ack whether it gets lost on its way."""

    def __init__(self, broker: BrokerAddress) -> None:
        self.events: dict[Epoch, list[Event]] = {}
        self.refused = 0
        self.hellos: list[Hello] = []
        self.statuses: list[Status] = []
        self.drop_ack: Callable[[Ack], bool] = lambda _: False
        self.version = HubVersion(1)
        self.records: list[Record] = []
        self.pack: tuple[PackVersion, bytes] | None = None
        self.asked = 0
        self._changed = threading.Condition()
        self._link = MqttLink(LinkSettings(broker, "hub"))
        self._http = _serve(self)
        self._notices = threading.Thread(target=self._notify_now_and_then, daemon=True)
        self._stopping = threading.Event()
        self._hushed = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def start(self) -> None:
        for topic_filter in (topics.INGEST_FILTER, topics.HELLO_FILTER, topics.STATUS_FILTER):
            self._link.subscribe(topic_filter)
        self._link.start(self)
        self._notices.start()

    def stop(self) -> None:
        self._stopping.set()
        self._notices.join()
        self._link.stop()
        self._http.shutdown()
        self._http.server_close()

    def wait_until(self, true: Callable[["HubEnd"], bool], timeout_s: float = 30.0) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: true(self), timeout_s), "the hub waited in vain"

    def held(self) -> int:
        return sum(len(events) for events in self.events.values())

    def lose(self, epoch: Epoch, keep: int) -> None:
        """Go back to a backup."""
        with self._changed:
            del self.events[epoch][keep:]

    def hush(self) -> None:
        """Be there and say nothing, as a hub that can't reach its database."""
        self._hushed.set()

    def speak(self) -> None:
        self._hushed.clear()

    def notify(self) -> None:
        if self._hushed.is_set():
            return
        notice = Notice(self.version, self.pack[0] if self.pack else None, NOON)
        self._link.publish(topics.down(_DEVICE), encode(notice))

    def on_connect(self) -> None:
        self.notify()

    def on_disconnect(self, reason: LinkError) -> None:
        pass

    def on_message(self, topic: str, payload: bytes) -> None:
        with self._changed:
            if topic == topics.up(_DEVICE):
                self._ingest(payload)
            elif topic == topics.hello(_DEVICE):
                hello = decode(payload, Hello)
                self.hellos.append(hello)
                self._answer(hello.epoch)
            else:
                self.statuses.append(decode(payload, Status))
            self._changed.notify_all()

    def changes(self, since: HubVersion) -> Changes:
        rows = tuple(
            Row(COLLECTION_OF[type(record)], record.id, self.version, msgspec.Raw(encode_record(record)))
            for record in self.records
        )
        kind = ChangesKind.DELTA if since else ChangesKind.SNAPSHOT
        pack = self.pack[0] if self.pack else None
        return Changes(WIRE_VERSION, kind, SiteId(SITE_ID), since, self.version, checksum(rows), pack, NOON, rows)

    def _ingest(self, payload: bytes) -> None:
        envelope = decode_envelope(payload)
        held = self.events.setdefault(envelope.epoch, [])
        for raw in envelope.events:
            event = decode_event(bytes(raw))
            if event.seq == len(held) + 1:
                held.append(event)
            else:
                self.refused += 1
        self._answer(envelope.epoch)

    def _answer(self, epoch: Epoch) -> None:
        ack = Ack(epoch, Seq(len(self.events.get(epoch, []))), self.version)
        if not self.drop_ack(ack) and not self._hushed.is_set():
            self._link.publish(topics.ack(_DEVICE), encode(ack))

    def _notify_now_and_then(self) -> None:
        while not self._stopping.wait(1.0):
            self.notify()


def _serve(hub: HubEnd) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.headers["Authorization"] != f"Bearer {TOKEN}":
                self._send(401, b'{"error":"unknown token","todo":"Claim it anew."}', {})
            elif self.path.startswith("/v1/changes?since="):
                hub.asked += 1
                since = HubVersion(int(self.path.rpartition("=")[2]))
                self._send(200, encode_changes(hub.changes(since)), {})
            elif hub.pack is not None and self.path == f"/v1/packs/{hub.pack[0]}":
                self._send(200, hub.pack[1], {"ETag": f'"{hashlib.sha256(hub.pack[1]).hexdigest()}"'})
            else:
                self._send(404, b"", {})

        def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
