"""Tickets, the departures they are for, and the journeys they carry."""

from enum import StrEnum

import msgspec

from kiosk.model.ids import DepartureId, DeviceId, EpochMs, EventId, JourneyId, PlaceId, SiteId, SubjectId, TicketId


class Entitlement(StrEnum):
    """Whether a ticket entitles to what it says."""

    VALID = "valid"
    REDEEMED = "redeemed"
    ANNULLED = "annulled"
    REVOKED = "revoked"
    BLOCKED = "blocked"


class Decision(StrEnum):
    """How sure a redemption was when it was decided."""

    ONLINE_CONFIRMED = "online_confirmed"
    SITE_CONFIRMED = "site_confirmed"
    OFFLINE_PROVISIONAL = "offline_provisional"


class Redemption(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who redeemed a ticket, where and when."""

    event: EventId
    device: DeviceId
    at: EpochMs
    decision: Decision


class Ticket(msgspec.Struct, frozen=True, omit_defaults=True):
    """A right to one journey, valid in [`valid_from`, `valid_until`). `lane` is where its vehicle waits.

    Of a `rotating` one only the rotating code counts: a picture of it is no ticket.
    """

    id: TicketId
    subject: SubjectId
    site: SiteId
    product: str
    valid_from: EpochMs
    valid_until: EpochMs
    journey: JourneyId | None = None
    departure: DepartureId | None = None
    step_free: bool = False
    state: Entitlement = Entitlement.VALID
    redemption: Redemption | None = None
    lane: str = ""
    rotating: bool = False


class DepartureState(StrEnum):
    """How a departure stands."""

    ON_TIME = "on_time"
    DELAYED = "delayed"
    BOARDING = "boarding"
    GATE_CLOSED = "gate_closed"
    DEPARTED = "departed"
    CANCELLED = "cancelled"


class Papers(StrEnum):
    """The travel document that a departure asks for."""

    NONE = "none"
    ID = "id"
    """A passport or an identity card."""
    PASSPORT = "passport"


class Departure(msgspec.Struct, frozen=True, omit_defaults=True):
    """One sailing. `departs_at` is the planned time, `expected_at` the one now expected when it differs."""

    id: DepartureId
    site: SiteId
    vessel: str
    destination: str
    departs_at: EpochMs
    check_in_until: EpochMs
    gate_closes_at: EpochMs
    gate: PlaceId
    state: DepartureState = DepartureState.ON_TIME
    expected_at: EpochMs | None = None
    papers: Papers = Papers.NONE


class JourneyState(StrEnum):
    """Where a person stands in a journey."""

    BOOKED = "booked"
    CHECKED_IN = "checked_in"
    BOARDING = "boarding"
    """Through the gate."""
    DONE = "done"


class Journey(msgspec.Struct, frozen=True, omit_defaults=True):
    """One person's way through one visit. `gate` is the one that they were sent to when they checked in."""

    id: JourneyId
    subject: SubjectId
    site: SiteId
    template: str
    state: JourneyState = JourneyState.BOOKED
    ticket: TicketId | None = None
    departure: DepartureId | None = None
    deadline: EpochMs | None = None
    last_event: EventId | None = None
    gate: PlaceId | None = None
