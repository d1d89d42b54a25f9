"""Which format a payload is of. Any bytes give a value, never an exception."""

from collections.abc import Mapping

from kiosk.model.customer import IssuerKey
from kiosk.model.ids import EpochMs
from kiosk.model.opascode import PREFIX
from kiosk.model.outcome import Outcome
from kiosk.scanning.formats.opas import read_opas
from kiosk.scanning.formats.result import Broken, Payload, Plain

LONGEST = 4296
"""No code that we read holds more: the capacity of a QR code of version 40-L in characters."""


def read_payload(payload: bytes, keys: Mapping[str, IssuerKey], now_ms: EpochMs) -> Payload:
    """What the payload says: a signed code of ours, plain bytes, or the reason why it is not accepted."""
    if not payload or len(payload) > LONGEST:
        return Broken(Outcome.UNREADABLE)
    if payload.startswith(PREFIX):
        return read_opas(payload, keys, now_ms)
    return Plain(payload)
