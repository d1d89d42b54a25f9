"""Boarding passes: every leg and item, the year that isn't printed, and what is wrong told by name."""

from datetime import UTC, date, datetime

import pytest

from kiosk.model.foreign import BoardingPass, Format, Leg, Reason
from kiosk.scanning.formats import Plain
from tests.unit.kiosk.scanning.formats.issuers import ONE_LEG, SECURITY, TWO_LEGS
from tests.unit.kiosk.scanning.formats.reading import read, refusal, ticket

_NAME = "M1DESMARAIS/LUC       E"
_LEG = "ABC123 YULFRAAC 0834 "
_SEAT = "F001A0025 1"


def on(year: int, month: int, day: int) -> int:
    return int(datetime(year, month, day, tzinfo=UTC).timestamp()) * 1000


def one_leg(day: str = "226", more: str = "00", legs: int = 1) -> str:
    return f"M{legs}DESMARAIS/LUC       E{_LEG}{day}{_SEAT}{more}"


def leg(day: str, more: str = "00") -> str:
    return f"{_LEG}{day}{_SEAT}{more}"


def issued(text: str) -> str:
    """The conditional items of a first leg that says when it was issued and nothing else."""
    return f"0B>607{' ' * 3}{text}"


def test_a_pass_of_one_leg_is_read() -> None:
    """The mandatory items alone: the shortest example of IATA's guide."""
    expected = Leg("ABC123", "YUL", "FRA", "AC", "0834", 226, date(2026, 8, 14), "F", "001A", "0025", "1")
    assert ticket(BoardingPass, ONE_LEG) == BoardingPass("DESMARAIS/LUC", electronic=True, legs=(expected,))


def test_a_pass_of_two_legs_with_everything_is_read() -> None:
    """The longest example of IATA's guide, issued on day 225 of a year that ends in 6."""
    first = Leg(
        pnr="ABC123",
        origin="YUL",
        destination="FRA",
        carrier="AC",
        flight="0834",
        day=226,
        flies_on=date(2026, 8, 14),
        compartment="F",
        seat="001A",
        sequence="0025",
        status="1",
        airline_code="014",
        document="1234567890",
        document_check="1",
        marketing_carrier="AC",
        loyalty_carrier="AC",
        loyalty_number="1234567890123",
        baggage="20K",
        fast_track="Y",
        airline_data="LX58Z",
    )
    second = Leg(
        pnr="DEF456",
        origin="FRA",
        destination="GVA",
        carrier="LH",
        flight="3664",
        day=227,
        flies_on=date(2026, 8, 15),
        compartment="C",
        seat="012C",
        sequence="0002",
        status="1",
        airline_code="014",
        document="0987654321",
        document_check="1",
        marketing_carrier="AC",
        loyalty_carrier="AC",
        loyalty_number="1234567890123",
        baggage="2PC",
        fast_track="N",
        airline_data="WQ",
    )
    assert ticket(BoardingPass, TWO_LEGS) == BoardingPass(
        passenger="DESMARAIS/LUC",
        electronic=True,
        legs=(first, second),
        version="6",
        description="1",
        checked_in_at="W",
        issued_at="W",
        issued_on=date(2026, 8, 13),
        document_type="B",
        issuer="AC",
        bag_tags=("0014123456003",),
        security_type="1",
        security=SECURITY[4:],
    )


def test_each_of_four_legs_follows_the_one_before_over_new_year() -> None:
    four = one_leg("364", legs=4) + leg("365") + leg("001") + leg("002")
    days = [each.flies_on for each in ticket(BoardingPass, four, now=on(2026, 12, 30)).legs]
    assert days == [date(2026, 12, 30), date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 2)]


@pytest.mark.parametrize(
    ("day", "now", "expected"),
    [
        ("001", on(2026, 12, 31), date(2027, 1, 1)),
        ("365", on(2027, 1, 1), date(2026, 12, 31)),
        ("366", on(2028, 12, 1), date(2028, 12, 31)),
        ("366", on(2029, 1, 3), date(2028, 12, 31)),
        ("060", on(2028, 2, 1), date(2028, 2, 29)),
        ("060", on(2027, 2, 1), date(2027, 3, 1)),
    ],
)
def test_without_a_date_of_issue_the_year_is_the_nearest(day: str, now: int, expected: date) -> None:
    assert ticket(BoardingPass, one_leg(day), now=now).legs[0].flies_on == expected


@pytest.mark.parametrize(
    ("text", "day", "now", "issued_on", "flies_on"),
    [
        ("6225", "226", on(2016, 8, 14), date(2016, 8, 12), date(2016, 8, 13)),
        ("6365", "001", on(2027, 1, 1), date(2026, 12, 31), date(2027, 1, 1)),
        ("6350", "180", on(2027, 1, 1), date(2026, 12, 16), date(2027, 6, 29)),
        ("9365", "001", on(2030, 1, 1), date(2029, 12, 31), date(2030, 1, 1)),
        ("7001", "001", on(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 1)),
        ("6226", "225", on(2026, 8, 14), date(2026, 8, 14), date(2026, 8, 13)),
    ],
    ids=["same year", "new year", "half a year ahead", "new decade", "issued tomorrow", "over the date line"],
)
def test_the_flight_follows_the_day_of_issue(text: str, day: str, now: int, issued_on: date, flies_on: date) -> None:
    found = ticket(BoardingPass, one_leg(day, issued(text)), now=now)
    assert (found.issued_on, found.legs[0].flies_on) == (issued_on, flies_on)


def test_an_open_date_stays_open() -> None:
    open_pass = ticket(BoardingPass, one_leg("   ", legs=2) + leg("226"))
    assert [(each.day, each.flies_on) for each in open_pass.legs] == [(None, None), (226, date(2026, 8, 14))]


def test_items_may_end_early_and_later_ones_are_passed_over() -> None:
    for more in ("05>6013", "07>601300"):
        early = ticket(BoardingPass, one_leg(more=more))
        assert (early.version, early.description, early.issuer) == ("6", "3", "")
        assert early.legs[0].airline_code == ""
    # 3 bag tags and 4 characters that a version to come may have; a repeated run with 5 characters more.
    more = ">9" + "36" + "0WW6225BAC " + "1" * 13 + "2" * 13 + "3" * 13 + "LATER"[:4]
    more += "2F" + "0141234567890 1AC AC 1234567890123    20KYLATERown"
    late = ticket(BoardingPass, one_leg(more=f"{len(more):02X}{more}"))
    assert late.bag_tags == ("1" * 13, "2" * 13, "3" * 13)
    assert (late.legs[0].fast_track, late.legs[0].airline_data) == ("Y", "own")


def test_an_airlines_own_data_may_stand_alone() -> None:
    alone = ticket(BoardingPass, one_leg(more="0500OWN"))
    assert (alone.version, alone.legs[0].airline_data) == ("", "OWN")


def test_blanks_at_the_end_are_no_harm() -> None:
    assert ticket(BoardingPass, ONE_LEG + "   ") == ticket(BoardingPass, ONE_LEG)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (ONE_LEG[:-1], Reason.TRUNCATED),
        (ONE_LEG[:30], Reason.TRUNCATED),
        (TWO_LEGS[:150], Reason.TRUNCATED),
        (one_leg(legs=2), Reason.TRUNCATED),
        (one_leg(legs=0), Reason.TOO_MANY),
        (one_leg(legs=5), Reason.TOO_MANY),
        (one_leg("000"), Reason.BAD_DATE),
        (one_leg("367"), Reason.BAD_DATE),
        (one_leg("366"), Reason.BAD_DATE),
        (one_leg("12 "), Reason.BAD_DATE),
        (one_leg("+12"), Reason.BAD_NUMBER),
        (one_leg(more=issued("6000")), Reason.BAD_DATE),
        (one_leg(more=issued("6366")), Reason.BAD_DATE),
        (one_leg(more=issued("X225")), Reason.BAD_NUMBER),
        (one_leg("366", issued("5100")), Reason.BAD_DATE),
        (one_leg(more="0G"), Reason.BAD_NUMBER),
        (one_leg(more="05>6FF0"), Reason.TRUNCATED),
        (one_leg(more="0B>607   \x00\x00\x00\x00"), Reason.BAD_TEXT),
        (one_leg().replace("YUL", "Y1L"), Reason.BAD_TEXT),
        (one_leg().replace("LUC", "LU\x1b"), Reason.BAD_TEXT),
        (ONE_LEG + "MORE", Reason.TRAILING),
        (ONE_LEG + "^1FF" + "A" * 255, Reason.BAD_LENGTH),
        (ONE_LEG + "^104ABC", Reason.TRUNCATED),
        (ONE_LEG + "^103ABC^", Reason.TRAILING),
    ],
)
def test_what_is_wrong_has_a_name(payload: str, reason: Reason) -> None:
    assert refusal(Format.BCBP, payload) is reason


@pytest.mark.parametrize("payload", ["M1", "M1234567", "MX" + ONE_LEG[2:], "m1" + ONE_LEG[2:], "MEMBER/4711"])
def test_what_only_starts_like_a_pass_is_plain(payload: str) -> None:
    assert read(payload) == Plain(payload.encode())
