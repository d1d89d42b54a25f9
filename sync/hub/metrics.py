"""The hub in numbers, as Prometheus' text format 0.0.4. Pure; the format is a few lines, so no library makes them."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from kiosk.model.event import Health
from kiosk.model.ids import EpochMs
from sync.hub.identity.kinds import Kind
from sync.hub.ingest import Tally
from sync.hub.routes import SiteRoutes, is_heard, routes_of
from sync.hub.store.identity_rows import Standing
from sync.hub.store.rows import Counts, DeviceState, Erasure, Site
from sync.wire.messages import Route

_ROUTES = (*Route, "")
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})

Sample = tuple[str, float]
"""Labels as they stand in the text, and the value."""


class Readings(msgspec.Struct, frozen=True):
    """What the numbers are made from."""

    now: EpochMs
    broker_connected: bool
    storage_well: bool
    queued: int
    tally: Tally
    counts: Counts
    duplicates: int
    sites: Sequence[Site]
    devices: Sequence[DeviceState]
    erasures: Sequence[Erasure]
    standings: Sequence[Standing]
    authority_ends: Mapping[str, EpochMs]
    """When the certificates of the hub's own authority end, by name."""


def metrics_text(seen: Readings) -> str:
    """All metrics. No personal data is in them."""
    lines = [*_hub(seen), *_devices(seen), *_routes(seen), *_certificates(seen), ""]
    return "\n".join(lines)


def _hub(seen: Readings) -> Iterable[str]:
    counts, tally = seen.counts, seen.tally
    yield from _metric("opas_events_total", "counter", "Events kept, each once.", [("", counts.events)])
    yield from _metric(
        "opas_duplicates_total", "counter", "Events that came again and were dropped.", [("", seen.duplicates)]
    )
    yield from _metric("opas_conflicts", "gauge", "Kept events whose change was refused.", [("", counts.conflicts)])
    yield from _metric("opas_quarantined", "gauge", "Events that could not be read.", [("", counts.quarantined)])
    refused: list[Sample] = [(_labels(reason=name), value) for name, value in msgspec.structs.asdict(tally).items()]
    yield from _metric("opas_messages_refused_total", "counter", "Messages not taken in since the start.", refused)
    yield from _metric("opas_ingest_queued", "gauge", "Messages that wait for their commit.", [("", seen.queued)])
    up: list[Sample] = [("", float(seen.broker_connected))]
    yield from _metric("opas_broker_connected", "gauge", "1 while the broker is there.", up)
    well: list[Sample] = [("", float(seen.storage_well))]
    yield from _metric("opas_storage_well", "gauge", "1 while events can be stored.", well)
    versions: list[Sample] = [(_labels(site=site.id), site.version) for site in seen.sites]
    yield from _metric("opas_site_data_version", "gauge", "The version of a site's data.", versions)
    missing = sum(
        device.version < erasure.version
        for erasure in seen.erasures
        for device in seen.devices
        if device.site == erasure.site
    )
    yield from _metric("opas_erasures_unconfirmed", "gauge", "Confirmations of erasures yet to come.", [("", missing)])


def _devices(seen: Readings) -> Iterable[str]:
    labelled = [(_labels(device=each.id, site=each.site, role=each.role), each) for each in seen.devices]
    told = [(labels, each) for labels, each in labelled if each.seen_at is not None]
    ready: list[Sample] = [(labels, float(each.health is Health.READY)) for labels, each in labelled]
    yield from _metric("opas_device_ready", "gauge", "1 for a device that told it is ready.", ready)
    waiting: list[Sample] = [(labels, each.waiting) for labels, each in labelled]
    yield from _metric("opas_device_outbox_events", "gauge", "Events that a device has yet to send.", waiting)
    versions: list[Sample] = [(labels, each.version) for labels, each in labelled]
    yield from _metric("opas_device_data_version", "gauge", "The version of the data on a device.", versions)
    silent: list[Sample] = [(labels, (seen.now - (each.seen_at or 0)) / 1000) for labels, each in told]
    yield from _metric("opas_device_silent_seconds", "gauge", "Since the last sign of life.", silent)
    cloned: list[Sample] = [(labels, float(each.cloned)) for labels, each in labelled]
    yield from _metric("opas_device_cloned", "gauge", "1 when two outboxes send as this device.", cloned)


def _routes(seen: Readings) -> Iterable[str]:
    """One number for each way at each site, not one for each device: a dead bridge is the site's trouble."""
    found, none = routes_of(device for device in seen.devices if is_heard(device, seen.now)), SiteRoutes({})
    samples: list[Sample] = [
        (_labels(site=site.id, route=route or "unknown"), found.get(site.id, none).counts.get(route, 0))
        for site in seen.sites
        for route in _ROUTES
    ]
    yield from _metric(
        "opas_site_devices", "gauge", "Devices of a site that are heard, by the way they reach the hub.", samples
    )


def _certificates(seen: Readings) -> Iterable[str]:
    """Ends are moments, as Prometheus wants them: what is left is `… - time()`."""
    known = {each.kind: each for each in seen.standings}
    kinds = [known.get(kind.value, Standing(kind.value, 0, 0, 0, None)) for kind in Kind]
    states: list[Sample] = [
        (_labels(kind=each.kind, state=state), count)
        for each in kinds
        for state, count in (("valid", each.valid), ("overdue", each.overdue), ("expired", each.expired))
    ]
    removed = sum(device.removed for device in seen.devices)
    states.append((_labels(kind=Kind.DEVICE.value, state="removed"), removed))
    yield from _metric("opas_certificates", "gauge", "Holders by how their certificate stands.", states)
    ends: list[Sample] = [
        (_labels(kind=each.kind), each.next_end / 1000) for each in kinds if each.next_end is not None
    ]
    yield from _metric(
        "opas_certificate_next_expiry_timestamp_seconds", "gauge", "When the next valid one runs out.", ends
    )
    own: list[Sample] = [(_labels(certificate=name), end / 1000) for name, end in seen.authority_ends.items()]
    yield from _metric(
        "opas_authority_expiry_timestamp_seconds", "gauge", "When the hub's own authority runs out.", own
    )


def _metric(name: str, kind: str, says: str, samples: Sequence[Sample]) -> Iterable[str]:
    yield f"# HELP {name} {says}"
    yield f"# TYPE {name} {kind}"
    for labels, value in samples:
        yield f"{name}{labels} {value:.15g}"


def _labels(**values: str) -> str:
    """Written once for all metrics of one device: of ten thousand it is most of the work."""
    return "{" + ",".join([f'{name}="{value.translate(_ESCAPES)}"' for name, value in values.items()]) + "}"
