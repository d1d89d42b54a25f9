"""The body of an import: what a booking or shop system knows, with everything checked as it is read."""

import re
from collections.abc import Iterable
from typing import Annotated

import msgspec
from msgspec import Meta

from kiosk.model.customer import Basis, ConsentState, Purpose, RefKind
from kiosk.model.ids import DepartureId, EpochMs, Lang, OrderId, PlaceId, SiteId, SubjectId, TicketId
from kiosk.model.order import OrderLine, OrderState
from kiosk.model.ticket import DepartureState, Entitlement, JourneyState, Papers
from sync.hub.errors import Refused

_LAST_SECOND = 2**32 - 1
_HEX16 = Meta(pattern="^[0-9a-f]{16}$")
_KEY = Meta(pattern="^[!-~]{1,64}$")
_AT = re.compile(r"(.*) - at `(\$.*)`", re.DOTALL)

Time = Annotated[EpochMs, Meta(ge=0, le=_LAST_SECOND * 1000)]
"""Milliseconds, within what a signed code can say."""
SubjectKey = Annotated[SubjectId, _HEX16]
TicketKey = Annotated[TicketId, _HEX16]
OrderKey = Annotated[OrderId, _HEX16]
DepartureKey = Annotated[DepartureId, _KEY]
PlaceKey = Annotated[PlaceId, _KEY]
Remark = Annotated[str, Meta(max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""A short text without control characters, or none."""
Line = Annotated[Remark, Meta(min_length=1)]
"""The same, and never none."""
Language = Annotated[Lang, Meta(pattern="^[a-z]{2}$")]


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The base: a field that is not known is a mistake, never skipped."""


class ImportConsent(_Part, frozen=True):
    """A person's answer to one purpose, with the version of the text that they were shown, and when they gave it.

    Without `at` it counts as older than any answer of which that is known: such a grant does not undo a withdrawal.
    """

    purpose: Purpose
    state: ConsentState
    text_version: Line
    at: Time = EpochMs(0)


class ImportInterest(_Part, frozen=True):
    """What a person likes, or does not, and whether they said so themselves."""

    topic: Annotated[str, Meta(pattern="^[a-z0-9_-]{1,40}$")]
    basis: Basis
    likes: bool = True


class ImportSubject(_Part, frozen=True):
    """A person. `name` is cut to first name and initial and stored sealed only.

    `consents` answer for their purposes; other purposes keep the answer they have. Without `interests` those known are
    kept; whatever the consents do not permit is not stored.
    """

    id: SubjectKey
    name: Annotated[str, Meta(max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    lang: Language | None = None
    step_free: bool = False
    member_since: Time | None = None
    consents: tuple[ImportConsent, ...] = ()
    interests: Annotated[tuple[ImportInterest, ...], Meta(max_length=50)] | None = None


class ImportDeparture(_Part, frozen=True):
    """A sailing."""

    id: DepartureKey
    vessel: Line
    destination: Line
    departs_at: Time
    check_in_until: Time
    gate_closes_at: Time
    gate: PlaceKey
    state: DepartureState = DepartureState.ON_TIME
    expected_at: Time | None = None
    papers: Papers = Papers.NONE
    site: SiteId | None = None


class ImportJourney(_Part, frozen=True):
    """The way that a ticket's holder goes; a journey never goes back."""

    template: Line
    state: JourneyState = JourneyState.BOOKED


class ImportTicket(_Part, frozen=True):
    """A ticket. Without `state` it keeps the one it has; a redemption is never undone.

    `lane` is where its vehicle waits. With `rotating` only its rotating code counts, which the holder's phone draws from the secret in the answer.
    """

    id: TicketKey
    subject: SubjectKey
    product: Line
    valid_from: Time
    valid_until: Time
    departure: DepartureKey | None = None
    step_free: bool = False
    state: Entitlement | None = None
    journey: ImportJourney | None = None
    rotating: bool = False
    lane: Annotated[str, Meta(pattern="^[0-9A-Za-z-]{0,8}$")] = ""


class ImportCall(_Part, frozen=True):
    """A call that the house's own system promised the customer, because something in the order was faulty."""

    due_at: Time
    made_at: Time


class ImportOrder(_Part, frozen=True):
    """An order. Once the site has begun with it, only a cancellation changes its state.

    `expected_at` is an honest later time. `call` stands only beside the state `problem`; one that is known is kept.
    """

    id: OrderKey
    number: Annotated[str, Meta(pattern="^[0-9A-Za-z-]{1,12}$")]
    subject: SubjectKey
    due_at: Time
    place: PlaceKey
    state: OrderState | None = None
    lines: tuple[OrderLine, ...] = ()
    arrived_at: Time | None = None
    ready_at: Time | None = None
    expected_at: Time | None = None
    call: ImportCall | None = None
    site: SiteId | None = None


class ImportRef(_Part, frozen=True):
    """What a card stands for."""

    kind: RefKind
    id: Annotated[str, _HEX16]


class ImportCard(_Part, frozen=True):
    """A plain code, such as a customer card's number; only its keyed hash is stored."""

    payload: Annotated[str, Meta(min_length=1, max_length=500)]
    ref: ImportRef
    revoked: bool = False


class ImportRequest(_Part, frozen=True):
    """Everything at once, in one transaction."""

    subjects: tuple[ImportSubject, ...] = ()
    departures: tuple[ImportDeparture, ...] = ()
    tickets: tuple[ImportTicket, ...] = ()
    orders: tuple[ImportOrder, ...] = ()
    cards: tuple[ImportCard, ...] = ()


def read_import(body: bytes, site: SiteId) -> ImportRequest:
    """The request in `body`, sound in itself. Raises `Refused` that names the field."""
    try:
        request = msgspec.json.decode(body, type=ImportRequest)
    except msgspec.ValidationError as error:
        raise refusal(error) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused("The body is not JSON.", "Send one JSON object.", status=400) from error
    _check(request, site)
    return request


def _check(request: ImportRequest, site: SiteId) -> None:
    for name in ("subjects", "departures", "tickets", "orders"):
        _once_each(name, (item.id for item in getattr(request, name)))
    for number, ticket in enumerate(request.tickets):
        if ticket.valid_until <= ticket.valid_from:
            raise Refused(
                "The ticket ends before it begins.",
                "Make valid_until later than valid_from.",
                field=f"$.tickets[{number}].valid_until",
            )
    _check_calls(request.orders)
    for name in ("departures", "orders"):
        for number, item in enumerate(getattr(request, name)):
            if item.site not in {None, site}:
                what = "It belongs to another site."
                raise Refused(what, "Import it there, or leave `site` out.", field=f"$.{name}[{number}].site")


def _check_calls(orders: tuple[ImportOrder, ...]) -> None:
    for number, order in enumerate(orders):
        if order.call is not None and order.state is not OrderState.PROBLEM:
            what = "A call can be promised only about an order with a problem."
            raise Refused(what, "Give it the state `problem`, or leave `call` out.", field=f"$.orders[{number}].call")


def refusal(error: msgspec.ValidationError) -> Refused:
    """What msgspec found, split into field and fault."""
    match = _AT.fullmatch(str(error))
    what, field = (match[1], match[2]) if match else (str(error), "$")
    return Refused(f"{what}.", f"Correct {field} and send all of it again; nothing was taken over.", field=field)


def _once_each(name: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for number, key in enumerate(ids):
        if key in seen:
            raise Refused("This id stands here twice.", "Send each id once.", field=f"$.{name}[{number}].id")
        seen.add(key)
