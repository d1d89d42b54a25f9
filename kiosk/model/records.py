"""The collections that a device holds a copy of, and the record type of each."""

from enum import StrEnum

import msgspec

from kiosk.model.case import Case
from kiosk.model.customer import Credential, IssuerKey, Subject
from kiosk.model.order import PickupOrder
from kiosk.model.pathway import PathwayState
from kiosk.model.ticket import Departure, Journey, Ticket

Record = Subject | Credential | Ticket | Journey | Departure | PickupOrder | Case | IssuerKey | PathwayState


class Collection(StrEnum):
    """One kind of record, versioned by the hub and replicated to every device of the record's site."""

    SUBJECTS = "subjects"
    CREDENTIALS = "credentials"
    TICKETS = "tickets"
    JOURNEYS = "journeys"
    DEPARTURES = "departures"
    ORDERS = "orders"
    CASES = "cases"
    KEYS = "keys"
    PATHWAYS = "pathways"


RECORD_TYPES: dict[Collection, type[Record]] = {
    Collection.SUBJECTS: Subject,
    Collection.CREDENTIALS: Credential,
    Collection.TICKETS: Ticket,
    Collection.JOURNEYS: Journey,
    Collection.DEPARTURES: Departure,
    Collection.ORDERS: PickupOrder,
    Collection.CASES: Case,
    Collection.KEYS: IssuerKey,
    Collection.PATHWAYS: PathwayState,
}
COLLECTION_OF: dict[type[Record], Collection] = {kind: collection for collection, kind in RECORD_TYPES.items()}
"""Every record has a string `id`, unique within its collection."""

_DECODERS = {collection: msgspec.json.Decoder(kind) for collection, kind in RECORD_TYPES.items()}
_ENCODER = msgspec.json.Encoder()


def decode_record(collection: Collection, body: bytes) -> Record:
    """A record from its JSON. Raises `msgspec.ValidationError` (a `ValueError`) for anything else."""
    record: Record = _DECODERS[collection].decode(body)
    return record


def encode_record(record: Record) -> bytes:
    """A record as JSON."""
    return _ENCODER.encode(record)


def subject_of(record: Record) -> str | None:
    """Whose record it is, where it is somebody's."""
    if isinstance(record, Subject):
        return record.id
    if isinstance(record, Ticket | Journey | PickupOrder):
        return record.subject
    return None
