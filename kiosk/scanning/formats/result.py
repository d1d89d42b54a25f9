"""What reading a payload comes to."""

import msgspec

from kiosk.model.opascode import OpasCode
from kiosk.model.outcome import Outcome


class Signed(msgspec.Struct, frozen=True):
    """A code of ours: its signature is good and it is valid now. What it points at may still be unknown here."""

    code: OpasCode


class Plain(msgspec.Struct, frozen=True):
    """Bytes of no format that is known here; they mean something only if their credential is."""

    payload: bytes


class Broken(msgspec.Struct, frozen=True):
    """A code of a known format that is not to be accepted.

    `reason` is UNREADABLE (damaged), UNKNOWN (signed by a key that is not here), FORGED (bad signature), REVOKED (its
    key was withdrawn), EXPIRED or WRONG_DAY (not valid yet). `code` is there when the signature was good.
    """

    reason: Outcome
    code: OpasCode | None = None


Payload = Signed | Plain | Broken
