"""GS1 Digital Link URIs, read as data and never opened: GS1 Digital Link Standard, URI Syntax, section 4.

    scheme://host/any/path/KEY/value/QUALIFIER/value?AI=value&other=value#fragment

The key is the last primary key (section 4.3) in the path whose value could be one; its qualifiers follow in the
standard's order (section 4.5), any of them left out. Attributes stand in the query (section 4.10); parameters that are no
application identifier are somebody else's and passed over. Values are percent-encoded (RFC 3986 section 2.1). A GTIN of 8, 12
or 13 digits, which older links have, is filled up with zeros to 14.

A link that names no key in that way is any link: plain text.
"""

from collections.abc import Iterator
from datetime import date

from kiosk.model.foreign import Gs1Element, Gs1Item, Reason
from kiosk.scanning.formats.cursor import Bad, require
from kiosk.scanning.formats.gs1fields import FIELDS, KEYS

_SCHEMES = ("http://", "https://")
_GTIN_LENGTHS = (8, 12, 13)
_MOST_PARTS = 64
_LONGEST_HOST = 253
_QUALIFIERS = {
    "01": ("22", "10", "21", "235"),
    "8006": ("22", "10", "21"),
    "414": ("254", "7040"),
    "417": ("7040",),
    "8004": ("7040",),
    "8010": ("8011",),
    "8017": ("8019",),
    "8018": ("8019",),
}
_HEX = frozenset("0123456789abcdefABCDEF")


def is_link(text: str) -> bool:
    """Whether `text` is a web address that names a GS1 key, be it with a wrong check digit."""
    return _key_at(text) is not None


def read_link(text: str, today: date) -> Gs1Item:
    """What the link says. Only for text that `is_link`; stops with the reason if a value is wrong."""
    host, segments, query = _parts(text)
    start = _key_at(text) or 0
    pairs = [(segments[at], _decoded(segments[at + 1])) for at in range(start, len(segments), 2)]
    key, value = pairs[0]
    pairs[0] = (key, value.zfill(14) if key == "01" else value)
    # One pass over the allowed names takes any of them, in order and once.
    names = iter(_QUALIFIERS.get(key, ()))
    require(all(ai in names for ai, _ in pairs[1:]), Reason.UNKNOWN_FIELD)
    pairs += _attributes(query)
    require(len({ai for ai, _ in pairs}) == len(pairs), Reason.REPEATED_FIELD)
    return Gs1Item(tuple(_elements(pairs, today)), host)


def _elements(pairs: list[tuple[str, str]], today: date) -> Iterator[Gs1Element]:
    return (FIELDS[ai].element(value, today) for ai, value in pairs)


def _parts(text: str) -> tuple[str, list[str], str]:
    rest = text.partition("://")[2].partition("#")[0]
    address, _, query = rest.partition("?")
    host, *segments = address.split("/")
    return host.lower(), segments, query


def _key_at(text: str) -> int | None:
    """Which segment of the path is the key."""
    if not text.isprintable() or not text[:8].lower().startswith(_SCHEMES):
        return None
    host, segments, _ = _parts(text)
    if not 0 < len(host) <= _LONGEST_HOST or len(segments) > _MOST_PARTS:
        return None
    # From the end, two by two: what follows the key are pairs.
    places = range(len(segments) - 2, -1, -2)
    return next((at for at in places if segments[at] in KEYS and _could_be(*segments[at : at + 2])), None)


def _could_be(key: str, value: str) -> bool:
    if key == "01" and len(value) in _GTIN_LENGTHS:
        return value.isdigit()
    return FIELDS[key].fits(_percent_decoded(value) or "")


def _attributes(query: str) -> list[tuple[str, str]]:
    parameters = query.replace(";", "&").split("&")
    require(len(parameters) <= _MOST_PARTS, Reason.TOO_MANY)
    pairs = (parameter.partition("=") for parameter in parameters)
    return [(name, _decoded(value)) for name, _, value in pairs if name in FIELDS]


def _decoded(text: str) -> str:
    """`text` without its percent encoding, byte by byte: no value has anything but ASCII."""
    decoded = _percent_decoded(text)
    if decoded is None:
        raise Bad(Reason.BAD_ENCODING)
    return decoded


def _percent_decoded(text: str) -> str | None:
    first, *others = text.split("%")
    if not all(len(piece) > 1 and _HEX.issuperset(piece[:2]) for piece in others):
        return None
    return first + "".join(chr(int(piece[:2], 16)) + piece[2:] for piece in others)
