"""What the page shows, decided from what the hub holds: pure, so that every state of a device has its test."""

from collections.abc import Sequence

import msgspec

from kiosk.model.changes import Refusal
from kiosk.model.ids import EpochMs
from sync.hub.broker import BrokerState
from sync.hub.erasure import Proof, proof_of
from sync.hub.ingest import Tally
from sync.hub.store.rows import Counts, DeviceState, Erasure, Quarantined, Site, StoredEvent
from sync.hub.web import words
from sync.hub.web.fleet import FleetView, Wanted, fleet_of
from sync.hub.web.moments import Moment, moment
from sync.hub.web.sentences import sentence, shortened
from sync.wire.codec import WireError, decode_event


class EventView(msgspec.Struct, frozen=True):
    """One line of the events; `conflict` says why its change was refused."""

    number: int
    at: Moment
    device: str
    site: str
    text: str
    conflict: str


class AsideView(msgspec.Struct, frozen=True):
    """One line of the quarantine; never its content, which nobody has understood."""

    number: int
    at: Moment
    device: str
    seq: int
    why: str
    size: int


class ErasureView(msgspec.Struct, frozen=True):
    """One erasure and its proof."""

    site: str
    subject: str
    at: Moment
    records: int
    confirmed: int
    missing: tuple[str, ...]


class PageView(msgspec.Struct, frozen=True):
    """The whole page."""

    at: Moment
    broker: BrokerState
    broker_since: Moment
    storage_problem: str
    counts: Counts
    refused: int
    fleet: FleetView
    conflicts: tuple[EventView, ...]
    events: tuple[EventView, ...]
    aside: tuple[AsideView, ...]
    erasures: tuple[ErasureView, ...]


class Facts(msgspec.Struct, frozen=True):
    """What the page is decided from."""

    now: EpochMs
    broker: BrokerState
    storage_problem: str
    tally: Tally
    counts: Counts
    sites: Sequence[Site]
    devices: Sequence[DeviceState]
    events: Sequence[StoredEvent]
    aside: Sequence[Quarantined] = ()
    erasures: Sequence[Erasure] = ()
    conflicts: Sequence[StoredEvent] = ()
    wanted: Wanted = Wanted()


def page_of(facts: Facts) -> PageView:
    """The page."""
    tally = facts.tally
    return PageView(
        at=moment(facts.now),
        broker=facts.broker,
        broker_since=moment(facts.broker.since),
        storage_problem=facts.storage_problem,
        counts=facts.counts,
        refused=tally.bad + tally.strangers + tally.overflow + tally.failed,
        fleet=fleet_of(facts.devices, facts.sites, facts.broker, facts.now, facts.wanted),
        conflicts=tuple(map(event_view, facts.conflicts)),
        events=tuple(map(event_view, facts.events)),
        aside=tuple(map(aside_view, facts.aside)),
        erasures=tuple(erasure_view(proof_of(erasure, facts.devices)) for erasure in facts.erasures),
    )


def event_view(event: StoredEvent) -> EventView:
    """One event."""
    conflict = "" if event.conflict is None else words.REFUSAL[Refusal(event.conflict)]
    try:
        text = sentence(decode_event(event.body).body)
    except WireError:
        # Kept by a newer release that ran here before.
        text = words.UNREADABLE_EVENT.format(type=event.type)
    return EventView(event.number, moment(event.received_at), event.device, event.site, text, conflict)


def aside_view(item: Quarantined) -> AsideView:
    """One item of the quarantine."""
    return AsideView(item.number, moment(item.received_at), item.device, item.seq, item.why, len(item.body))


def erasure_view(proof: Proof) -> ErasureView:
    """One erasure; of the pseudonym only its end."""
    erasure = proof.erasure
    shown = shortened(erasure.subject)
    return ErasureView(
        erasure.site, shown, moment(erasure.asked_at), erasure.records, len(proof.confirmed), tuple(proof.missing)
    )
