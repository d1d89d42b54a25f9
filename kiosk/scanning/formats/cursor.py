"""Reading field after field of bytes that nobody vouches for: every step is bounded, every failure has a name."""

from kiosk.model.foreign import Reason

_DIGITS = frozenset(b"0123456789")
_HEX = frozenset(b"0123456789ABCDEFabcdef")
PRINTABLE = frozenset(range(0x20, 0x7F))


class Bad(Exception):
    """Why reading stopped. Raised and caught inside this package only."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


def require(condition: bool, reason: Reason) -> None:  # noqa: FBT001 - a condition is all it takes
    """Stop with `reason` unless `condition`."""
    if not condition:
        raise Bad(reason)


class Cursor:
    """A place in bytes that only moves forward."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    @property
    def left(self) -> int:
        """How many bytes are still to come."""
        return len(self._data) - self.at

    def take(self, size: int) -> bytes:
        """The next `size` bytes."""
        require(0 <= size <= self.left, Reason.TRUNCATED)
        self.at += size
        return self._data[self.at - size : self.at]

    def peek(self) -> bytes:
        """The next byte without reading it; b"" at the end."""
        return self._data[self.at : self.at + 1]

    def rest(self) -> bytes:
        """All that is left."""
        return self.take(self.left)

    def since(self, start: int) -> bytes:
        """What was read from `start` up to here."""
        return self._data[start : self.at]

    def byte(self) -> int:
        """The next byte as a number."""
        return self.take(1)[0]

    def text(self, size: int) -> str:
        """The next `size` bytes, which must be printable ASCII, without the blanks around them."""
        return printable(self.take(size)).strip()

    def digits(self, size: int) -> int:
        """The next `size` bytes, which must be decimal digits, as a number."""
        return digits(self.take(size))

    def hexadecimal(self, size: int) -> int:
        """The next `size` bytes, which must be hexadecimal digits, as a number."""
        taken = self.take(size)
        require(_HEX.issuperset(taken), Reason.BAD_NUMBER)
        return int(taken, 16)

    def end(self) -> None:
        """There must be nothing left."""
        require(not self.left, Reason.TRAILING)


def printable(data: bytes) -> str:
    """`data` as text; printable ASCII only."""
    require(PRINTABLE.issuperset(data), Reason.BAD_TEXT)
    return data.decode("ascii")


def digits(data: bytes) -> int:
    """`data` as a number; ASCII digits only, so that neither `int`'s signs nor its underscores pass."""
    require(bool(data) and _DIGITS.issuperset(data), Reason.BAD_NUMBER)
    return int(data)
