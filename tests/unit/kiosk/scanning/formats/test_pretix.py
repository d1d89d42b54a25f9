"""pretix's offline tickets: who signed them, whether they still count, and what is no ticket of pretix at all."""

import base64
import struct

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.model.foreign import Format, PretixTicket, Proof, Reason
from kiosk.model.ids import EpochMs
from kiosk.model.trust import Trust, code_digest
from kiosk.scanning.formats import Plain
from tests.unit.kiosk.scanning.formats.issuers import HOUR, NOW, NOW_S, PRETIX_FIELDS, pretix, protobuf, trust
from tests.unit.kiosk.scanning.formats.reading import foreign, read, refusal, ticket

GOOD = pretix(protobuf(PRETIX_FIELDS))
TICKET = PretixTicket("k3Vd9sQxZ", 4711, 12, 0, EpochMs(NOW - 1000 * HOUR), EpochMs(NOW + 1000 * HOUR), Proof.GOOD)


def changed(field: int, value: int | bytes) -> bytes:
    return pretix(protobuf({**PRETIX_FIELDS, field: value}))


def test_a_signed_ticket_says_what_it_is_for() -> None:
    assert ticket(PretixTicket, GOOD) == TICKET


def test_a_ticket_without_times_is_open() -> None:
    open_ticket = ticket(PretixTicket, pretix(protobuf({1: b"seed", 2: 1})))
    assert (open_ticket.valid_from, open_ticket.valid_until) == (None, None)


def test_fields_of_later_versions_are_passed_over() -> None:
    later = protobuf(PRETIX_FIELDS) + protobuf({9: b"more", 10: 1})
    assert ticket(PretixTicket, pretix(later)) == TICKET


def test_a_ticket_that_nobody_here_can_check_is_told_so() -> None:
    assert ticket(PretixTicket, GOOD, Trust()).proof is Proof.UNCHECKED
    assert ticket(PretixTicket, GOOD, Trust(pretix_keys=(b"short",))).proof is Proof.UNCHECKED


def test_one_of_several_keys_is_enough() -> None:
    other = Ed25519PrivateKey.from_private_bytes(b"\7" * 32)
    both = Trust(pretix_keys=(other.public_key().public_bytes_raw(), *trust().pretix_keys))
    assert ticket(PretixTicket, GOOD, both).proof is Proof.GOOD
    assert refusal(Format.PRETIX, GOOD, Trust(pretix_keys=both.pretix_keys[:1])) is Reason.BAD_SIGNATURE


def test_a_forgery_shows_nothing_of_itself() -> None:
    forged = foreign(pretix(protobuf(PRETIX_FIELDS), Ed25519PrivateKey.from_private_bytes(b"\7" * 32)))
    assert (forged.problem, forged.ticket) == (Reason.BAD_SIGNATURE, None)


@pytest.mark.parametrize(
    ("listed", "reason"),
    [
        ({"revoked": frozenset({code_digest(GOOD)})}, Reason.REVOKED),
        ({"blocked": frozenset({code_digest(GOOD)})}, Reason.BLOCKED),
        ({"revoked": frozenset({code_digest(GOOD)}), "blocked": frozenset({code_digest(GOOD)})}, Reason.REVOKED),
    ],
)
def test_the_lists_hold_whatever_the_signature_says(listed: dict[str, frozenset[str]], reason: Reason) -> None:
    for whom in (trust(), Trust()):
        assert refusal(Format.PRETIX, GOOD, msgspec.structs.replace(whom, **listed)) is reason


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (changed(5, NOW_S + HOUR), Reason.NOT_YET_VALID),
        (changed(6, NOW_S - HOUR), Reason.EXPIRED),
        (changed(1, b""), Reason.BAD_LENGTH),
        (changed(1, b"x" * 65), Reason.BAD_LENGTH),
        (changed(1, b"\x1b[31m"), Reason.BAD_TEXT),
        (changed(1, 7), Reason.BAD_ENCODING),
        (changed(2, b"7"), Reason.BAD_ENCODING),
        (changed(2, 1 << 63), Reason.BAD_NUMBER),
        (changed(6, 1 << 40), Reason.BAD_DATE),
        (pretix(b"\x0a\x05abc"), Reason.TRUNCATED),
        (pretix(b"\x0b"), Reason.BAD_ENCODING),
    ],
)
def test_what_is_wrong_has_a_name(payload: bytes, reason: Reason) -> None:
    assert refusal(Format.PRETIX, payload) is reason


def _raw(version: int = 1, size: int = 4, signature: int = 64, body: bytes = bytes(68)) -> bytes:
    return base64.b64encode(bytes((version,)) + struct.pack(">HH", size, signature) + body)[::-1]


@pytest.mark.parametrize(
    "payload",
    [GOOD[::-1], GOOD[1:], _raw(version=2), _raw(size=3), _raw(signature=63), _raw(body=bytes(67)), b"=QA", b"CARD"],
)
def test_what_is_not_exactly_a_code_of_pretix_is_plain(payload: bytes) -> None:
    assert read(payload) == Plain(payload)
