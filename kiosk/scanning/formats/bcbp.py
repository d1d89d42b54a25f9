"""IATA bar coded boarding passes: IATA Resolution 792, attachment A, format code M.

    item                        size  in the pass
    format code                 1     M
    number of legs encoded      1     1-4
    passenger name              20
    electronic ticket indicator 1     E or blank

    for each leg
    operating carrier PNR       7
    from, to                    3, 3  IATA airport codes
    operating carrier           3
    flight number               5
    date of flight              3     day of the year 001-366; blank for an open date
    compartment, seat           1, 4
    check-in sequence number    5
    passenger status            1
    size of what follows        2     hexadecimal; all of the leg's conditional items

    conditional, in the first leg only
    beginning of version number 1     >
    version number              1
    size of what follows        2     hexadecimal
    passenger description       1
    source of check-in          1
    source of boarding pass     1
    date of issue               4     last digit of the year, day of the year
    document type               1
    issuer of boarding pass     3
    bag tags                    13, 13, 13

    conditional, in each leg
    size of what follows        2     hexadecimal
    airline numeric code        3
    document number             10
    selectee indicator          1
    document verification       1
    marketing carrier           3
    frequent flyer airline      3
    frequent flyer number       16
    ID/AD indicator             1
    free baggage allowance      3
    fast track                  1
    for individual airline use        the rest of the leg

    after the last leg, optional
    beginning of security data  1     ^
    type of security data       1
    size of what follows        2     hexadecimal
    security data                     up to 100 characters

Either run of conditional items may end early, after a whole item; items that a later version may add are passed over.

No year stands in a flight's date. With a date of issue, the first flight is the first such day from the day of issue
on; without one, it is the such day nearest to the reference date. Each further flight follows the one before.
"""

from datetime import date

import msgspec

from kiosk.model.foreign import BoardingPass, Format, Leg, Reason
from kiosk.model.ids import EpochMs
from kiosk.scanning.formats.cursor import Bad, Cursor, digits, printable, require
from kiosk.scanning.formats.result import Foreign
from kiosk.scanning.formats.times import day_of, day_of_decade, nearest_day, next_day

_NAME = slice(2, 22)
_MANDATORY = 60
_MOST_LEGS = 4
_MOST_SECURITY = 100
_UNIQUE = (
    ("description", 1),
    ("checked_in_at", 1),
    ("issued_at", 1),
    ("issued_on", 4),
    ("document_type", 1),
    ("issuer", 3),
    ("bag_tag", 13),
    ("bag_tag_2", 13),
    ("bag_tag_3", 13),
)
_REPEATED = (
    ("airline_code", 3),
    ("document", 10),
    ("selectee", 1),
    ("document_check", 1),
    ("marketing_carrier", 3),
    ("loyalty_carrier", 3),
    ("loyalty_number", 16),
    ("discount", 1),
    ("baggage", 3),
    ("fast_track", 1),
)


def read_bcbp(payload: bytes, now_ms: EpochMs) -> Foreign | None:
    """The boarding pass in `payload`, None if it doesn't look like one. `now_ms` is the reference for its year."""
    if not _looks_like_one(payload):
        return None
    try:
        ticket = _boarding_pass(Cursor(payload), day_of(now_ms))
    except Bad as bad:
        return Foreign(Format.BCBP, payload, None, bad.reason)
    return Foreign(Format.BCBP, payload, ticket)


def _looks_like_one(payload: bytes) -> bool:
    """M and a number of legs, and then as long as a pass or at least a name as passes have it: `FAMILY/GIVEN`."""
    return payload[:1] == b"M" and payload[1:2].isdigit() and (len(payload) >= _MANDATORY or b"/" in payload[_NAME])


def _boarding_pass(cursor: Cursor, today: date) -> BoardingPass:
    cursor.take(1)
    count = cursor.digits(1)
    require(0 < count <= _MOST_LEGS, Reason.TOO_MANY)
    passenger = cursor.text(20)
    electronic = cursor.text(1) == "E"
    first, conditional = _mandatory(cursor)
    told = _unique(conditional, today)
    issued_on = told.issued_on
    legs = [_conditional(_dated(first, issued_on, today), conditional)]
    for _ in range(count - 1):
        leg, conditional = _mandatory(cursor)
        legs.append(_conditional(_dated(leg, legs[-1].flies_on or issued_on, today), conditional))
    security_type, security = _security(cursor)
    return msgspec.structs.replace(
        told,
        passenger=passenger,
        electronic=electronic,
        legs=tuple(legs),
        security_type=security_type,
        security=security,
    )


def _mandatory(cursor: Cursor) -> tuple[Leg, Cursor]:
    pnr, origin, destination, carrier, flight = (cursor.text(size) for size in (7, 3, 3, 3, 5))
    require(all(len(port) == 3 and port.isalpha() for port in (origin, destination)), Reason.BAD_TEXT)  # noqa: PLR2004
    day = cursor.text(3)
    compartment, seat, sequence, status = (cursor.text(size) for size in (1, 4, 5, 1))
    number = _day(day) if day else None
    leg = Leg(pnr, origin, destination, carrier, flight, number, None, compartment, seat, sequence, status)
    return leg, Cursor(cursor.take(cursor.hexadecimal(2)))


def _day(text: str) -> int:
    day = digits(text.encode())
    require(len(text) == 3 and 0 < day <= 366, Reason.BAD_DATE)  # noqa: PLR2004
    return day


def _unique(cursor: Cursor, today: date) -> BoardingPass:
    """What the first leg says of the whole pass; `passenger` and `legs` are filled in later."""
    empty = BoardingPass("", electronic=False, legs=())
    if cursor.peek() != b">":
        return empty
    cursor.take(1)
    version = cursor.text(1)
    items = _items(Cursor(cursor.take(cursor.hexadecimal(2))), _UNIQUE)
    issued_on = items.get("issued_on", "")
    return BoardingPass(
        "",
        electronic=False,
        legs=(),
        version=version,
        description=items.get("description", ""),
        checked_in_at=items.get("checked_in_at", ""),
        issued_at=items.get("issued_at", ""),
        issued_on=_date_of_issue(issued_on, today) if issued_on else None,
        document_type=items.get("document_type", ""),
        issuer=items.get("issuer", ""),
        bag_tags=tuple(items[key] for key in ("bag_tag", "bag_tag_2", "bag_tag_3") if items.get(key)),
    )


def _date_of_issue(text: str, today: date) -> date:
    return day_of_decade(digits(text[:1].encode()), _day(text[1:]), today)


def _conditional(leg: Leg, cursor: Cursor) -> Leg:
    if not cursor.left:
        return leg
    items = _items(Cursor(cursor.take(cursor.hexadecimal(2))), _REPEATED)
    return msgspec.structs.replace(leg, **items, airline_data=printable(cursor.rest()).rstrip())


def _items(cursor: Cursor, layout: tuple[tuple[str, int], ...]) -> dict[str, str]:
    items = {}
    for name, size in layout:
        if not cursor.left:
            break
        items[name] = cursor.text(size)
    printable(cursor.rest())
    return items


def _dated(leg: Leg, start: date | None, today: date) -> Leg:
    """The leg with its date: the first such day from `start` on, or the nearest to `today` where there is no start."""
    if leg.day is None:
        return leg
    flies_on = nearest_day(leg.day, today) if start is None else next_day(leg.day, start)
    return msgspec.structs.replace(leg, flies_on=flies_on)


def _security(cursor: Cursor) -> tuple[str, str]:
    kind, data = "", ""
    if cursor.peek() == b"^":
        cursor.take(1)
        kind = cursor.text(1)
        size = cursor.hexadecimal(2)
        require(size <= _MOST_SECURITY, Reason.BAD_LENGTH)
        data = printable(cursor.take(size))
    # Some airlines pad the whole pass with blanks.
    require(not printable(cursor.rest()).strip(), Reason.TRAILING)
    return kind, data
