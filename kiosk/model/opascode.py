"""The layout of Opas's own signed codes, shared by the hub that issues them and the touchpoint that checks them.

A code is the text `OP1:` followed by the base45 (RFC 9285) of

    byte  0       kind: 1 loyalty, 2 order, 3 ticket
    byte  1       key id of the issuer
    bytes 2-9     identifier, 8 bytes
    bytes 10-13   valid from, seconds since the Unix epoch, unsigned big-endian
    bytes 14-17   valid until, the same; 0 for no end
    bytes 18-19   site: the first two bytes of the SHA-256 of the site's id; 0 for every site
    bytes 20-83   Ed25519 signature of the ASCII bytes `OP1:` and bytes 0-19

130 characters of the alphanumeric set: a QR code of version 6 at error correction level M. The signature is made and
checked elsewhere; this module only packs and unpacks, so that it stays pure.
"""

import hashlib
import struct
from enum import IntEnum

import msgspec

from kiosk.model.ids import EpochMs, SiteId

PREFIX = b"OP1:"
_HEAD = struct.Struct(">BB8sIIH")
IDENTIFIER_BYTES = 8
SIGNATURE_BYTES = 64
MS_PER_SECOND = 1000
_PACKED_BYTES = _HEAD.size + SIGNATURE_BYTES
_ALPHABET = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUE_OF = {byte: value for value, byte in enumerate(_ALPHABET)}
TEXT_LENGTH = len(PREFIX) + _PACKED_BYTES // 2 * 3 + (_PACKED_BYTES % 2) * 2


class CodeKind(IntEnum):
    """What an Opas code stands for."""

    LOYALTY = 1
    ORDER = 2
    TICKET = 3


class OpasCode(msgspec.Struct, frozen=True):
    """One signed code, unpacked. `identifier` is 16 hex digits; times are milliseconds, `valid_until` None for no end.

    `site` is a `site_tag`, 0 for a code that counts at every site.
    """

    kind: CodeKind
    key_id: int
    identifier: str
    valid_from: EpochMs
    valid_until: EpochMs | None
    site: int = 0


class MalformedCode(ValueError):
    """The payload starts like an Opas code but is not one; the message says where it breaks."""


def site_tag(site: SiteId) -> int:
    """The two bytes that bind a code to a site; never 0."""
    return int.from_bytes(hashlib.sha256(site.encode()).digest()[:2], "big") or 1


def signed_part(code: OpasCode) -> bytes:
    """The bytes that the issuer signs: prefix and head. Raises `ValueError` for a field out of range."""
    identifier = bytes.fromhex(code.identifier)
    if len(identifier) != IDENTIFIER_BYTES:
        # struct would cut or pad it without a word.
        msg = f"an identifier has {IDENTIFIER_BYTES} bytes, not {len(identifier)}"
        raise ValueError(msg)
    if code.valid_until is not None and code.valid_until < MS_PER_SECOND:
        msg = "an end within the first second of the Unix epoch can't be told from no end"
        raise ValueError(msg)
    try:
        head = _HEAD.pack(
            code.kind,
            code.key_id,
            identifier,
            code.valid_from // MS_PER_SECOND,
            0 if code.valid_until is None else code.valid_until // MS_PER_SECOND,
            code.site,
        )
    except struct.error as error:
        msg = f"a field of the code is out of range: {error}"
        raise ValueError(msg) from error
    return PREFIX + head


def pack(code: OpasCode, signature: bytes) -> bytes:
    """The payload to print: ASCII, `TEXT_LENGTH` bytes."""
    if len(signature) != SIGNATURE_BYTES:
        msg = f"an Ed25519 signature has {SIGNATURE_BYTES} bytes, not {len(signature)}"
        raise ValueError(msg)
    return PREFIX + b45encode(signed_part(code)[len(PREFIX) :] + signature)


def unpack(payload: bytes) -> tuple[OpasCode, bytes]:
    """The code and its (unchecked) signature. Raises `MalformedCode` for anything that is not exactly one code."""
    if not payload.startswith(PREFIX):
        msg = "no Opas code: the prefix is missing"
        raise MalformedCode(msg)
    packed = b45decode(payload[len(PREFIX) : TEXT_LENGTH + 1])
    if len(packed) != _PACKED_BYTES:
        msg = f"an Opas code packs {_PACKED_BYTES} bytes, this one {len(packed)}"
        raise MalformedCode(msg)
    kind, key_id, identifier, since, until, site = _HEAD.unpack_from(packed)
    try:
        known_kind = CodeKind(kind)
    except ValueError as error:
        msg = f"no kind of Opas code has the number {kind}"
        raise MalformedCode(msg) from error
    code = OpasCode(
        known_kind,
        key_id,
        identifier.hex(),
        EpochMs(since * MS_PER_SECOND),
        EpochMs(until * MS_PER_SECOND) if until else None,
        site,
    )
    return code, packed[_HEAD.size :]


def b45encode(data: bytes) -> bytes:
    """RFC 9285 section 4: two bytes become three characters, a last single byte two."""
    out = bytearray()
    for start in range(0, len(data) - 1, 2):
        value = data[start] * 256 + data[start + 1]
        out += bytes((_ALPHABET[value % 45], _ALPHABET[value // 45 % 45], _ALPHABET[value // 2025]))
    if len(data) % 2:
        out += bytes((_ALPHABET[data[-1] % 45], _ALPHABET[data[-1] // 45]))
    return bytes(out)


def b45decode(text: bytes) -> bytes:
    """The inverse of `b45encode`. Raises `MalformedCode` for a character, length or value that RFC 9285 forbids."""
    if len(text) % 3 == 1:
        msg = "base45 text can't have this length"
        raise MalformedCode(msg)
    try:
        values = [_VALUE_OF[byte] for byte in text]
    except KeyError as error:
        msg = "a character is not in the base45 alphabet"
        raise MalformedCode(msg) from error
    out = bytearray()
    for start in range(0, len(values), 3):
        group = values[start : start + 3]
        number = sum(value * 45**power for power, value in enumerate(group))
        size = len(group) - 1
        if number >= 256**size:
            msg = "a base45 group is out of range"
            raise MalformedCode(msg)
        out += number.to_bytes(size, "big")
    return bytes(out)
