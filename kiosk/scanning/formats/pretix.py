"""pretix's offline tickets, signature scheme 1 ("pretix_sig1").

A code is, read backwards, the base64 (RFC 4648 section 4) of

    byte  0       version, 0x01
    bytes 1-2     n, length of the payload, unsigned big-endian
    bytes 3-4     m, length of the signature, unsigned big-endian
    n bytes       payload: protobuf {1 seed (text), 2 item, 3 variation, 4 subevent, 5 validFromUnixTime,
                  6 validUntilUnixTime (all int64; 0 or left out for none)}
    m bytes       Ed25519 signature of the payload

Source: pretix, `Sig1TicketSecretGenerator` and `pretix_sig1.proto`. The text has no prefix, so a code counts as one of
pretix's only where version and lengths are exactly right; anything else may be somebody's plain text.

There is no key id: with keys here, a code that none of them signed is refused.
"""

import binascii

from kiosk.model.foreign import Format, PretixTicket, Proof, Reason
from kiosk.model.ids import EpochMs
from kiosk.model.trust import Trust, code_digest
from kiosk.scanning.formats.cursor import Bad, printable, require
from kiosk.scanning.formats.protobuf import read_message
from kiosk.scanning.formats.result import Foreign
from kiosk.scanning.formats.signatures import ed25519_key, is_ed25519
from kiosk.scanning.formats.times import out_of_time

_VERSION = 1
_HEAD = 5
_SIGNATURE = 64
_LONGEST_SEED = 64
_LAST_SECOND = 1 << 40
"""Beyond any calendar (year 36812), far within the integers of every store."""


def read_pretix(payload: bytes, trust: Trust, now_ms: EpochMs) -> Foreign | None:
    """The ticket in `payload`, None if it is no code of pretix's."""
    parts = _unpack(payload)
    if parts is None:
        return None
    message, signature = parts
    known = [key for public in trust.pretix_keys if (key := ed25519_key(public)) is not None]
    if known and not any(is_ed25519(key, signature, message) for key in known):
        return Foreign(Format.PRETIX, payload, None, Reason.BAD_SIGNATURE)
    try:
        ticket = _ticket(read_message(message), Proof.GOOD if known else Proof.UNCHECKED)
    except Bad as bad:
        return Foreign(Format.PRETIX, payload, None, bad.reason)
    return Foreign(Format.PRETIX, payload, ticket, _problem(payload, ticket, trust, now_ms))


def _unpack(payload: bytes) -> tuple[bytes, bytes] | None:
    try:
        raw = binascii.a2b_base64(payload[::-1], strict_mode=True)
    except ValueError:
        return None
    if len(raw) < _HEAD or raw[0] != _VERSION:
        return None
    size, signature_size = int.from_bytes(raw[1:3], "big"), int.from_bytes(raw[3:5], "big")
    if signature_size != _SIGNATURE or len(raw) != _HEAD + size + signature_size:
        return None
    return raw[_HEAD : _HEAD + size], raw[_HEAD + size :]


def _ticket(fields: dict[int, int | bytes], proof: Proof) -> PretixTicket:
    seed = fields.get(1, b"")
    if isinstance(seed, int):
        raise Bad(Reason.BAD_ENCODING)
    require(0 < len(seed) <= _LONGEST_SEED, Reason.BAD_LENGTH)
    item, variation, subevent, since, until = (_number(fields.get(number, 0)) for number in range(2, 7))
    return PretixTicket(printable(seed), item, variation, subevent, _moment(since), _moment(until), proof)


def _number(value: int | bytes) -> int:
    if isinstance(value, bytes):
        raise Bad(Reason.BAD_ENCODING)
    require(value < 1 << 63, Reason.BAD_NUMBER)
    return value


def _moment(second: int) -> EpochMs | None:
    require(second < _LAST_SECOND, Reason.BAD_DATE)
    return EpochMs(second * 1000) if second else None


def _problem(payload: bytes, ticket: PretixTicket, trust: Trust, now_ms: EpochMs) -> Reason | None:
    digest = code_digest(payload)
    if digest in trust.revoked:
        return Reason.REVOKED
    if digest in trust.blocked:
        return Reason.BLOCKED
    return out_of_time(ticket.valid_from, ticket.valid_until, now_ms)
