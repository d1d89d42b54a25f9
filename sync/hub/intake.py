"""What one transaction does with a batch of messages from devices: facts in, rows and acks out, on any store.

Everything was read before: the transaction keeps other writers waiting. An envelope is judged against its epoch's watermark: what lies below is held already, what lies above a gap is asked
for again, the rest is kept. Each kept event is laid on the central records with the same transitions as on the device.
"""

from collections.abc import Mapping, Sequence
from typing import cast

import msgspec

from kiosk.model.clock import Clock
from kiosk.model.event import REPORTING, Event, Health
from kiosk.model.ids import DeviceId, Epoch, EpochMs, EventId, HubVersion, Seq, SiteId
from sync.hub.ledger import Ledger
from sync.hub.sound import OutOfPlace, Run, plain, without_content
from sync.hub.store.interface import EpochKey, Writing
from sync.hub.store.rows import Device, Held, NewEvents, PutAside, Sign, Watermark
from sync.wire.codec import WireError
from sync.wire.messages import MAX_EVENTS, Ack, Hello, Status

_NOTHING = EpochMs(0)


class Arrival(msgspec.Struct, frozen=True):
    """One message of one device, read, and when it came."""

    device: DeviceId
    at: EpochMs
    message: Run | Hello | Status


class Taken(msgspec.Struct, frozen=True):
    """What to say once the batch is committed: `acks` in order, a notice to the `greeted` devices and to `sites`."""

    acks: tuple[tuple[DeviceId, Ack], ...]
    greeted: tuple[Device, ...]
    sites: frozenset[SiteId]
    kept: int
    strangers: int
    """Messages of devices that are not registered."""


class _Kept(msgspec.Struct, frozen=True):
    """Events of one message that are new here, and the JSON of each."""

    device: Device
    epoch: Epoch
    received_at: EpochMs
    events: Sequence[Event]
    bodies: Sequence[bytes]

    @property
    def deeds(self) -> list[Event]:
        """Those that may change a record."""
        return [event for event in self.events if type(event.body) not in REPORTING]


def take_in(writing: Writing, arrivals: Sequence[Arrival], clock: Clock) -> Taken:
    """Take `arrivals` in, in order, within the transaction `writing`."""
    intake = _Intake(writing, arrivals)
    for arrival in arrivals:
        intake.take(arrival)
    return intake.finish(clock)


class _Intake:
    """One batch on its way into one transaction."""

    def __init__(self, writing: Writing, arrivals: Sequence[Arrival]) -> None:
        self._writing = writing
        self._devices = writing.devices_of([arrival.device for arrival in arrivals])
        self._marks = dict(writing.watermarks([key for arrival in arrivals for key in _keys_of(arrival)]))
        self._kept: list[_Kept] = []
        self._ids: dict[EpochKey, dict[Seq, EventId]] = {}
        self._aside: list[PutAside] = []
        self._signs: list[Sign] = []
        self._acks: list[tuple[DeviceId, Ack]] = []
        self._answer: dict[EpochKey, None] = {}
        self._advanced: set[EpochKey] = set()
        self._flagged: set[EpochKey] = set()
        self._asks: dict[EpochKey, list[str]] = {}
        self._differs: dict[EpochKey, Seq] = {}
        self._greeted: dict[DeviceId, Device] = {}
        self._strangers = 0

    def take(self, arrival: Arrival) -> None:
        """Judge one message."""
        device = self._devices.get(arrival.device)
        if device is None:
            self._strangers += 1
            return
        match arrival.message:
            case Run():
                self._signs.append(Sign(device.id, arrival.at, epoch=arrival.message.epoch))
                self._envelope(device, arrival.message, arrival.at)
            case Hello():
                self._hello(device, arrival.message, arrival.at)
            case Status():
                self._signs.append(_sign(device, arrival.message, arrival.at))

    def finish(self, clock: Clock) -> Taken:
        """Write everything; nothing is said before the commit."""
        writing = self._writing
        now = clock.now().wall_ms
        ledger = Ledger(writing, [(kept.device, event) for kept in self._kept for event in kept.deeds], now)
        events = [_entered(kept, ledger) for kept in self._kept]
        ledger.write(writing, now)
        version = writing.advance() if ledger.sites else writing.version()
        for key in self._advanced:
            self._marks[key] = msgspec.structs.replace(self._marks[key], version=version)
        # The rows of events and quarantine point at their watermarks.
        touched = {**self._answer, **dict.fromkeys(sorted(self._flagged))}
        writing.put_watermarks([self._marks[key] for key in touched if key in self._marks])
        writing.put_aside(self._aside)
        writing.note(self._signs)
        writing.add_events(events, version, clock.now().wall_ms)
        final = [(key[0], ack) for key in self._answer for ack in self._finals(key)]
        acks = (*self._acks, *final)
        taken = sum(len(kept.events) for kept in self._kept)
        return Taken(acks, tuple(self._greeted.values()), ledger.sites, taken, self._strangers)

    def _finals(self, key: EpochKey) -> list[Ack]:
        """One for each question, or one for all that came."""
        ack = self._final(key)
        return [msgspec.structs.replace(ack, answers=ask) for ask in self._asks.get(key, ())] or [ack]

    def _final(self, key: EpochKey) -> Ack:
        mark = self._mark(key)
        name = self._ids.get(key, {}).get(mark.seq)
        if name is None and mark.seq:
            held = self._writing.held(key, mark.seq, mark.seq).get(mark.seq)
            name = None if held is None else held.id
        differs = self._differs.get(key, Seq(0))
        return Ack(key[1], mark.seq, mark.version, name or EventId(""), differs, takes=MAX_EVENTS)

    def _mark(self, key: EpochKey) -> Watermark:
        return self._marks.get(key) or Watermark(*key)

    def _hello(self, device: Device, hello: Hello, at: EpochMs) -> None:
        key = (device.id, hello.epoch)
        self._signs.append(Sign(device.id, at, epoch=hello.epoch, release=plain(hello.release)))
        self._greeted[device.id] = device
        self._answer[key] = None
        if hello.ask:
            self._asks.setdefault(key, []).append(plain(hello.ask))
        if hello.last_seq < self._mark(key).seq:
            # More came under this epoch than this outbox has written: it is a copy, or was put back from one.
            self._mark_cloned(key, at)
        if hello.parted is not None:
            for epoch in (hello.parted, hello.epoch):
                self._mark_cloned((device.id, epoch), at)

    def _envelope(self, device: Device, run: Run, at: EpochMs) -> None:
        key = (device.id, run.epoch)
        self._answer[key] = None
        known = self._mark(key).seq + 1 - run.first
        # A gap is answered with the watermark, and the device goes back to it. What follows another device's events
        # does not follow ours, whatever its numbers say.
        if known == 0 or (known > 0 and self._compare(key, _part(run, 0, known), at)):
            self._keep(device, _part(run, known, len(run.events)), at)

    def _keep(self, device: Device, new: Run, at: EpochMs) -> None:
        key = (device.id, new.epoch)
        mark = self._mark(key)
        if new.sound:
            kept = _Kept(device, new.epoch, at, cast("Sequence[Event]", new.events), new.bodies)
            last = Seq(mark.seq + len(new.events))
        else:
            kept, last = self._sorted_out(device, new, at)
        if last > mark.seq:
            self._kept.append(kept)
            self._ids.setdefault(key, {}).update((event.seq, event.id) for event in kept.events)
            self._advanced.add(key)
            self._marks[key] = msgspec.structs.replace(mark, seq=last, events=mark.events + len(kept.events))

    def _sorted_out(self, device: Device, new: Run, at: EpochMs) -> tuple[_Kept, Seq]:
        """What is new without what is put aside, and the last number of both."""
        last = Seq(new.first - 1)
        good: dict[Seq, tuple[Event, bytes]] = {}
        for seq, (event, body) in enumerate(zip(new.events, new.bodies, strict=True), start=new.first):
            if isinstance(event, OutOfPlace):
                # To put it aside would take the place of the true one, which then could never come: ask again from here.
                break
            last = Seq(seq)
            if isinstance(event, WireError):
                self._aside.append(PutAside(device.id, new.epoch, last, at, without_content(event), body))
            else:
                good[last] = event, body
        events, bodies = [event for event, _ in good.values()], [body for _, body in good.values()]
        return _Kept(device, new.epoch, at, events, bodies), last

    def _compare(self, key: EpochKey, again: Run, at: EpochMs) -> bool:
        """Events sent again are dropped if they are the ones held; others under their numbers betray a copied outbox.

        Whether what follows them may be kept. Only what agrees from the first one on is acked: there two devices on one
        outbox have parted.
        """
        last = Seq(again.first + len(again.events) - 1)
        held, ids = self._writing.held(key, again.first, last), self._ids.setdefault(key, {})
        same, ours, agreed = 0, True, Seq(0)
        for seq, (event, body) in enumerate(zip(again.events, again.bodies, strict=True), start=again.first):
            kept_id = ids.get(Seq(seq)) or (held[Seq(seq)].id if Seq(seq) in held else None)
            if kept_id == (event.id if isinstance(event, Event) else None):
                same += 1
                agreed = Seq(seq) if ours else agreed
                continue
            self._aside.append(PutAside(*key, Seq(seq), at, "another event is held under its number", body))
            if kept_id is not None:
                if ours:
                    self._differs[key] = Seq(seq)
                ours = False
                self._mark_cloned(key, at)
        mark = self._mark(key)
        self._marks[key] = msgspec.structs.replace(mark, duplicates=mark.duplicates + same)
        ids.update((seq, each.id) for seq, each in held.items() if seq == mark.seq)
        known = {seq: each for seq, each in held.items() if seq <= agreed}
        self._acks += [
            (key[0], Ack(key[1], seq, version, held[seq].id, takes=MAX_EVENTS)) for seq, version in _runs(known)
        ]
        return ours

    def _mark_cloned(self, key: EpochKey, at: EpochMs) -> None:
        mark = self._mark(key)
        if mark.cloned_at is None:
            self._marks[key] = msgspec.structs.replace(mark, cloned_at=at)
            self._flagged.add(key)


def _keys_of(arrival: Arrival) -> tuple[EpochKey, ...]:
    match arrival.message:
        case Hello(epoch=epoch, parted=parted) if parted is not None:
            return (arrival.device, epoch), (arrival.device, parted)
        case Run(epoch=epoch) | Hello(epoch=epoch):
            return ((arrival.device, epoch),)
        case _:
            return ()


def _part(run: Run, begin: int, end: int) -> Run:
    return Run(run.epoch, Seq(run.first + begin), run.bodies[begin:end], run.events[begin:end], run.sound)


def _runs(held: Mapping[Seq, Held]) -> list[tuple[Seq, HubVersion]]:
    """For each version in `held` the highest number committed with it: a device that missed the acks gets them exact."""
    last: dict[HubVersion, Seq] = {}
    for seq in sorted(held):
        last[held[seq].version] = seq
    return [(seq, version) for version, seq in last.items()]


def _entered(kept: _Kept, ledger: Ledger) -> NewEvents:
    refused = {event.seq: refusal.value for event in kept.deeds if (refusal := ledger.enter(kept.device, event))}
    return NewEvents(kept.device.id, kept.epoch, kept.device.site, kept.received_at, kept.events, kept.bodies, refused)


def _before(at: EpochMs, age_ms: int) -> EpochMs:
    """By the hub's own clock, whatever the device's says."""
    return EpochMs(max(1, at - age_ms))


def _sign(device: Device, status: Status, at: EpochMs) -> Sign:
    if status.health is Health.OFFLINE and status.site is None:
        # The last will: the broker speaks for a device that is gone, and it knows nothing else.
        return Sign(device.id, at, health=Health.OFFLINE)
    return Sign(
        device.id,
        at,
        health=status.health,
        problem=status.problem,
        release=status.release,
        pack=status.pack,
        version=status.version,
        waiting=status.waiting,
        epoch=status.epoch,
        told_site=status.site,
        unsent_since=_before(at, status.unsent_ms) if status.waiting else _NOTHING,
        data_as_of=None if status.data_age_ms is None else _before(at, status.data_age_ms),
        route=status.route,
    )
