"""How an imported thing meets the record that is there: the import says what was booked, the site what was done.

Pure: a record and an import in, the record to keep out.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from kiosk.model.customer import Consent, ConsentState, Interest, Subject, permitted
from kiosk.model.ids import JourneyId, SiteId
from kiosk.model.order import CallPromise, OrderState, PickupOrder
from kiosk.model.ticket import Departure, Entitlement, Journey, JourneyState, Ticket
from sync.hub.importing.request import ImportDeparture, ImportOrder, ImportSubject, ImportTicket

_ORDER = list(JourneyState)


def merged_subject(item: ImportSubject, before: Subject | None, site: SiteId, sealed_name: bytes) -> Subject:
    """A person keeps the answers given here that the import does not speak of, and what they declined."""
    known = before or Subject(item.id, site)
    interests = known.interests
    if item.interests is not None:
        interests = tuple(Interest(each.topic, each.basis, each.likes) for each in item.interests)
    person = Subject(
        item.id,
        site,
        sealed_name,
        item.lang,
        item.step_free,
        item.member_since,
        known.consents,
        interests,
        known.declined,
    )
    answers = (Consent(each.purpose, each.state, each.text_version, each.at) for each in item.consents)
    return with_consents(person, answers)


def with_consents(subject: Subject, answers: Iterable[Consent]) -> Subject:
    """The person with new answers in place of those to the same purposes, and no interests beyond what they permit.

    A grant that is older than the answer known here, or does not say how old it is, changes nothing: what somebody took
    back at a counter does not come back with the next night's import. What is denied or revoked always counts.
    """
    consents = {each.purpose: each for each in subject.consents}
    for each in answers:
        known = consents.get(each.purpose)
        if known is None:
            consents[each.purpose] = each
        elif each.state is not ConsentState.GRANTED or each.at >= known.at:
            consents[each.purpose] = replace(each, at=max(each.at, known.at))
    kept = tuple(consents[purpose] for purpose in sorted(consents))
    return replace(subject, consents=kept, interests=permitted(kept, subject.interests))


def merged_departure(item: ImportDeparture, site: SiteId) -> Departure:
    """A departure is what the import says."""
    return Departure(
        item.id,
        site,
        item.vessel,
        item.destination,
        item.departs_at,
        item.check_in_until,
        item.gate_closes_at,
        item.gate,
        item.state,
        item.expected_at,
        item.papers,
    )


def merged_ticket(item: ImportTicket, before: Ticket | None, site: SiteId) -> Ticket:
    """A ticket that was used stays used; it can only be annulled, revoked or blocked after that."""
    state = item.state or (Entitlement.VALID if before is None else before.state)
    redemption = None if before is None else before.redemption
    if redemption is not None and state is Entitlement.VALID:
        state = Entitlement.REDEEMED
    has_journey = item.journey is not None or (before is not None and before.journey is not None)
    return Ticket(
        item.id,
        item.subject,
        site,
        item.product,
        item.valid_from,
        item.valid_until,
        JourneyId(item.id) if has_journey else None,
        item.departure,
        item.step_free,
        state,
        redemption,
        rotating=item.rotating,
        lane=item.lane,
    )


def merged_journey(
    item: ImportTicket, before: Journey | None, site: SiteId, departure: Departure | None
) -> Journey | None:
    """The journey of a ticket, under the ticket's own id; it only ever goes on.

    Who checks in at home is told the gate that the departure has at that moment.
    """
    if item.journey is None:
        return before
    state = item.journey.state
    if before is not None and _ORDER.index(before.state) > _ORDER.index(state):
        state = before.state
    gate = None if before is None else before.gate
    checks_in = before is None or before.state is JourneyState.BOOKED
    if checks_in and state is not JourneyState.BOOKED and departure is not None:
        gate = departure.gate
    return Journey(
        JourneyId(item.id),
        item.subject,
        site,
        item.journey.template,
        state,
        item.id,
        item.departure,
        None if departure is None else departure.gate_closes_at,
        None if before is None else before.last_event,
        gate,
    )


def merged_order(item: ImportOrder, before: PickupOrder | None, site: SiteId) -> PickupOrder:
    """An order that the site has begun with keeps what was done; only a cancellation comes through."""
    if before is None:
        before = PickupOrder(item.id, item.number, item.subject, site, item.due_at, item.place)
    state, ready_at, arrived_at = before.state, before.ready_at, before.arrived_at
    fault_at, call = before.fault_at, before.call
    if item.call is not None and call is None and not before.history:
        fault_at, call = item.call.made_at, CallPromise(item.call.due_at, item.call.made_at)
    if not before.history:
        state = item.state or state
        ready_at = ready_at if item.ready_at is None else item.ready_at
        arrived_at = arrived_at if item.arrived_at is None else item.arrived_at
    elif item.state is OrderState.CANCELLED:
        state = OrderState.CANCELLED
    return PickupOrder(
        item.id,
        item.number,
        item.subject,
        site,
        item.due_at,
        item.place,
        state,
        item.lines,
        arrived_at,
        ready_at,
        before.history,
        before.expected_at if item.expected_at is None else item.expected_at,
        fault_at,
        call,
    )
