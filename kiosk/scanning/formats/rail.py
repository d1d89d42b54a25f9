"""Rail tickets: the envelope of UIC 918.3 (version 1) and UIC IRS 90918-9 (version 2), as in ERA TAP TSI B.12.

    message type            3   #UT
    version                 2   01 or 02
    issuer                  4   company code (RICS), digits or letters
    key id                  5
    signature                   version 1: 50 bytes, a DSA signature in DER, zeros behind it
                                version 2: 64 bytes, r and s of 32 bytes each
    size of what follows    4   digits
    records                     one zlib stream; the signature is over these compressed bytes

and in the stream one record after the other, each

    name                    6   U_HEAD, U_TLAY, U_FLEX, or an issuer's own
    version                 2
    size                    4   digits; these 12 bytes and the body
    body

U_HEAD version 01 (41 bytes of body): issuer 4, unique ticket key 20, time of issue 12 (DDMMYYYYHHMM, UTC), flags 1,
language 2, second language 2.

U_FLEX is read as far as `railcontent` goes. U_TLAY and the issuers' own records are kept as they are: checked in size and
number, not in content. A ticket is known here by its keyed hash, so one whose U_FLEX can't be read is still a ticket.
A specimen is none, nor is one whose days are over, or still to come, everywhere on earth.
"""

from datetime import date, timedelta

from kiosk.model.foreign import Format, Proof, RailTicket, Reason
from kiosk.model.ids import EpochMs
from kiosk.model.rail import RailContent, RailHead, RailRecord
from kiosk.model.trust import RailKey, Trust
from kiosk.scanning.formats.cursor import Bad, Cursor, require
from kiosk.scanning.formats.inflate import inflate
from kiosk.scanning.formats.railcontent import read_content
from kiosk.scanning.formats.result import Foreign
from kiosk.scanning.formats.signatures import dss_der, is_dsa
from kiosk.scanning.formats.times import day_of, moment

PREFIX = b"#UT"
_SIGNATURE_BYTES = {1: 50, 2: 64}
_LARGEST = 65_536
"""Real bodies unpack to less than 2 KiB."""
_MOST_RECORDS = 32
_RECORD_HEAD = 12
_HEAD_BYTES = 41
_DER_SEQUENCE = 0x30
_MARGIN = timedelta(days=1)


def read_rail(payload: bytes, trust: Trust, now_ms: EpochMs) -> Foreign | None:
    """The ticket in `payload`, None if it has another prefix."""
    if not payload.startswith(PREFIX):
        return None
    try:
        ticket = _ticket(Cursor(payload[len(PREFIX) :]), trust)
    except Bad as bad:
        return Foreign(Format.RAIL, payload, None, bad.reason)
    return Foreign(Format.RAIL, payload, ticket, _problem(ticket.content, day_of(now_ms)))


def _ticket(cursor: Cursor, trust: Trust) -> RailTicket:
    version = cursor.digits(2)
    require(version in _SIGNATURE_BYTES, Reason.UNKNOWN_VERSION)
    issuer = _company(cursor)
    key_id = cursor.text(5)
    signature = cursor.take(_SIGNATURE_BYTES[version])
    packed = cursor.take(cursor.digits(4))
    cursor.end()
    keys = [key for key in trust.rail_keys if (key.issuer, key.key_id) == (issuer, key_id)]
    proof = _proof(keys, _as_der(version, signature), packed)
    records = _records(Cursor(inflate(packed, _LARGEST)))
    content, problem = _flexible(records)
    return RailTicket(version, issuer, key_id, signature, records, _head(records), proof, content, problem)


def _flexible(records: tuple[RailRecord, ...]) -> tuple[RailContent | None, Reason | None]:
    try:
        return read_content(records), None
    except Bad as bad:
        return None, bad.reason


def _problem(content: RailContent | None, today: date) -> Reason | None:
    """Why the content alone is reason enough to refuse. Its days are local ones somewhere, hence a day's margin."""
    if content is None:
        return None
    if content.specimen:
        return Reason.BLOCKED
    first = content.first
    if first is None or content.documents > 1:
        return None
    if first.valid_until is not None and today > first.valid_until + _MARGIN:
        return Reason.EXPIRED
    if first.valid_from is not None and today < first.valid_from - _MARGIN:
        return Reason.NOT_YET_VALID
    return None


def _company(cursor: Cursor) -> str:
    code = cursor.text(4)
    require(len(code) == 4 and code.isalnum(), Reason.BAD_TEXT)  # noqa: PLR2004
    return code


def _proof(keys: list[RailKey], signature: bytes, packed: bytes) -> Proof:
    if not keys:
        return Proof.UNCHECKED
    require(any(is_dsa(key.public, key.digest, signature, packed) for key in keys), Reason.BAD_SIGNATURE)
    return Proof.GOOD


def _as_der(version: int, signature: bytes) -> bytes:
    """The signature as DER alone. What is no DER sequence stays as it is and verifies nothing."""
    if version != 1:
        return dss_der(signature)
    size = signature[1] + 2 if signature[0] == _DER_SEQUENCE else len(signature)
    return signature if any(signature[size:]) else signature[:size]


def _records(cursor: Cursor) -> tuple[RailRecord, ...]:
    records: list[RailRecord] = []
    while cursor.left:
        require(len(records) < _MOST_RECORDS, Reason.TOO_MANY)
        name, version, size = cursor.text(6), cursor.text(2), cursor.digits(4)
        require(size >= _RECORD_HEAD, Reason.BAD_LENGTH)
        records.append(RailRecord(name, version, cursor.take(size - _RECORD_HEAD)))
    require(bool(records), Reason.MISSING_FIELD)
    return tuple(records)


def _head(records: tuple[RailRecord, ...]) -> RailHead | None:
    heads = [record for record in records if record.name == "U_HEAD"]
    require(len(heads) <= 1, Reason.REPEATED_FIELD)
    if not heads:
        return None
    require(heads[0].version == "01", Reason.UNKNOWN_VERSION)
    body = heads[0].body
    require(len(body) == _HEAD_BYTES, Reason.BAD_LENGTH)
    cursor = Cursor(body)
    issuer = _company(cursor)
    ticket = cursor.text(20)
    day, month, year, hour, minute = (cursor.digits(size) for size in (2, 2, 4, 2, 2))
    flags = cursor.digits(1)
    languages = tuple(language for language in (cursor.text(2), cursor.text(2)) if language)
    return RailHead(issuer, ticket, moment(year, month, day, hour, minute), flags, languages)
