"""The flexible content of rail tickets in its three versions, and what becomes of content that is none."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.model.foreign import Format, RailTicket, Reason
from kiosk.model.ids import EpochMs
from kiosk.model.rail import RailContent, RailDocument, RailKind
from tests.unit.kiosk.scanning.formats.issuers import HOUR, NOW, rail_v2, record
from tests.unit.kiosk.scanning.formats.railtickets import CARD_3, EMPTY_2, OPEN_1, PASS_2, PASSAGE_3, RESERVATION_3
from tests.unit.kiosk.scanning.formats.reading import foreign, refusal, ticket

_ISSUED = EpochMs(NOW - 20_000)
_DAY = 24 * HOUR * 1000


def flexible(body: bytes, version: str, now: int = NOW) -> RailTicket:
    return ticket(RailTicket, rail_v2(record("U_FLEX", body, version)), now=now)


def content(body: bytes, version: str, now: int = NOW) -> RailContent:
    found = flexible(body, version, now)
    assert found.content_problem is None
    assert found.content is not None
    return found.content


def first(body: bytes, version: str, now: int = NOW) -> RailDocument:
    document = content(body, version, now).first
    assert document is not None
    return document


def test_an_open_ticket_of_version_1_is_read_past_its_route() -> None:
    found = content(OPEN_1, "13")
    assert (found.version, found.issuer, found.issuer_name, found.pnr) == (1, "1080", "Esimerkkirata", "PNR4711")
    assert (found.issued_at, found.specimen, found.activated) == (_ISSUED, False, True)
    assert (found.travelers, found.documents) == (("Aino Mäkelä",), 1)
    assert found.first == RailDocument(
        RailKind.OPEN_TICKET,
        reference="AB12",
        product="31999",
        description="",
        origin="Helsinki",
        destination="Tallinn",
        train="",
        valid_from=date(2026, 9, 22),
        valid_until=date(2026, 9, 25),
        departs_at_minute=None,
    )


def test_a_pass_of_version_2_is_read() -> None:
    found = content(PASS_2, "02")
    assert (found.issuer, found.travelers) == ("1181", ("Kärt Tamm",))
    document = first(PASS_2, "02")
    assert (document.kind, document.reference, document.product) == (RailKind.PASS, "9000000001", "GLOBAL")
    assert (document.description, document.valid_until) == ("Põhjala pass", date(2026, 10, 21))


def test_the_first_of_two_reservations_of_version_3_is_read_behind_its_token() -> None:
    found = content(RESERVATION_3, "03")
    assert (found.issuer, found.travelers, found.documents) == ("ABCD", (), 2)
    document = first(RESERVATION_3, "03")
    assert (document.kind, document.train, document.description) == (RailKind.RESERVATION, "265", "Nattåg")
    assert (document.origin, document.destination, document.departs_at_minute) == ("STO", "NRK", 18 * 60 + 50)
    assert (document.valid_from, document.valid_until) == (date(2026, 9, 23), date(2026, 9, 23))


def test_a_station_passage_names_its_station() -> None:
    document = first(PASSAGE_3, "03")
    assert (document.kind, document.origin, document.description) == (RailKind.STATION_PASSAGE, "Pasila", "Platform 2")


def test_of_another_document_the_kind_is_told() -> None:
    document = first(CARD_3, "03")
    assert (document.kind, document.valid_from, document.reference) == (RailKind.CUSTOMER_CARD, None, "")


def test_a_ticket_without_documents_or_time_is_read() -> None:
    found = content(EMPTY_2, "02")
    assert (found.documents, found.first, found.issued_at) == (0, None, EpochMs(_ISSUED - (14 * 60 + 13) * 60_000))


def test_a_version_from_the_future_is_kept_as_it_stands() -> None:
    found = flexible(PASS_2, "04")
    assert (found.content, found.content_problem, found.records[0].body) == (None, None, PASS_2)


@pytest.mark.parametrize("now", [NOW - 2 * _DAY, NOW + 30 * _DAY])
def test_a_ticket_counts_on_its_days_and_one_day_around_them(now: int) -> None:
    """Its days are local ones: a day on either side covers every time zone."""
    payload = rail_v2(record("U_FLEX", PASS_2, "02"))
    assert (foreign(payload, now=now).problem is None) == (now > NOW)


def test_one_that_is_over_is_expired_and_one_to_come_is_not_valid_yet() -> None:
    payload = rail_v2(record("U_FLEX", OPEN_1, "13"))
    assert refusal(Format.RAIL, payload, now=NOW + 6 * _DAY) is Reason.EXPIRED
    assert refusal(Format.RAIL, payload, now=NOW - 2 * _DAY) is Reason.NOT_YET_VALID
    assert foreign(payload, now=NOW + 6 * _DAY).ticket is not None


def test_a_specimen_entitles_to_nothing() -> None:
    """Its bit stands right behind the issuer's name."""
    specimens = 0
    for at in range(8 * 16):
        changed = bytearray(PASSAGE_3)
        changed[at // 8] ^= 0x80 >> at % 8
        result = foreign(rail_v2(record("U_FLEX", bytes(changed), "03")))
        if isinstance(result.ticket, RailTicket) and result.ticket.content and result.ticket.content.specimen:
            specimens += 1
            assert result.problem is Reason.BLOCKED
    assert specimens


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", Reason.BAD_ENCODING),
        (PASS_2[:20], Reason.BAD_ENCODING),
        (b"\xff" * 100, Reason.BAD_ENCODING),
        (PASS_2 + bytes(1500), Reason.TOO_LARGE),
    ],
)
def test_content_that_is_none_has_a_named_problem_and_leaves_the_ticket(body: bytes, reason: Reason) -> None:
    """The signature is good and the ticket known by its hash: what it says of itself is not needed."""
    found = flexible(body, "02")
    assert (found.content, found.content_problem) == (None, reason)


def test_there_is_one_such_record() -> None:
    payload = rail_v2(record("U_FLEX", PASS_2, "02") * 2)
    assert ticket(RailTicket, payload).content_problem is Reason.REPEATED_FIELD


@given(
    st.sampled_from([(OPEN_1, "13"), (PASS_2, "02"), (RESERVATION_3, "03"), (PASSAGE_3, "03"), (b"", "03")]),
    st.binary(max_size=40),
    st.integers(0, 200),
)
def test_any_bits_give_content_or_a_named_problem(known: tuple[bytes, str], data: bytes, at: int) -> None:
    body, version = known
    payload = rail_v2(record("U_FLEX", body[:at] + data + body[at + len(data) :], version))
    found = foreign(payload).ticket
    assert isinstance(found, RailTicket)
    assert (found.content is None) == (found.content_problem is not None)
