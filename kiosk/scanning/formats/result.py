"""What reading a payload comes to."""

import msgspec

from kiosk.model.foreign import ForeignTicket, Format, Reason
from kiosk.model.opascode import OpasCode
from kiosk.model.outcome import Outcome
from kiosk.model.quiet import Quiet


class Signed(msgspec.Struct, frozen=True):
    """A code of ours: its signature or its rotating digits are good and it is valid now.

    What it points at may still be unknown here. For a rotating code `key_id` is 0 and its validity is its time step.
    """

    code: OpasCode


class Plain(Quiet, frozen=True):
    """Bytes of no format that is known here; they mean something only if their credential is."""

    payload: bytes


class Broken(msgspec.Struct, frozen=True):
    """A code of ours that is not to be accepted.

    `reason` is UNREADABLE (damaged), UNKNOWN (signed by a key that is not here), FORGED (bad signature or digits),
    REVOKED (its key was withdrawn), EXPIRED, OLD_PICTURE (of a rotating code), WRONG_DAY (not valid yet) or WRONG_SITE.
    `code` is there when it is genuine.
    """

    reason: Outcome
    code: OpasCode | None = None


class Foreign(Quiet, frozen=True):
    """A code of another house's format.

    `ticket` is what it says, None if that can't be told. With a `problem` the code is not to be accepted; without one
    it still means something only if the keyed hash of one of `names` is known here: the exact payload, then other
    ways to write the same thing.
    """

    format: Format
    payload: bytes
    ticket: ForeignTicket | None = None
    problem: Reason | None = None
    aliases: tuple[bytes, ...] = ()

    @property
    def names(self) -> tuple[bytes, ...]:
        """What to look it up by, in this order."""
        return (self.payload, *self.aliases)


Payload = Signed | Plain | Broken | Foreign
