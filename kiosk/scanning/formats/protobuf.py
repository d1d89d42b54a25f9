"""Just enough of the protobuf wire format to read one flat message: varints, and texts by their length.

Source: Protocol Buffers, "Encoding". A message is a run of records, each a varint key (field number * 8 + wire type)
and a value: wire type 0 a varint of at most ten bytes, 1 eight bytes, 2 a varint length and that many bytes, 5 four
bytes. Groups (3 and 4) are out of use and refused. As every parser does, of a field given twice the last one counts.
"""

from kiosk.model.foreign import Reason
from kiosk.scanning.formats.cursor import Bad, Cursor, require

_VARINT_BYTES = 10
_MOST_RECORDS = 64


def read_message(data: bytes) -> dict[int, int | bytes]:
    """Field number to value; unknown fields are there too. Stops for anything malformed."""
    cursor = Cursor(data)
    fields: dict[int, int | bytes] = {}
    for _ in range(_MOST_RECORDS):
        if not cursor.left:
            return fields
        key = _varint(cursor)
        require(key >> 3 > 0, Reason.BAD_ENCODING)
        fields[key >> 3] = _value(cursor, key & 7)
    raise Bad(Reason.TOO_MANY)


def _value(cursor: Cursor, wire_type: int) -> int | bytes:
    match wire_type:
        case 0:
            return _varint(cursor)
        case 1:
            return cursor.take(8)
        case 2:
            return cursor.take(_varint(cursor))
        case 5:
            return cursor.take(4)
        case _:
            raise Bad(Reason.BAD_ENCODING)


def _varint(cursor: Cursor) -> int:
    number = 0
    for place in range(_VARINT_BYTES):
        byte = cursor.byte()
        number |= (byte & 0x7F) << 7 * place
        if byte < 0x80:  # noqa: PLR2004 - the top bit says that more follows
            require(number < 1 << 64, Reason.BAD_NUMBER)
            return number
    raise Bad(Reason.BAD_ENCODING)
