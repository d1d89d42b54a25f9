"""Records as they are stored and sent."""

import msgspec
import pytest

from kiosk.model.customer import IssuerKey, Subject
from kiosk.model.ids import EpochMs, Lang, OrderId, PlaceId, SiteId, SubjectId
from kiosk.model.order import PickupOrder
from kiosk.model.records import (
    COLLECTION_OF,
    RECORD_TYPES,
    Collection,
    Record,
    decode_record,
    encode_record,
    subject_of,
)

SITE = SiteId("harbour")
ORDER = PickupOrder(OrderId("o"), "A1", SubjectId("s"), SITE, EpochMs(1), PlaceId("p"))
SUBJECT = Subject(SubjectId("s"), SITE, sealed_name=b"\x00\xff", lang=Lang("et"))
KEY = IssuerKey("1", b"\x01" * 32, EpochMs(0))


@pytest.mark.parametrize("record", [ORDER, SUBJECT, KEY])
def test_a_record_comes_back(record: Record) -> None:
    """From its collection and its JSON."""
    assert decode_record(COLLECTION_OF[type(record)], encode_record(record)) == record


def test_every_collection_has_one_type() -> None:
    """And every type one collection."""
    assert set(RECORD_TYPES) == set(Collection)
    assert len(COLLECTION_OF) == len(RECORD_TYPES)


@pytest.mark.parametrize(("record", "owner"), [(ORDER, "s"), (SUBJECT, "s"), (KEY, None)])
def test_whose_record_it_is(record: Record, owner: str | None) -> None:
    """Found again by `of_subject`, and erased with its owner."""
    assert subject_of(record) == owner


@pytest.mark.parametrize("body", [b"", b"{}", b"null", b"[]", encode_record(KEY)])
def test_another_thing_is_no_order(body: bytes) -> None:
    """It is refused as a whole."""
    with pytest.raises((msgspec.DecodeError, ValueError)):
        decode_record(Collection.ORDERS, body)
