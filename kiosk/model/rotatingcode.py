"""The layout of Opas's rotating codes, which a holder's phone draws anew every 30 seconds: a screenshot is no ticket.

A code is the text `OP2:` followed by the base45 (RFC 9285) of

    byte  0       kind: 1 loyalty, 2 order, 3 ticket (as in `kiosk.model.opascode`)
    bytes 1-8     identifier, 8 bytes
    bytes 9-10    site: the tag of the site that issued the secret
    bytes 11-14   time step: seconds since the Unix epoch / 30, unsigned big-endian
    bytes 15-18   the TOTP of that step: eight decimal digits as a number, unsigned big-endian

33 characters of the alphanumeric set: a QR code of version 2 at error correction level M.

The TOTP is RFC 6238 with HMAC-SHA-256 (section 1.2), X = 30 s and T0 = 0 (section 4.1), truncated to eight digits as in
RFC 4226 section 5.3. The secret is one credential's own: HMAC-SHA-256, under the site's rotating key, of kind and
identifier. The hub hands it to the holder's phone once; a touchpoint derives it and keeps no list.

The step stands in the code, unlike in a code that a person types: a checker makes one comparison instead of trying
every step of its window, so a guess has one chance in 100,000,000, and an old picture is told from a forged one.
Within the window the same picture can be shown twice (RFC 6238 section 5.2); that a ticket is used once is the ticket's
own state.
"""

import hashlib
import hmac
import struct

import msgspec

from kiosk.model.ids import DurationMs, EpochMs
from kiosk.model.opascode import CodeKind, MalformedCode, b45decode, b45encode

PREFIX = b"OP2:"
STEP = DurationMs(30_000)
_CODES = 10**8
_LAYOUT = struct.Struct(">B8sHII")
TEXT_LENGTH = len(PREFIX) + _LAYOUT.size // 2 * 3 + _LAYOUT.size % 2 * 2


class RotatingCode(msgspec.Struct, frozen=True):
    """One rotating code, unpacked and not yet checked. `identifier` is 16 hex digits, `totp` below 100,000,000."""

    kind: CodeKind
    identifier: str
    site: int
    step: int
    totp: int

    @property
    def since(self) -> EpochMs:
        """When its step began."""
        return EpochMs(self.step * STEP)

    @property
    def until(self) -> EpochMs:
        """When its step ends."""
        return EpochMs((self.step + 1) * STEP)


def credential_secret(rotating_key: bytes, kind: CodeKind, identifier: str) -> bytes:
    """The secret (32 bytes) of one credential. `rotating_key` is `kiosk.model.sitekey.rotating_key`."""
    return hmac.new(rotating_key, bytes((kind,)) + bytes.fromhex(identifier), hashlib.sha256).digest()


def totp(secret: bytes, step: int) -> int:
    """The eight digits of `step` as a number (RFC 4226 section 5.3 over HMAC-SHA-256)."""
    mac = hmac.new(secret, struct.pack(">Q", step), hashlib.sha256).digest()
    offset = mac[-1] & 15
    return (int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFF_FFFF) % _CODES


def issue(secret: bytes, kind: CodeKind, identifier: str, site: int, now_ms: EpochMs) -> bytes:
    """The payload to draw at `now_ms`: ASCII, `TEXT_LENGTH` bytes. Raises `ValueError` for a field out of range."""
    step = now_ms // STEP
    try:
        packed = _LAYOUT.pack(kind, bytes.fromhex(identifier), site, step, totp(secret, step))
    except struct.error as error:
        msg = f"a field of the code is out of range: {error}"
        raise ValueError(msg) from error
    return PREFIX + b45encode(packed)


def unpack(payload: bytes) -> RotatingCode:
    """The code in a payload. Raises `MalformedCode` for anything that is not exactly one code."""
    if not payload.startswith(PREFIX):
        msg = "no rotating code: the prefix is missing"
        raise MalformedCode(msg)
    packed = b45decode(payload[len(PREFIX) : TEXT_LENGTH + 1])
    if len(packed) != _LAYOUT.size:
        msg = f"a rotating code packs {_LAYOUT.size} bytes, this one {len(packed)}"
        raise MalformedCode(msg)
    kind, identifier, site, step, digits = _LAYOUT.unpack(packed)
    if digits >= _CODES or kind not in set(CodeKind):
        msg = "a rotating code has a known kind and eight digits"
        raise MalformedCode(msg)
    return RotatingCode(CodeKind(kind), identifier.hex(), site, step, digits)


def is_genuine(code: RotatingCode, secret: bytes) -> bool:
    """Whether the holder of `secret` made this code for its step; compared in constant time."""
    return hmac.compare_digest(struct.pack(">I", code.totp), struct.pack(">I", totp(secret, code.step)))
