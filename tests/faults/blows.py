"""How each fault is done."""

import errno
import os
import random
import resource
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec

from kiosk.model.event import Event
from kiosk.model.ids import Epoch, Seq
from sync.link import LinkSettings, MqttLink
from sync.wire import topics
from sync.wire.codec import compress, encode_envelope, encode_event
from sync.wire.messages import MAX_ENVELOPE_BYTES, WIRE_VERSION, RawEnvelope
from tests.faults.device import Device
from tests.faults.ground import Ground, own_disks
from tests.faults.judge import Judge
from tests.faults.plan import Blow, Fault
from tests.integration.hub.running import DeviceEnd

_YEARS_MS = 10 * 365 * 86_400_000
_FULL_S = 0.6
_REPLAYED = 60


class Blows:
    """Deals one blow after the other; a judgement between those that together may lose what nobody can give again."""

    def __init__(self, ground: Ground, judge: Judge) -> None:
        self._ground = ground
        self._judge = judge
        self._unsettled: set[Fault] = set()
        self._deal: dict[Fault, Callable[[Device, random.Random], None]] = {
            Fault.KILL_APP: lambda device, _: device.kill(agent=False),
            Fault.KILL_AGENT: lambda device, _: device.kill(app=False),
            Fault.KILL_BOTH: lambda device, _: device.kill(),
            Fault.KILL_BROKER: lambda _, __: ground.kill_broker(wipe=False),
            Fault.WIPE_BROKER: lambda _, __: ground.kill_broker(wipe=True),
            Fault.KILL_HUB: lambda _, __: ground.kill_hub(),
            Fault.RESTORE_HUB: lambda _, drawn: ground.restore(drawn.getrandbits(8)),
            Fault.DAMAGE: self._damage,
            Fault.FULL_DISK: _fill_disk,
            Fault.FULL_HUB: self._fill_hub,
            Fault.HOSTILE: self._hostile,
            Fault.VERSIONS: self._versions,
            Fault.CLOCK: lambda device, drawn: device.shift_clock(drawn.randint(-_YEARS_MS, _YEARS_MS)),
        }

    def deal(self, blow: Blow) -> None:
        """Do it, and leave what it broke broken."""
        fatal_together = {Fault.RESTORE_HUB, Fault.DAMAGE}
        if blow.fault in fatal_together and self._unsettled & (fatal_together - {blow.fault}):
            self.settle()
        time.sleep(blow.after_s)
        self._deal[blow.fault](self._ground.devices[blow.device], random.Random(blow.detail))
        self._unsettled.add(blow.fault)

    def settle(self) -> None:
        """Start again what was ended, and judge."""
        self._ground.heal()
        self._judge.judge()
        if Fault.DAMAGE in self._unsettled:
            self._ground.forget_backups()
        elif Fault.KILL_BOTH in self._unsettled:
            self._ground.take_backup()
        self._unsettled.clear()

    def _damage(self, device: Device, drawn: random.Random) -> None:
        running = drawn.random() < 1 / 2
        way = drawn.choice((_truncate, _empty, _spoil_pages, _spoil_header, _lose_acks, _lose_acks))
        if way is _lose_acks or not running:
            device.kill()
        path = device.data / "opas.db"
        way(path, drawn)
        if running:
            time.sleep(0.1)
            device.kill()
        self._judge.note_damage(device)

    def _fill_hub(self, _: Device, __: random.Random) -> None:
        """The hub can store nothing for a while; where this machine gives us no disk, it is killed."""
        if not own_disks():
            self._ground.kill_hub()
            return
        _hold_full(self._ground.hub.folder / "others")

    def _hostile(self, device: Device, drawn: random.Random) -> None:
        """Somebody with the device's password sends what came before, again and in every wrong way."""
        self._ground.heal_hub()
        epoch, events = device.sent(_REPLAYED)
        client = _Client(self._ground, device)
        for payload in _wrong_envelopes(epoch, events, drawn):
            client.send(topics.up(device.id), payload)
        for topic in (topics.hello(device.id), topics.status(device.id)):
            for junk in (b"", b"{}", b"\xff" * 40, b'{"v":1,"epoch":"../..","last_seq":-1,"release":"x","since":0}'):
                client.send(topic, junk)
        client.send(topics.ack(device.id), b'{"epoch":"x","seq":999999,"version":1}')
        client.close()

    def _versions(self, _: Device, drawn: random.Random) -> None:
        """Releases before and after this one speak to the hub: what it can't read is put aside, and acked with the rest."""
        self._ground.heal_hub()
        end = DeviceEnd(self._ground.address(None))
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


class _Client:
    """A client of a device's rights under a name of its own."""

    def __init__(self, ground: Ground, device: Device) -> None:
        self._link = MqttLink(LinkSettings(ground.address(device), client_id=f"{device.id}-twin"))
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


def _fill_disk(device: Device, _: random.Random) -> None:
    """Others take the last byte for a while; where this machine gives us no disk, files may not grow for a while."""
    if own_disks():
        _hold_full(device.data / "others")
        return
    running = [process.pid for process in (device.app, device.agent) if process is not None and process.poll() is None]
    for pid in running:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
    time.sleep(_FULL_S)
    for pid in running:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def _hold_full(others: Path) -> None:
    _write_until_full(others)
    time.sleep(_FULL_S)
    others.unlink()


def _write_until_full(path: Path) -> None:
    with path.open("ab", buffering=0) as file:
        for piece in (1_000_000, 4096, 1):
            try:
                while True:
                    file.write(bytes(piece))
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise


def _lose_acks(path: Path, drawn: random.Random) -> None:
    """Of a database whose outbox can be read: the hub holds more of it than it knows."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        try:
            connection.execute("DELETE FROM ack WHERE seq > (SELECT MAX(seq) FROM ack) - ?", (drawn.randrange(100),))
            (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'pack'").fetchone()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error:
            page = 1
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(drawn.randbytes(4096))


def _truncate(path: Path, drawn: random.Random) -> None:
    os.truncate(path, int(path.stat().st_size * drawn.random()))


def _empty(path: Path, _: random.Random) -> None:
    os.truncate(path, 0)


def _spoil_pages(path: Path, drawn: random.Random) -> None:
    pages = max(1, path.stat().st_size // 4096)
    with path.open("r+b") as file:
        for _ in range(drawn.randint(1, 6)):
            file.seek(drawn.randrange(pages) * 4096)
            file.write(drawn.randbytes(4096))


def _spoil_header(path: Path, drawn: random.Random) -> None:
    with path.open("r+b") as file:
        file.write(drawn.randbytes(100))
