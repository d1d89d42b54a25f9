"""Forgetting a person: everything of a subject leaves the hub's records, and every device of the site by tombstones.

The proof is the devices' own word: each tells the version of the data that it holds, and one that has reached the
erasure's version holds none of it any more. Kept events name pseudonyms only, and end with their class.
"""

from collections.abc import Iterator, Sequence

import msgspec

from kiosk.model.customer import Credential
from kiosk.model.ids import DeviceId, EpochMs, SiteId, SubjectId
from kiosk.model.order import OPEN, PickupOrder
from kiosk.model.records import COLLECTION_OF, Collection, Record, decode_record, subject_of
from sync.hub.errors import Refused
from sync.hub.fleet import need_site
from sync.hub.store.interface import Reading, Writing
from sync.hub.store.rows import DeviceState, Erasure, RecordChange

_OF_PEOPLE = (Collection.SUBJECTS, Collection.TICKETS, Collection.JOURNEYS, Collection.ORDERS)


class Proof(msgspec.Struct, frozen=True):
    """An erasure and how far it has come: the devices that hold nothing of it any more, and those yet to tell so."""

    erasure: Erasure
    confirmed: tuple[DeviceId, ...]
    missing: tuple[DeviceId, ...]


def erase(writing: Writing, site: SiteId, subject: SubjectId, now: EpochMs) -> Erasure:
    """Delete what is the subject's and note it. Asked again it deletes what came since. Raises `Refused`.

    An order that still waits to be collected stays until it is over: it is owed, and names a pseudonym and goods only.
    """
    need_site(writing, site)
    known = next((each for each in writing.erasures() if (each.site, each.subject) == (site, subject)), None)
    changes = [RecordChange(COLLECTION_OF[type(record)], record.id, None) for record in _all_of(writing, site, subject)]
    if not changes and known is None:
        todo = "GET /v1/sites/<site>/records/subjects lists those that are."
        raise Refused("There is nothing of such a subject at this site.", todo, status=404)
    if not changes and known is not None:
        return known
    writing.put_records(site, changes, now)
    erasure = Erasure(site, subject, now, writing.advance(), len(changes) + (known.records if known else 0))
    writing.add_erasure(erasure)
    return erasure


def proof_of(erasure: Erasure, devices: Sequence[DeviceState]) -> Proof:
    """Who has confirmed, of all `devices`."""
    at_site = [device for device in devices if device.site == erasure.site]
    return Proof(
        erasure,
        tuple(device.id for device in at_site if device.version >= erasure.version),
        tuple(device.id for device in at_site if device.version < erasure.version),
    )


def _all_of(reading: Reading, site: SiteId, subject: SubjectId) -> list[Record]:
    own = [record for record in _records(reading, site, _OF_PEOPLE) if subject_of(record) == subject]
    gone = [record for record in own if not (isinstance(record, PickupOrder) and record.state in OPEN)]
    named = {record.id for record in gone}
    cards = _records(reading, site, (Collection.CREDENTIALS,))
    return [*gone, *(card for card in cards if isinstance(card, Credential) and card.ref.id in named)]


def _records(reading: Reading, site: SiteId, collections: Sequence[Collection]) -> Iterator[Record]:
    for collection in collections:
        for stored in reading.collection(site, collection):
            if stored.body is not None:
                yield decode_record(collection, stored.body)
