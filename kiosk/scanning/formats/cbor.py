"""A reader of CBOR (RFC 8949) for data that nobody vouches for.

It takes what tokens are made of, in definite and indefinite length (section 3.2): integers, byte and text strings,
arrays, maps with integer or text keys, floats, and the simple values false, true, null and undefined. A tag (section 3.4)
is read past and never acted on, so none can make a value that is larger, deeper or livelier than its bytes. Bounded are
nesting and the number of items; a key given twice (section 5.6) is refused.
"""

import struct
from collections.abc import Iterator
from typing import TypeAlias

from kiosk.model.foreign import Reason
from kiosk.scanning.formats.cursor import Bad, Cursor, require

Value: TypeAlias = "int | float | bytes | str | bool | list[Value] | dict[int | str, Value] | None"

MOST_DEPTH = 12
MOST_ITEMS = 2048
_INDEFINITE = 31
_BREAK = b"\xff"
_FLOATS = {25: ">e", 26: ">f", 27: ">d"}
_SIMPLE: dict[int, bool | None] = {20: False, 21: True, 22: None, 23: None}
# Major types (section 3.1).
BYTES, TEXT, ARRAY, MAP, TAG = 2, 3, 4, 5, 6


class CborReader:
    """Items one after the other. `cursor` is public: `cursor.since` gives an item's bytes as they stand."""

    def __init__(self, data: bytes) -> None:
        self.cursor = Cursor(data)
        self._items = 0

    def item(self, depth: int = 0) -> Value:
        """The next item with all that is in it."""
        self._items += 1
        require(self._items <= MOST_ITEMS, Reason.TOO_MANY)
        require(depth <= MOST_DEPTH, Reason.TOO_DEEP)
        major, info = self._head()
        match major:
            case 0 | 1:
                return self._size(info) if major == 0 else -1 - self._size(info)
            case 2 | 3:
                return self._string(major, info)
            case 4:
                return [self.item(depth + 1) for _ in self._members(info)]
            case 5:
                return self._map(info, depth + 1)
            case 6:
                self._size(info)
                return self.item(depth + 1)
            case _:
                return self._other(info)

    def members(self, major: int) -> Iterator[None]:
        """Enter the array or map that comes next, past its tags: one turn for each member, which the caller reads."""
        found, info = self._head()
        for _ in range(MOST_DEPTH):
            if found != TAG:
                break
            self._size(info)
            found, info = self._head()
        require(found == major, Reason.BAD_ENCODING)
        yield from self._members(info)

    def _head(self) -> tuple[int, int]:
        byte = self.cursor.byte()
        return byte >> 5, byte & 31

    def _size(self, info: int) -> int:
        if info < 24:  # noqa: PLR2004 - section 3: the value itself, then 1, 2, 4 or 8 bytes of it
            return info
        require(info <= 27, Reason.BAD_ENCODING)  # noqa: PLR2004
        return int.from_bytes(self.cursor.take(1 << info - 24), "big")

    def _string(self, major: int, info: int) -> bytes | str:
        if info == _INDEFINITE:
            pieces = [self._piece(major) for _ in self._members(info)]
        else:
            pieces = [self.cursor.take(self._size(info))]
        try:
            return b"".join(pieces) if major == BYTES else "".join(piece.decode() for piece in pieces)
        except UnicodeDecodeError as error:
            raise Bad(Reason.BAD_TEXT) from error

    def _piece(self, major: int) -> bytes:
        """One chunk of a string of indefinite length, itself of definite length (section 3.2.3)."""
        self._items += 1
        require(self._items <= MOST_ITEMS, Reason.TOO_MANY)
        found, info = self._head()
        require(found == major, Reason.BAD_ENCODING)
        return self.cursor.take(self._size(info))

    def _members(self, info: int) -> Iterator[None]:
        """One turn for each member of an array or map whose head was just read."""
        if info != _INDEFINITE:
            for _ in range(self._size(info)):
                yield
            return
        while self.cursor.peek() != _BREAK:
            yield
        self.cursor.take(1)

    def _map(self, info: int, depth: int) -> dict[int | str, Value]:
        found: dict[int | str, Value] = {}
        for _ in self._members(info):
            key = self.item(depth)
            if isinstance(key, bool) or not isinstance(key, int | str):
                raise Bad(Reason.BAD_ENCODING)
            require(key not in found, Reason.REPEATED_FIELD)
            found[key] = self.item(depth)
        return found

    def _other(self, info: int) -> float | bool | None:
        layout = _FLOATS.get(info)
        if layout is not None:
            number: float = struct.unpack(layout, self.cursor.take(struct.calcsize(layout)))[0]
            return number
        require(info in _SIMPLE, Reason.BAD_ENCODING)
        return _SIMPLE[info]
