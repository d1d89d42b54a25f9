"""Opas's own signed codes (layout: `kiosk.model.opascode`): signature, key and validity."""

from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kiosk.model.customer import IssuerKey
from kiosk.model.ids import DurationMs, EpochMs
from kiosk.model.opascode import MalformedCode, signed_part, unpack
from kiosk.model.outcome import Outcome
from kiosk.scanning.formats.result import Broken, Signed

CLOCK_TOLERANCE = DurationMs(120_000)
"""A code issued this moment must be good at a kiosk whose clock is a little slow, and the other way round."""


def read_opas(payload: bytes, keys: Mapping[str, IssuerKey], now_ms: EpochMs) -> Signed | Broken:
    """The code in a payload that starts with the prefix. `keys` are by key id as decimal text, `now_ms` is wall time.

    A key counts while it is valid now; a code signed by a key that is not here is UNKNOWN, not FORGED, because a new
    key may simply not have arrived yet.
    """
    try:
        code, signature = unpack(payload)
    except MalformedCode:
        return Broken(Outcome.UNREADABLE)
    key = keys.get(str(code.key_id))
    public = None if key is None else _public_key(key)
    if key is None or public is None:
        return Broken(Outcome.UNKNOWN)
    try:
        public.verify(signature, signed_part(code))
    except InvalidSignature:
        return Broken(Outcome.FORGED)
    if key.revoked:
        return Broken(Outcome.REVOKED, code)
    for since, until in ((key.valid_from, key.valid_until), (code.valid_from, code.valid_until)):
        reason = _out_of_time(since, until, now_ms)
        if reason is not None:
            return Broken(reason, code)
    return Signed(code)


def _public_key(key: IssuerKey) -> Ed25519PublicKey | None:
    try:
        return Ed25519PublicKey.from_public_bytes(key.public)
    except ValueError:
        return None


def _out_of_time(since: EpochMs, until: EpochMs | None, now_ms: EpochMs) -> Outcome | None:
    if now_ms + CLOCK_TOLERANCE < since:
        return Outcome.WRONG_DAY
    if until is not None and now_ms - CLOCK_TOLERANCE >= until:
        return Outcome.EXPIRED
    return None
