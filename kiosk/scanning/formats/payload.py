"""Which format a payload is of. Any bytes give a value, never an exception, in time that their length bounds."""

from collections.abc import Mapping

from kiosk.model import opascode, rotatingcode
from kiosk.model.customer import IssuerKey
from kiosk.model.ids import EpochMs
from kiosk.model.outcome import Outcome
from kiosk.model.trust import Trust
from kiosk.scanning.formats.bcbp import read_bcbp
from kiosk.scanning.formats.claims import read_claims
from kiosk.scanning.formats.gs1 import read_gs1
from kiosk.scanning.formats.opas import read_opas
from kiosk.scanning.formats.ordernumber import read_order_number
from kiosk.scanning.formats.pretix import read_pretix
from kiosk.scanning.formats.rail import read_rail
from kiosk.scanning.formats.result import Broken, Foreign, Payload, Plain
from kiosk.scanning.formats.rotating import read_rotating

LONGEST = 4296
"""No code that we read holds more: the capacity of a QR code of version 40-L in characters."""
NOBODY = Trust()


def read_payload(payload: bytes, keys: Mapping[str, IssuerKey], now_ms: EpochMs, trust: Trust = NOBODY) -> Payload:
    """What the payload says: a code of ours, a ticket of another house's format, plain bytes, or why it is refused.

    `keys` are those of Opas's issuers by key id as decimal text, `trust` is everybody else's.
    """
    if not payload or len(payload) > LONGEST:
        return Broken(Outcome.UNREADABLE)
    if payload.startswith(opascode.PREFIX):
        return read_opas(payload, keys, now_ms)
    if payload.startswith(rotatingcode.PREFIX):
        return read_rotating(payload, trust, now_ms)
    return _foreign(payload, trust, now_ms) or Plain(payload)


def _foreign(payload: bytes, trust: Trust, now_ms: EpochMs) -> Foreign | None:
    """The first format that the payload is of: those with a prefix first, a site's own patterns before the vague ones."""
    return (
        read_rail(payload, trust, now_ms)
        or read_claims(payload, trust, now_ms)
        or read_order_number(payload, trust.order_patterns)
        or read_bcbp(payload, now_ms)
        or read_gs1(payload, now_ms)
        or read_pretix(payload, trust, now_ms)
    )
