"""Opas's own signed codes (layout: `kiosk.model.opascode`): signature, key and validity."""

from collections.abc import Mapping

from kiosk.model.customer import IssuerKey
from kiosk.model.ids import EpochMs
from kiosk.model.opascode import MalformedCode, signed_part, unpack
from kiosk.model.outcome import Outcome
from kiosk.scanning.formats.result import Broken, Signed
from kiosk.scanning.formats.signatures import ed25519_key, is_ed25519
from kiosk.scanning.formats.times import out_of_time


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
    public = None if key is None else ed25519_key(key.public)
    if key is None or public is None:
        return Broken(Outcome.UNKNOWN)
    if not is_ed25519(public, signature, signed_part(code)):
        return Broken(Outcome.FORGED)
    if key.revoked:
        return Broken(Outcome.REVOKED, code)
    for since, until in ((key.valid_from, key.valid_until), (code.valid_from, code.valid_until)):
        problem = out_of_time(since, until, now_ms)
        if problem is not None:
            return Broken(problem.outcome, code)
    return Signed(code)
