r"""GS1 element strings: GS1 General Specifications section 7.8, and GS1 Digital Link URIs (`digitallink`).

An element string is a run of application identifiers with their values. A value ends where its format says so
(section 7.8.5) or at the separator FNC1, which readers give as GS (0x1D). That a symbol speaks GS1 at all is said by an
FNC1 in its first place, which a reader gives as its AIM symbology identifier (`]C1`, `]e0`, `]d2`, `]Q3`, `]J1`), as GS,
or not at all. So:

    ]d201…  and  \x1d01…    is an element string, or a broken one
    01…                     is one if all of it reads as one and says what thing it is; else it is plain text
    (01)…(10)…              the same, as people write it
"""

from collections.abc import Iterable
from datetime import date

from kiosk.model.foreign import Format, Gs1Element, Gs1Item, Reason
from kiosk.model.ids import EpochMs
from kiosk.scanning.formats.cursor import Bad, require
from kiosk.scanning.formats.digitallink import is_link, read_link
from kiosk.scanning.formats.gs1fields import FIELDS, KEYS, field_at
from kiosk.scanning.formats.result import Foreign
from kiosk.scanning.formats.times import day_of

_MARKS = (b"]C1", b"]e0", b"]d2", b"]Q3", b"]J1")
_SEPARATOR = "\x1d"
_MOST_ELEMENTS = 64


def read_gs1(payload: bytes, now_ms: EpochMs) -> Foreign | None:
    """The element string or link in `payload`, None if it is neither. Two-digit years are those around `now_ms`."""
    if not payload.isascii():
        return None
    marked, text = _unmarked(payload)
    today = day_of(now_ms)
    try:
        if is_link(text):
            return _found(payload, read_link(text, today))
        elements = _bracketed(text, today) if text.startswith("(") else _elements(text, today)
        require(marked or not KEYS.isdisjoint(element.ai for element in elements), Reason.MISSING_FIELD)
    except Bad as bad:
        return Foreign(Format.GS1, payload, None, bad.reason) if marked or is_link(text) else None
    return _found(payload, Gs1Item(elements))


def _found(payload: bytes, item: Gs1Item) -> Foreign:
    bracketed = item.bracketed.encode()
    return Foreign(Format.GS1, payload, item, aliases=() if bracketed == payload else (bracketed,))


def _unmarked(payload: bytes) -> tuple[bool, str]:
    """Whether the payload says that it is GS1's, and the rest of it."""
    bare = payload[3:] if payload[:3] in _MARKS else payload
    marked = bare is not payload or bare[:1] == _SEPARATOR.encode()
    return marked, bare.decode("ascii").removeprefix(_SEPARATOR)


def _elements(text: str, today: date) -> tuple[Gs1Element, ...]:
    """The elements in scanned form: identifiers and values with separators where they are needed."""
    elements: list[Gs1Element] = []
    while text:
        require(len(elements) < _MOST_ELEMENTS, Reason.TOO_MANY)
        field = field_at(text)
        text = text.removeprefix(field.ai)
        if field.predefined:
            value, text = text[: field.most], text[field.most :].removeprefix(_SEPARATOR)
        else:
            value, _, text = text.partition(_SEPARATOR)
        elements.append(field.element(value, today))
    return _checked(elements)


def _bracketed(text: str, today: date) -> tuple[Gs1Element, ...]:
    """The elements as people write them. A value may hold brackets, as long as they are no identifier's."""
    found: list[list[str]] = []
    for piece in text[1:].split("("):
        ai, closed, value = piece.partition(")")
        if closed and ai in FIELDS:
            require(len(found) < _MOST_ELEMENTS, Reason.TOO_MANY)
            found.append([ai, value])
        else:
            require(bool(found), Reason.UNKNOWN_FIELD)
            found[-1][1] += "(" + piece
    return _checked(FIELDS[ai].element(value, today) for ai, value in found)


def _checked(elements: Iterable[Gs1Element]) -> tuple[Gs1Element, ...]:
    """An identifier may come twice only with the same value (section 4.14)."""
    unique: dict[str, Gs1Element] = {}
    for element in elements:
        require(unique.setdefault(element.ai, element).value == element.value, Reason.REPEATED_FIELD)
    require(bool(unique), Reason.MISSING_FIELD)
    return tuple(unique.values())
