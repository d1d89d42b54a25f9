"""The GS1 application identifiers that are read here, and what their values must be.

Source: GS1 General Specifications, figure 3.2-1 (identifiers and formats), section 7.8.5 (which end without a
separator), section 7.9 (check digit), section 7.11 (character sets 82, 39 and 64).

A format is one or more parts one behind the other: `n` digits, `x` characters of set 82, `y` of set 39, `z` of set 64;
then the length, or the shortest and the longest; then what else holds:

    k   the last digit is a check digit
    d   a date YYMMDD, day 00 for the month's last
    h   hours 00-23, m minutes 00-59
"""

import string
from collections.abc import Iterator
from datetime import date

import msgspec

from kiosk.model.foreign import Gs1Element, Reason
from kiosk.scanning.formats.cursor import Bad, require
from kiosk.scanning.formats.times import short_date

_TABLE = """
00 n18k | 01-03 n14k | 10 x1-20 | 11-13 n6d | 15-17 n6d | 20 n2 | 21-22 x1-20
235 x1-28 | 240-241 x1-30 | 242 n1-6 | 243 x1-20 | 250-251 x1-30 | 253 n13k x0-17 | 254 x1-20 | 255 n13k n0-12
30 n1-8 | 37 n1-8 | 3900-3909 n1-15 | 3910-3919 n3 n1-15 | 3920-3929 n1-15 | 3930-3939 n3 n1-15 | 3940-3943 n4
3950-3955 n6 | 400-401 x1-30 | 402 n17k | 403 x1-30 | 410-417 n13k | 420 x1-20 | 421 n3 x1-9 | 422 n3 | 423 n3 n0-12
424 n3 | 425 n3 n0-12 | 426 n3 | 427 x1-3 | 4300-4301 x1-35 | 4302-4306 x1-70 | 4307 x2 | 4308 x1-30 | 4309 n20
4310-4311 x1-35 | 4312-4316 x1-70 | 4317 x2 | 4318 x1-20 | 4319 x1-30 | 4320 x1-35 | 4321-4323 n1
4324-4325 n6d n2h n2m | 4326 n6d | 4330-4333 n6 x0-1 | 7001 n13 | 7002 x1-30 | 7003 n6d n2h n2m | 7004 n1-4
7005 x1-12 | 7006 n6d | 7007 n6d n0-6d | 7008 x1-3 | 7009 x1-10 | 7010 x1-2 | 7011 n6d n0-4 | 7020-7022 x1-20
7023 x1-30 | 7030-7039 n3 x1-27 | 7040 n1 x3 | 7041 x1-4 | 710-717 x1-20 | 7230-7239 x2-30 | 7240 x1-20 | 7241 n2
7242 x1-25 | 7250 n8 | 7251 n12 | 7252 n1 | 7253-7254 x1-40 | 7255 x1-10 | 7256 x1-90 | 7257 x1-70 | 7258 n1 x1 n1
7259 x1-40 | 8001 n14 | 8002 x1-20 | 8003 n14k x0-16 | 8004 x1-30 | 8005 n6 | 8006 n14k n4 | 8007 x1-34
8008 n8 n0-4 | 8009 x1-50 | 8010 y1-30 | 8011 n1-12 | 8012 x1-20 | 8013 x1-25 | 8017-8018 n18k | 8019 n1-10
8020 x1-25 | 8026 n14k n4 | 8030 z1-90 | 8110 x1-70 | 8111 n4 | 8112 x1-70 | 8200 x1-70 | 90 x1-30 | 91-99 x1-90
"""
_MEASURES = ((310, 316), (320, 337), (340, 357), (360, 369))
"""Trade and logistic measures: three digits and the number of decimals, 0-5; six digits."""
_MOST_DECIMALS = 5
_DIGITS = frozenset(string.digits)
_SETS = {
    "n": _DIGITS,
    "x": frozenset("!\"%&'()*+,-./_:;<=>?" + string.digits + string.ascii_letters),
    "y": frozenset("#-/" + string.digits + string.ascii_uppercase),
    "z": frozenset("-_=" + string.digits + string.ascii_letters),
}
_DATE = 6
_LIMITS = {"h": 23, "m": 59}
_PREDEFINED = {"00", "01", "02", "03", "04", *map(str, range(11, 21)), *map(str, range(31, 37)), "41"}
KEYS = frozenset(("00", "01", "253", "255", "401", "402", "414", "417", "8003", "8004", "8006", "8010", "8013")) | {
    "8017",
    "8018",
}
"""Identifiers that say alone what a thing is: the primary keys of GS1 Digital Link, section 4.3."""


class _Part(msgspec.Struct, frozen=True):
    characters: str
    least: int
    most: int
    check: str


class Field(msgspec.Struct, frozen=True):
    """One application identifier and the parts of its value."""

    ai: str
    parts: tuple[_Part, ...]

    @property
    def least(self) -> int:
        """The shortest value."""
        return sum(part.least for part in self.parts)

    @property
    def most(self) -> int:
        """The longest value."""
        return sum(part.most for part in self.parts)

    @property
    def predefined(self) -> bool:
        """Whether its length is known from its first two digits, so that no separator need follow."""
        return self.ai[:2] in _PREDEFINED

    def fits(self, value: str) -> bool:
        """Whether length and characters of `value` are right, whatever its check digits say."""
        return self.least <= len(value) <= self.most and all(
            _SETS[part.characters].issuperset(piece) for part, piece in self._pieces(value)
        )

    def element(self, value: str, today: date) -> Gs1Element:
        """The checked value. Stops with the reason if it isn't one."""
        require(self.least <= len(value) <= self.most, Reason.BAD_LENGTH)
        require(self.fits(value), Reason.BAD_TEXT)
        days = [_checked(part.check, piece, today) for part, piece in self._pieces(value) if part.check and piece]
        return Gs1Element(self.ai, value, next((day for day in days if day is not None), None))

    def _pieces(self, value: str) -> Iterator[tuple[_Part, str]]:
        at = 0
        for part in self.parts:
            yield part, value[at : at + part.most]
            at += part.most


def check_digit(digits: str) -> str:
    """The check digit of `digits`: weights 3 and 1 in turn from the right (section 7.9)."""
    total = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def _checked(check: str, piece: str, today: date) -> date | None:
    """The date in `piece`, if it is one."""
    match check:
        case "k":
            require(check_digit(piece[:-1]) == piece[-1], Reason.BAD_CHECK_DIGIT)
        case "d":
            require(len(piece) == _DATE, Reason.BAD_LENGTH)
            return short_date(piece, today)
        case _:
            require(int(piece) <= _LIMITS[check], Reason.BAD_DATE)
    return None


def field_at(text: str) -> Field:
    """The field whose identifier `text` starts with. Stops with `UNKNOWN_FIELD` if there is none."""
    for size in (2, 3, 4):
        field = FIELDS.get(text[:size])
        if field is not None:
            return field
    raise Bad(Reason.UNKNOWN_FIELD)


def _part(text: str) -> _Part:
    check = text[-1] if text[-1].isalpha() else ""
    least, _, most = text[1:].removesuffix(check).partition("-")
    return _Part(text[0], int(least), int(most or least), check)


def _fields() -> Iterator[Field]:
    for row in _TABLE.strip().replace("\n", "|").split("|"):
        identifiers, *formats = row.split()
        low, _, high = identifiers.partition("-")
        for number in range(int(low), int(high or low) + 1):
            yield Field(str(number).zfill(len(low)), tuple(map(_part, formats)))
    for start, end in _MEASURES:
        for number in range(start * 10, end * 10 + 10):
            if number % 10 <= _MOST_DECIMALS:
                yield Field(str(number), (_part("n6"),))


FIELDS = {field.ai: field for field in _fields()}
"""By application identifier."""
