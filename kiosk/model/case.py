"""Cases: somebody asked for something, and one person owns the outcome."""

from enum import StrEnum

import msgspec

from kiosk.model.customer import Ref
from kiosk.model.ids import CaseId, DeviceId, EpochMs, Lang, PlaceId, SiteId


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

    `about` is the ticket or order that two events contradict each other on, for a contradiction.
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
