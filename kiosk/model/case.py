"""Cases: somebody asked for something, and one person owns the outcome."""

import hashlib
from enum import StrEnum

import msgspec

from kiosk.model.customer import Ref
from kiosk.model.ids import CaseId, DeviceId, EpochMs, Lang, OrderId, PlaceId, SiteId

_ID_CHARACTERS = 16


class CaseKind(StrEnum):
    """What a case is about."""

    QUESTION = "question"
    CLAIM = "claim"
    RETURN = "return"
    CONTRADICTION = "contradiction"


class CaseState(StrEnum):
    """How far it has come."""

    OPEN = "open"
    ROUTED = "routed"
    IN_HAND = "in_hand"
    FIXED = "fixed"
    REFUSED_WITH_REASON = "refused_with_reason"
    CLOSED = "closed"


class Case(msgspec.Struct, frozen=True, omit_defaults=True):
    """A call for help or a question, raised at a touchpoint; `owner` is the desk device that took it.

    `about` is the ticket or order that two events contradict each other on, for a contradiction, and the order whose
    promised call did not come, for a claim.
    """

    id: CaseId
    site: SiteId
    kind: CaseKind
    device: DeviceId
    place: PlaceId
    opened_at: EpochMs
    state: CaseState = CaseState.OPEN
    lang: Lang | None = None
    owner: DeviceId | None = None
    hops: int = 0
    about: Ref | None = None


def case_of_broken_promise(order: OrderId, made_at: EpochMs) -> CaseId:
    """The id of the case that a broken promise becomes: the same on every device that sees the time pass."""
    return CaseId(hashlib.sha256(f"{order}\0{made_at}".encode()).hexdigest()[:_ID_CHARACTERS])
