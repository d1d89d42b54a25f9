"""Taking in what lies in quarantine, once the hub can read it: after an update, say, that knows its type of event."""

from collections.abc import Sequence

import msgspec

from kiosk.model.event import Event
from kiosk.model.ids import EpochMs, Seq, SiteId
from sync.hub.ledger import Ledger
from sync.hub.sound import read_event, without_content
from sync.hub.store.interface import EpochKey, Writing
from sync.hub.store.rows import Device, NewEvents, Quarantined
from sync.wire.codec import WireError

AT_ONCE = 1_000


class StillAside(msgspec.Struct, frozen=True):
    """An item that stays in quarantine, and why."""

    number: int
    why: str


class Replayed(msgspec.Struct, frozen=True):
    """What came of it: the numbers that were taken in, and what stays."""

    replayed: tuple[int, ...]
    aside: tuple[StillAside, ...]
    sites: frozenset[SiteId] = frozenset()


class _Item(msgspec.Struct, frozen=True):
    device: Device
    kept: Quarantined
    event: Event


def replay(writing: Writing, items: Sequence[Quarantined], now: EpochMs) -> Replayed:
    """Take `items` in under the numbers that they came under, as if they had just come. Each is kept once at most."""
    devices = writing.devices_of([item.device for item in items])
    good: dict[tuple[EpochKey, Seq], _Item] = {}
    aside: list[StillAside] = []
    for item in items:
        place = ((item.device, item.epoch), item.seq)
        try:
            event = _readable(writing, item, place in good)
            good[place] = _Item(devices[item.device], item, event)
        except WireError as error:
            aside.append(StillAside(item.number, without_content(error)))
    sites = _keep(writing, list(good.values()), now) if good else frozenset()
    return Replayed(tuple(item.kept.number for item in good.values()), tuple(aside), sites)


def _readable(writing: Writing, item: Quarantined, taken: bool) -> Event:  # noqa: FBT001 - one caller
    if item.replayed_at is not None:
        msg = "it was taken in before"
        raise WireError(msg)
    if taken or writing.held((item.device, item.epoch), item.seq, item.seq):
        msg = "another event is held under its number"
        raise WireError(msg)
    return read_event(item.body, item.seq)


def _keep(writing: Writing, items: Sequence[_Item], now: EpochMs) -> frozenset[SiteId]:
    ledger = Ledger(writing, [(item.device, item.event) for item in items], now)
    events = [_row(item, ledger) for item in items]
    ledger.write(writing, now)
    version = writing.advance() if ledger.sites else writing.version()
    marks = dict(writing.watermarks([(item.kept.device, item.kept.epoch) for item in items]))
    for item in items:
        key = (item.kept.device, item.kept.epoch)
        marks[key] = msgspec.structs.replace(marks[key], events=marks[key].events + 1)
    writing.put_watermarks(list(marks.values()))
    writing.add_events(events, version, now)
    writing.mark_replayed([item.kept.number for item in items], now)
    return ledger.sites


def _row(item: _Item, ledger: Ledger) -> NewEvents:
    event, kept = item.event, item.kept
    refusal = ledger.enter(item.device, event)
    refused = {} if refusal is None else {event.seq: refusal.value}
    return NewEvents(kept.device, kept.epoch, item.device.site, kept.received_at, (event,), (kept.body,), refused)
