"""What the page shows, decided from what the hub holds: pure, so that every state of a device has its test."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum

import msgspec

from kiosk.model.changes import Refusal
from kiosk.model.event import Health
from kiosk.model.ids import EpochMs
from kiosk.model.pack import TouchpointKind
from sync.hub.broker import BrokerState
from sync.hub.erasure import Proof, proof_of
from sync.hub.ingest import Tally
from sync.hub.store.rows import Counts, DeviceState, Erasure, Quarantined, Site, StoredEvent
from sync.hub.web import words
from sync.hub.web.sentences import sentence, shortened
from sync.wire.codec import WireError, decode_event

SILENT_AFTER_MS = 90_000
"""A device tells of itself at least twice in this time."""


class Tone(StrEnum):
    """How something stands; each has a colour, an icon and words, never a colour alone."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    IDLE = "idle"


class Moment(msgspec.Struct, frozen=True):
    """A time for `<time>`: `iso` for the browser, which shows it in its own zone; `text` until it does."""

    iso: str
    text: str


class DeviceView(msgspec.Struct, frozen=True):
    """One line of the devices."""

    id: str
    name: str
    role: str
    tone: Tone
    health: str
    problem: str
    release: str
    pack: str
    pack_current: bool
    version: int
    data_current: bool
    waiting: int
    seen: Moment | None


class SiteView(msgspec.Struct, frozen=True):
    """One site and its devices."""

    id: str
    name: str
    pack: str
    devices: tuple[DeviceView, ...]


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
    sites: tuple[SiteView, ...]
    devices: int
    troubled: int
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


def page_of(facts: Facts) -> PageView:
    """The page."""
    sites = tuple(
        SiteView(
            site.id,
            site.name,
            site.pack or "",
            tuple(
                device_view(device, site, facts.broker, facts.now) for device in facts.devices if device.site == site.id
            ),
        )
        for site in facts.sites
    )
    shown = [device for site in sites for device in site.devices]
    tally = facts.tally
    return PageView(
        at=moment(facts.now),
        broker=facts.broker,
        broker_since=moment(facts.broker.since),
        storage_problem=facts.storage_problem,
        counts=facts.counts,
        refused=tally.bad + tally.strangers + tally.overflow + tally.failed,
        sites=sites,
        devices=len(shown),
        troubled=sum(device.tone is not Tone.GOOD for device in shown),
        events=tuple(map(event_view, facts.events)),
        aside=tuple(map(aside_view, facts.aside)),
        erasures=tuple(erasure_view(proof_of(erasure, facts.devices)) for erasure in facts.erasures),
    )


def device_view(device: DeviceState, site: Site, broker: BrokerState, now: EpochMs) -> DeviceView:
    """One device, the gravest thing first."""
    tone, health, problem = _health(device, broker, now)
    return DeviceView(
        id=device.id,
        name=device.name,
        role=words.ROLE[TouchpointKind(device.role)],
        tone=tone,
        health=health,
        problem=problem,
        release=device.release,
        pack=device.pack or "",
        pack_current=site.pack in {None, device.pack},
        version=device.version,
        data_current=device.version >= site.version,
        waiting=device.waiting,
        seen=None if device.seen_at is None else moment(device.seen_at),
    )


def _health(device: DeviceState, broker: BrokerState, now: EpochMs) -> tuple[Tone, str, str]:
    if device.seen_at is None:
        return Tone.IDLE, words.UNSEEN, words.PROBLEM_UNSEEN
    if device.health is Health.OFFLINE:
        return Tone.BAD, words.HEALTH[Health.OFFLINE], words.PROBLEM_OFFLINE
    if not broker.connected:
        return Tone.IDLE, words.UNHEARD, words.PROBLEM_UNHEARD
    # Nobody can be heard while the hub or the broker is away.
    if now - max(device.seen_at, broker.since) > SILENT_AFTER_MS:
        return Tone.BAD, words.SILENT, words.PROBLEM_SILENT
    problem = _identity_problem(device) or device.problem
    if problem or device.health is not Health.READY:
        return Tone.WARN, words.HEALTH[Health.DEGRADED], problem
    return Tone.GOOD, words.HEALTH[Health.READY], ""


def _identity_problem(device: DeviceState) -> str:
    if device.cloned:
        return words.PROBLEM_CLONED
    if device.told_site not in {None, device.site}:
        return words.PROBLEM_SITE.format(told=device.told_site, site=device.site)
    return ""


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


def moment(at: EpochMs) -> Moment:
    """A time, in UTC until the browser knows better."""
    when = datetime.fromtimestamp(at / 1000, UTC)
    return Moment(when.isoformat(timespec="milliseconds").replace("+00:00", "Z"), f"{when:%H:%M:%S} UTC")
