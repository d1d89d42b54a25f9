"""The central records of one batch: loaded at once, moved by the devices' events in order, written at once."""

from collections.abc import Iterable, Sequence

from kiosk.model.changes import Origin, Refusal, Target, apply, targets_of
from kiosk.model.event import Event
from kiosk.model.ids import EpochMs, SiteId
from kiosk.model.records import Collection, Record, decode_record, encode_record
from sync.hub.contradictions import contradiction
from sync.hub.store.interface import Writing
from sync.hub.store.rows import Device, RecordChange

_Place = tuple[SiteId, Target]


class Ledger:
    """The records that `entries` touch. A device reaches records of its own site only."""

    def __init__(self, writing: Writing, entries: Sequence[tuple[Device, Event]], now: EpochMs) -> None:
        self._writing = writing
        self._now = now
        self._records: dict[_Place, Record] = {}
        self._changed: dict[_Place, Record] = {}
        for site, targets in _by_site(entries).items():
            for target, stored in writing.records(site, targets).items():
                if stored.body is not None:
                    self._records[site, target] = decode_record(target.collection, stored.body)

    def enter(self, device: Device, event: Event) -> Refusal | None:
        """Lay one event on its records; when the deciding record refuses it, none of them changes, and staff are told."""
        targets = targets_of(event.body)
        if not targets:
            return None
        origin = Origin(device.id, device.site)
        for number, target in enumerate(targets):
            before = self._records.get((device.site, target))
            after = apply(before, event, origin)
            if isinstance(after, Refusal):
                if number == 0:
                    self._tell_staff(device, event, after)
                    return after
            elif after is not before:
                self._records[device.site, target] = self._changed[device.site, target] = after
        return None

    def _tell_staff(self, device: Device, event: Event, refusal: Refusal) -> None:
        case = contradiction(self._writing, device, event, refusal, self._now)
        if case is not None:
            place = (device.site, Target(Collection.CASES, case.id))
            self._records[place] = self._changed[place] = case

    @property
    def sites(self) -> frozenset[SiteId]:
        """The sites with a changed record."""
        return frozenset(site for site, _ in self._changed)

    def write(self, writing: Writing, at: EpochMs) -> None:
        """Write what changed."""
        for site in sorted(self.sites):
            changes = [
                RecordChange(target.collection, target.key, encode_record(record))
                for (place, target), record in self._changed.items()
                if place == site
            ]
            writing.put_records(site, changes, at)


def _by_site(entries: Iterable[tuple[Device, Event]]) -> dict[SiteId, list[Target]]:
    found: dict[SiteId, dict[Target, None]] = {}
    for device, event in entries:
        for target in targets_of(event.body):
            found.setdefault(device.site, {})[target] = None
    return {site: list(targets) for site, targets in found.items()}
