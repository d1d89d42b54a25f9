"""What happened, in the past tense. An event is written once, in the transaction of the change that it reports."""

from enum import StrEnum

import msgspec

from kiosk.model.case import CaseKind
from kiosk.model.code import Symbology
from kiosk.model.customer import Ref
from kiosk.model.ids import (
    CaseId,
    DurationMs,
    EpochMs,
    EventId,
    JourneyId,
    Lang,
    MessageKey,
    MonotonicMs,
    OrderId,
    PackVersion,
    PlaceId,
    ScanId,
    Seq,
    SubjectId,
    TicketId,
)
from kiosk.model.outcome import Outcome
from kiosk.model.ticket import Decision


class _Body(msgspec.Struct, frozen=True, tag_field="type", tag=True, omit_defaults=True, gc=False):
    """The base of all event bodies; on the wire `type` is the class name.

    None can be part of a cycle, so the garbage collector need not look at them: a hub reads hundreds of thousands a second.
    """


class CodeScanned(_Body, frozen=True):
    """A code was read and an outcome decided. `decode_ms` runs from the frame's capture to the end of decoding."""

    scan: ScanId
    outcome: Outcome
    symbology: Symbology
    decoder: str
    decode_ms: DurationMs
    ref: Ref | None = None


class AnswerShown(_Body, frozen=True):
    """The answer to a scan was on the glass `glass_ms` after decoding ended. Its absence is a scan without an answer."""

    scan: ScanId
    message: MessageKey
    row: str
    lang: Lang
    glass_ms: DurationMs
    offer: str = ""
    """The offer that stood below the answer, by its id in the pack."""


class CheckedIn(_Body, frozen=True):
    """A passenger checked in and was sent to `gate`."""

    journey: JourneyId
    ticket: TicketId
    gate: PlaceId | None = None


class TicketRedeemed(_Body, frozen=True):
    """A ticket was used."""

    ticket: TicketId
    decision: Decision
    journey: JourneyId | None = None


class OrderStarted(_Body, frozen=True):
    """Staff began to prepare an order."""

    order: OrderId


class OrderReadied(_Body, frozen=True):
    """An order can be collected."""

    order: OrderId


class CustomerArrived(_Body, frozen=True):
    """The customer of an order is at the site."""

    order: OrderId


class OrderHandedOver(_Body, frozen=True):
    """The customer has the order."""

    order: OrderId


class OrderUndone(_Body, frozen=True):
    """Staff took back the last step of an order; `undoes` is that step's event."""

    order: OrderId
    undoes: EventId


class OrderPartlyHandedOver(_Body, frozen=True):
    """The customer has a part of the order; the rest is still owed."""

    order: OrderId


class OrderPostponed(_Body, frozen=True):
    """Staff gave an honest later time, `ready_by`; the promise stays what it was."""

    order: OrderId
    ready_by: EpochMs


class CustomerCalled(_Body, frozen=True):
    """The customer of an order was called to the desk."""

    order: OrderId


class FaultReported(_Body, frozen=True):
    """The customer brought back something faulty."""

    order: OrderId


class ItemSwapped(_Body, frozen=True):
    """What was faulty was swapped on the spot."""

    order: OrderId


class PromiseMade(_Body, frozen=True):
    """The customer was promised a call by `due_at`."""

    order: OrderId
    due_at: EpochMs


class PromiseKept(_Body, frozen=True):
    """The customer was called; `case` is the one that the promise had become when it was broken before."""

    order: OrderId
    case: CaseId | None = None


class PromiseBroken(_Body, frozen=True):
    """The time of a promised call has passed without it."""

    order: OrderId


class HelpCalled(_Body, frozen=True):
    """Somebody at a touchpoint asked for a person, or a promise `about` an order was broken."""

    case: CaseId
    kind: CaseKind
    place: PlaceId
    lang: Lang
    about: Ref | None = None


class HelpTaken(_Body, frozen=True):
    """A desk took a call for help in hand."""

    case: CaseId


class HelpGiven(_Body, frozen=True):
    """The one who called for help was helped."""

    case: CaseId


class OfferDeclined(_Body, frozen=True):
    """Somebody said of an offer that it is not for them."""

    subject: SubjectId
    offer: str


class PackActivated(_Body, frozen=True):
    """This touchpoint now shows this content pack."""

    version: PackVersion


class TouchpointStarted(_Body, frozen=True):
    """The app came up; `release` is its version, `first_frame_ms` process start to first frame."""

    role: str
    release: str
    first_frame_ms: DurationMs


class Health(StrEnum):
    """How a touchpoint is."""

    READY = "ready"
    DEGRADED = "degraded"
    OFFLINE = "offline"


class HealthChanged(_Body, frozen=True):
    """A touchpoint's health changed; `problem` is a short word such as `camera`, empty when ready."""

    health: Health
    problem: str = ""


class DatabaseRebuilt(_Body, frozen=True):
    """The device's database was corrupt or gone; it was put aside under the file name `aside` and built anew.

    `salvaged` unconfirmed events could be read out of it and stand first in the new outbox.
    """

    reason: str
    aside: str
    salvaged: int = 0


class EventsDropped(_Body, frozen=True):
    """There was no room for `count` events of the types in `classes` (class name to number); they only reported.

    In the place of an event that had its number already, it stands for that one and keeps its id. Those that never had
    a number are counted by one event when there is room again. The sum of all counts is the number of lost events.
    """

    count: int
    classes: dict[str, int]


EventBody = (
    CodeScanned
    | AnswerShown
    | CheckedIn
    | TicketRedeemed
    | OrderStarted
    | OrderReadied
    | CustomerArrived
    | OrderHandedOver
    | OrderUndone
    | OrderPartlyHandedOver
    | OrderPostponed
    | CustomerCalled
    | FaultReported
    | ItemSwapped
    | PromiseMade
    | PromiseKept
    | PromiseBroken
    | HelpCalled
    | HelpTaken
    | HelpGiven
    | OfferDeclined
    | PackActivated
    | TouchpointStarted
    | HealthChanged
    | DatabaseRebuilt
    | EventsDropped
)
REPORTING: frozenset[type[EventBody]] = frozenset({CodeScanned, AnswerShown, TouchpointStarted, HealthChanged})
"""Events that only measure and change no record: the first to go where there is no room. All others are never dropped."""


class Event(msgspec.Struct, frozen=True, gc=False):
    """One event of one device.

    `seq` counts from 1 without gaps within the outbox's epoch. `at` is the wall clock, `mono` and `boot` the
    monotonic clock and its boot; nothing is ordered or expired by the wall clock alone.
    """

    id: EventId
    seq: Seq
    at: EpochMs
    mono: MonotonicMs
    boot: str
    pack: PackVersion
    body: EventBody
