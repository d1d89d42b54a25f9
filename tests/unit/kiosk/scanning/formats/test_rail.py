"""Rail tickets of both envelope versions: signature, packing and records, each within its bounds."""

import zlib

import msgspec
import pytest

from kiosk.model.foreign import Format, Proof, RailTicket, Reason
from kiosk.model.ids import EpochMs
from kiosk.model.rail import RailHead, RailRecord
from kiosk.model.trust import RailKey, Trust
from tests.unit.kiosk.scanning.formats.issuers import (
    HEAD,
    NOW,
    OFFERS,
    RECORDS,
    der,
    rail,
    rail_v1,
    rail_v2,
    record,
    trust,
)
from tests.unit.kiosk.scanning.formats.reading import refusal, ticket

_ISSUED = EpochMs(NOW - 20_000)
_LAYOUT = b"RCT20001" + b"0000013000004Test"


def raw(data: bytes) -> bytes:
    """A ticket whose packed part is these bytes."""
    return rail_v1(packed=data)


@pytest.mark.parametrize(
    ("payload", "version", "issuer", "key_id", "size"),
    [(rail_v1(), 1, "1080", "00001", 50), (rail_v2(), 2, "1181", "00301", 64)],
)
def test_a_ticket_of_either_version_is_read_and_checked(
    payload: bytes, version: int, issuer: str, key_id: str, size: int
) -> None:
    found = ticket(RailTicket, payload)
    assert (found.version, found.issuer, found.key_id, found.proof) == (version, issuer, key_id, Proof.GOOD)
    assert found.signature == payload[14 : 14 + size]
    assert found.head == RailHead("1080", "KEY-4711", _ISSUED, 0, ("DE", "EN"))
    assert found.records == (RailRecord("U_HEAD", "01", HEAD), RailRecord("U_TLAY", "01", _LAYOUT))


def test_a_record_that_is_not_known_is_kept_as_it_stands() -> None:
    own = bytes(range(256))
    found = ticket(RailTicket, rail_v2(record("0080VU", own, "13")))
    assert (found.records, found.head, found.content) == ((RailRecord("0080VU", "13", own),), None, None)


def test_one_language_is_enough() -> None:
    head = ticket(RailTicket, rail_v1(record("U_HEAD", HEAD[:-2] + b"  "))).head
    assert head is not None
    assert head.languages == ("DE",)


@pytest.mark.parametrize("payload", [rail_v1(), rail_v2()])
def test_a_ticket_that_nobody_here_can_check_is_told_so(payload: bytes) -> None:
    assert ticket(RailTicket, payload, Trust()).proof is Proof.UNCHECKED


@pytest.mark.parametrize("payload", [rail_v1(), rail_v2()])
@pytest.mark.parametrize("at", [14, 15, 16, 30])
def test_a_changed_signature_is_forged(payload: bytes, at: int) -> None:
    bad = payload[:at] + bytes((payload[at] ^ 0xFF,)) + payload[at + 1 :]
    assert refusal(Format.RAIL, bad) is Reason.BAD_SIGNATURE


def test_a_signature_has_nothing_but_zeros_behind_it() -> None:
    """Else one signature could be written in many ways."""
    payload = rail_v1()
    assert refusal(Format.RAIL, payload[:63] + b"\1" + payload[64:]) is Reason.BAD_SIGNATURE


@pytest.mark.parametrize("public", [b"no key", der(OFFERS), der(rail(2048))], ids=["broken", "Ed25519", "another"])
def test_a_key_that_could_not_have_signed_it_proves_nothing(public: bytes) -> None:
    wrong = Trust(rail_keys=(RailKey("1080", "00001", public),))
    assert refusal(Format.RAIL, rail_v1(), wrong) is Reason.BAD_SIGNATURE
    both = msgspec.structs.replace(wrong, rail_keys=wrong.rail_keys + trust().rail_keys)
    assert ticket(RailTicket, rail_v1(), both).proof is Proof.GOOD


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"#UT", Reason.TRUNCATED),
        (rail_v1()[:60], Reason.TRUNCATED),
        (rail_v1()[:-1], Reason.TRUNCATED),
        (rail_v1() + b"\0", Reason.TRAILING),
        (b"#UT03" + rail_v1()[5:], Reason.UNKNOWN_VERSION),
        (b"#UTXX" + rail_v1()[5:], Reason.BAD_NUMBER),
        (b"#UT01108 " + rail_v1()[9:], Reason.BAD_TEXT),
        (b"#UT01108-" + rail_v1()[9:], Reason.BAD_TEXT),
        (b"#UT011080\x1b0001" + rail_v1()[14:], Reason.BAD_TEXT),
        (rail_v1()[:64] + b"-001" + rail_v1()[68:], Reason.BAD_NUMBER),
        (raw(b"not packed"), Reason.BAD_COMPRESSION),
        (raw(b""), Reason.BAD_COMPRESSION),
        (raw(zlib.compress(RECORDS)[:-1]), Reason.BAD_COMPRESSION),
        (raw(zlib.compress(RECORDS) + b"more"), Reason.TRAILING),
        (raw(zlib.compress(bytes(65_537))), Reason.TOO_LARGE),
        (raw(zlib.compress(bytes(4_000_000))), Reason.TOO_LARGE),
        (rail_v1(b""), Reason.MISSING_FIELD),
        (rail_v1(RECORDS + b"U_"), Reason.TRUNCATED),
        (rail_v1(record("U_TLAY", b"", size=11)), Reason.BAD_LENGTH),
        (rail_v1(record("U_TLAY", b"", size=13)), Reason.TRUNCATED),
        (rail_v1(record("U_TLAY", b"") * 33), Reason.TOO_MANY),
        (rail_v1(record("U_HEAD", HEAD) * 2), Reason.REPEATED_FIELD),
        (rail_v1(record("U_HEAD", HEAD, "02")), Reason.UNKNOWN_VERSION),
        (rail_v1(record("U_HEAD", HEAD[:-1])), Reason.BAD_LENGTH),
        (rail_v1(record("U_HEAD", HEAD.replace(b"2109", b"3102"))), Reason.BAD_DATE),
        (rail_v1(record("U_HEAD", HEAD.replace(b"1413", b"2460"))), Reason.BAD_DATE),
        (rail_v1(record("U_HEAD", HEAD.replace(b"2026", b"0000"))), Reason.BAD_DATE),
        (rail_v1(record("U_HEAD", HEAD.replace(b"KEY", b"K\0Y"))), Reason.BAD_TEXT),
    ],
)
def test_what_is_wrong_has_a_name(payload: bytes, reason: Reason) -> None:
    assert refusal(Format.RAIL, payload) is reason
