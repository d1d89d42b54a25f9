"""What the flexible content of a rail ticket (U_FLEX) says, read with the schema in `railschema`.

Days inside count from the day of issue, which is in UTC; they are days at the place they are about.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

from kiosk.model.foreign import Reason
from kiosk.model.rail import RailContent, RailDocument, RailKind, RailRecord
from kiosk.scanning.formats.cursor import Bad, require
from kiosk.scanning.formats.railschema import VERSIONS, schema
from kiosk.scanning.formats.times import moment

NAME = "U_FLEX"
_LARGEST = 1500
"""Bytes. What is bigger does not fit into a code beside its envelope, unless it is made to take long."""
_LONGEST_TEXT = 80
_DAY = timedelta(days=1)
_KINDS: Mapping[str, RailKind] = {
    "reservation": RailKind.RESERVATION,
    "openTicket": RailKind.OPEN_TICKET,
    "pass": RailKind.PASS,
    "stationPassage": RailKind.STATION_PASSAGE,
    "carCarriage": RailKind.CAR_CARRIAGE,
    "voucher": RailKind.VOUCHER,
    "customerCard": RailKind.CUSTOMER_CARD,
    "counterMark": RailKind.COUNTER_MARK,
    "parking": RailKind.PARKING,
    "fipTicket": RailKind.FIP_TICKET,
    "delayConfirmation": RailKind.DELAY_CONFIRMATION,
}

_Fields = Mapping[str, Any]


def read_content(records: tuple[RailRecord, ...]) -> RailContent | None:
    """The content of the ticket's U_FLEX record; None where there is none, or one of a version not known here.

    Stops with `REPEATED_FIELD`, `TOO_LARGE`, `TOO_MANY`, `BAD_DATE`, `BAD_TEXT` or, for bits that are no such content,
    `BAD_ENCODING`.
    """
    flexible = [record for record in records if record.name == NAME]
    require(len(flexible) <= 1, Reason.REPEATED_FIELD)
    if not flexible or flexible[0].version not in VERSIONS:
        return None
    body = flexible[0].body
    require(len(body) <= _LARGEST, Reason.TOO_LARGE)
    version = VERSIONS[flexible[0].version]
    counted = _decode(version, "Counted", body)["body"]
    documents = counted.get("documents", {"long": False, "count": 0})
    require(not documents["long"], Reason.TOO_MANY)
    first = _decode(version, "Ticket", body)["body"]["documents"]["first"] if documents["count"] else None
    return _content(version, counted, documents["count"], first)


@cache
def _compiled(version: int) -> Any:
    # Loaded with the first such ticket (a tenth of a second): no kiosk without rail travellers has to carry it.
    import asn1tools  # noqa: PLC0415

    return asn1tools.compile_string(schema(version), "uper")


def _decode(version: int, name: str, body: bytes) -> _Fields:
    try:
        fields: _Fields = _compiled(version).decode(name, body)
    except Exception as error:  # the library has no one base for what bits of every kind make it raise
        raise Bad(Reason.BAD_ENCODING) from error
    return fields


def _content(version: int, counted: _Fields, documents: int, first: _Fields | None) -> RailContent:
    issuing = counted["issuing"]
    issued_on = _day_of_year(issuing["year"], issuing["day"])
    hour, minute = divmod(issuing.get("time", 0), 60)
    day, hour = divmod(hour, 24)
    issued_day = issued_on + day * _DAY
    return RailContent(
        version=version,
        issuer=_either(issuing, "issuer"),
        issuer_name=_text(issuing.get("issuerName")),
        issued_at=moment(issued_day.year, issued_day.month, issued_day.day, hour, minute),
        pnr=_text(issuing.get("pnr")),
        specimen=issuing["specimen"],
        activated=issuing["activated"],
        travelers=tuple(_name(person) for person in counted.get("travelers", {}).get("persons", ())),
        documents=documents,
        first=None if first is None else _document(first["body"]["ticket"], issued_on),
    )


def _document(ticket: tuple[str | None, Any], issued_on: date) -> RailDocument:
    kind = _KINDS.get(ticket[0] or "", RailKind.OTHER)
    fields = (ticket[1] or {}).get("body", {}) if kind.is_read else {}
    since, until, minute = _validity(kind, fields, issued_on)
    return RailDocument(
        kind=kind,
        reference=_either(fields, "reference"),
        product=_either(fields, "product"),
        description=_text(fields.get("description") or fields.get("brandName") or fields.get("brandShort")),
        origin=_text(fields.get("fromName")) or _either(fields, "from") or _first(fields, "station"),
        destination=_text(fields.get("toName")) or _either(fields, "to"),
        train=_either(fields, "train"),
        valid_from=since,
        valid_until=until,
        departs_at_minute=minute,
    )


def _validity(kind: RailKind, fields: _Fields, issued_on: date) -> tuple[date | None, date | None, int | None]:
    """First and last day, and the minute of the day at which a reserved train departs."""
    if not kind.is_read:
        return None, None, None
    if kind is RailKind.RESERVATION:
        day = issued_on + fields["departureDay"] * _DAY
        return day, day, fields["departureTime"]
    since = issued_on + fields["fromDay"] * _DAY
    return since, since + fields["untilDay"] * _DAY, None


def _day_of_year(year: int, day: int) -> date:
    found = date(year, 1, 1) + (day - 1) * _DAY
    require(found.year == year, Reason.BAD_DATE)
    return found


def _name(person: _Fields) -> str:
    parts = (_text(person.get(key)) for key in ("firstName", "secondName", "lastName"))
    return " ".join(part for part in parts if part)


def _either(fields: _Fields, name: str) -> str:
    """A number or text that comes in one of two shapes; "" for neither."""
    number = fields.get(f"{name}Num")
    return _text(fields.get(f"{name}IA5")) if number is None else str(number)


def _first(fields: _Fields, name: str) -> str:
    """The first of a list that comes in one of three shapes."""
    for key in (f"{name}Name", f"{name}IA5", f"{name}Num"):
        for value in fields.get(key, ()):
            return _text(str(value))
    return ""


def _text(value: str | None) -> str:
    text = value or ""
    require(len(text) <= _LONGEST_TEXT and (not text or text.isprintable()), Reason.BAD_TEXT)
    return text.strip()
