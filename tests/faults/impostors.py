"""Who else speaks on a device's topics: somebody with its password, and releases before and after this one."""

import random
import time

import msgspec

from kiosk.model.event import Event
from kiosk.model.ids import Epoch, Seq
from sync.link import BrokerAddress, LinkSettings, MqttLink
from sync.wire import topics
from sync.wire.codec import compress, encode_envelope, encode_event
from sync.wire.messages import MAX_ENVELOPE_BYTES, WIRE_VERSION, RawEnvelope
from tests.faults.device import Device
from tests.faults.writer import SITE
from tests.integration.hub.running import DeviceEnd

_REPLAYED = 60


def send_junk(device: Device, address: BrokerAddress, drawn: random.Random) -> None:
    """What came before, again and in every wrong way: doubled, reordered, cut off, too large, never seen."""
    epoch, events = device.sent(_REPLAYED)
    client = _Client(device, address)
    for payload in _wrong_envelopes(epoch, events, drawn):
        client.send(topics.up(device.id), payload)
    for topic in (topics.hello(device.id), topics.status(device.id)):
        for junk in (b"", b"{}", b"\xff" * 40, b'{"v":1,"epoch":"../..","last_seq":-1,"release":"x","since":0}'):
            client.send(topic, junk)
    client.send(topics.ack(device.id), b'{"epoch":"x","seq":999999,"version":1}')
    client.close()


def speak_other_versions(address: BrokerAddress, drawn: random.Random) -> None:
    """What the hub can't read is put aside, and acked with the rest."""
    end = DeviceEnd(address)
    epoch = Epoch(drawn.randbytes(8).hex())
    common = {"at": 1, "mono": 1, "boot": "b", "pack": "p"}
    bodies: list[dict[str, object]] = [
        {"type": "HealthChanged", "health": "ready", "mood": "of tomorrow"},
        {"type": "Teleported", "to": "elsewhere"},
        {"type": "DatabaseRebuilt", "reason": "before salvage", "aside": "x"},
    ]
    raw = [
        msgspec.Raw(msgspec.json.encode({"id": f"{epoch}-{n}", "seq": n, **common, "body": body, "later": 1}))
        for n, body in enumerate(bodies, start=1)
    ]
    end.send_until_acked(RawEnvelope(WIRE_VERSION, epoch, Seq(1), tuple(raw)), len(raw))
    end.close()


def send_claims_of_tomorrow(device: Device, address: BrokerAddress, drawn: random.Random) -> None:
    """Another device of the site, of a newer release, tells of deeds that nobody here knows yet."""
    stranger = f'{{"v":1,"device":"gate-9","epoch":"{drawn.randbytes(8).hex()}","acked":0,"version":0,"ask":true,'
    event = '{"id":"t-1","seq":1,"at":1,"mono":1,"boot":"b","pack":"p","body":{"type":"Teleported","to":"elsewhere"}}'
    client = _Client(device, address)
    client.send(topics.claims(SITE), f'{stranger}"events":[{event}],"later":1}}'.encode())
    client.close()


class _Client:
    """A client of a device's rights under a name of its own."""

    def __init__(self, device: Device, address: BrokerAddress) -> None:
        self._link = MqttLink(LinkSettings(address, client_id=f"{device.id}-twin"))
        self._link.start(self)

    def send(self, topic: str, payload: bytes) -> None:
        for _ in range(50):
            if self._link.publish(topic, payload):
                return
            time.sleep(0.1)

    def close(self) -> None:
        self._link.stop()

    def on_connect(self) -> None: ...

    def on_disconnect(self, reason: object) -> None: ...

    def on_message(self, topic: str, payload: bytes) -> None: ...


def _wrong_envelopes(epoch: Epoch, events: list[Event], drawn: random.Random) -> list[bytes]:
    found = [b"", drawn.randbytes(300), drawn.randbytes(MAX_ENVELOPE_BYTES + 50_000), compress(bytes(50_000_000))]
    if events:
        raw = [msgspec.Raw(encode_event(event)) for event in events]
        first = events[0].seq
        good = encode_envelope(RawEnvelope(WIRE_VERSION, epoch, first, tuple(raw)))
        half = len(raw) // 2
        found += [good, good, good[: len(good) // 2]]
        found += [
            encode_envelope(RawEnvelope(WIRE_VERSION, epoch, Seq(first + half), tuple(raw[half:]))),
            encode_envelope(RawEnvelope(WIRE_VERSION, epoch, first, tuple(reversed(raw)))),
            encode_envelope(RawEnvelope(WIRE_VERSION, epoch, Seq(first + 1_000_000), tuple(raw))),
            encode_envelope(RawEnvelope(WIRE_VERSION + 1, epoch, first, tuple(raw))),
            encode_envelope(RawEnvelope(WIRE_VERSION - 1, epoch, first, tuple(raw))),
        ]
    drawn.shuffle(found)
    return found
