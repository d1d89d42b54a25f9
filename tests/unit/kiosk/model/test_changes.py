"""What an event does to a record: every transition, every refusal, and that doing it twice changes nothing."""

from itertools import product

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.model.case import Case, CaseKind, CaseState
from kiosk.model.changes import Change, Origin, Refusal, Target, apply, targets_of
from kiosk.model.customer import Subject
from kiosk.model.event import (
    AnswerShown,
    CheckedIn,
    CustomerArrived,
    DatabaseRebuilt,
    Event,
    EventBody,
    HelpCalled,
    HelpGiven,
    HelpTaken,
    OfferDeclined,
    OrderHandedOver,
    OrderReadied,
    OrderStarted,
    OrderUndone,
    PackActivated,
    TicketRedeemed,
)
from kiosk.model.ids import (
    CaseId,
    DeviceId,
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
    SiteId,
    SubjectId,
    TicketId,
)
from kiosk.model.order import COLLECTABLE, WAITING, OrderState, PickupOrder
from kiosk.model.records import Collection, Record
from kiosk.model.ticket import Decision, Entitlement, Journey, JourneyState, Redemption, Ticket

SITE = SiteId("harbour")
HERE = Origin(DeviceId("desk-1"), SITE)
THERE = Origin(DeviceId("desk-2"), SITE)
NOW = EpochMs(1_790_000_000_000)
ORDER = PickupOrder(OrderId("o"), "A1", SubjectId("s"), SITE, NOW, PlaceId("pickup"))
TICKET = Ticket(TicketId("t"), SubjectId("s"), SITE, "adult", NOW, EpochMs(NOW + 1))
JOURNEY = Journey(JourneyId("j"), SubjectId("s"), SITE, "ferry")
SUBJECT = Subject(SubjectId("s"), SITE)
CASE = Case(CaseId("c"), SITE, CaseKind.QUESTION, DeviceId("kiosk-1"), PlaceId("door"), NOW)
REDEEM = TicketRedeemed(TICKET.id, Decision.OFFLINE_PROVISIONAL, JOURNEY.id)
HELP = HelpCalled(CASE.id, CaseKind.QUESTION, PlaceId("door"), Lang("fi"))


def event(body: EventBody, name: str = "e1", at: int = NOW) -> Event:
    return Event(EventId(name), Seq(1), EpochMs(at), MonotonicMs(1), "boot", PackVersion("1"), body)


def order_in(state: OrderState) -> PickupOrder:
    return msgspec.structs.replace(ORDER, state=state)


def order_after(*events: Event, start: PickupOrder = ORDER) -> PickupOrder:
    record: Record = start
    for item in events:
        change = apply(record, item, HERE)
        assert not isinstance(change, Refusal), (item, change)
        record = change
    assert isinstance(record, PickupOrder)
    return record


# --- which records an event touches


@pytest.mark.parametrize(
    ("body", "targets"),
    [
        (REDEEM, [(Collection.TICKETS, "t"), (Collection.JOURNEYS, "j")]),
        (TicketRedeemed(TICKET.id, Decision.SITE_CONFIRMED), [(Collection.TICKETS, "t")]),
        (CheckedIn(JOURNEY.id, TICKET.id), [(Collection.JOURNEYS, "j")]),
        (OrderStarted(ORDER.id), [(Collection.ORDERS, "o")]),
        (OrderReadied(ORDER.id), [(Collection.ORDERS, "o")]),
        (CustomerArrived(ORDER.id), [(Collection.ORDERS, "o")]),
        (OrderHandedOver(ORDER.id), [(Collection.ORDERS, "o")]),
        (OrderUndone(ORDER.id, EventId("e")), [(Collection.ORDERS, "o")]),
        (HELP, [(Collection.CASES, "c")]),
        (HelpTaken(CASE.id), [(Collection.CASES, "c")]),
        (OfferDeclined(SubjectId("s"), "coffee"), [(Collection.SUBJECTS, "s")]),
        (HelpGiven(CASE.id), [(Collection.CASES, "c")]),
        (PackActivated(PackVersion("1")), []),
        (DatabaseRebuilt("x", "y"), []),
        (AnswerShown(ScanId("s"), MessageKey("m"), "r", Lang("fi"), DurationMs(1)), []),
    ],
)
def test_targets(body: EventBody, targets: list[tuple[Collection, str]]) -> None:
    """The deciding one first."""
    assert targets_of(body) == tuple(Target(collection, key) for collection, key in targets)


# --- tickets and journeys


def test_a_valid_ticket_is_redeemed_once() -> None:
    """Who, when and how sure is noted; the same event again changes nothing; another one is refused."""
    once = apply(TICKET, event(REDEEM), HERE)
    assert isinstance(once, Ticket)
    assert once.state is Entitlement.REDEEMED
    assert once.redemption == Redemption(EventId("e1"), HERE.device, NOW, Decision.OFFLINE_PROVISIONAL)
    assert apply(once, event(REDEEM), HERE) is once
    assert apply(once, event(REDEEM, "e2"), THERE) is Refusal.ALREADY_USED


@pytest.mark.parametrize("state", [state for state in Entitlement if state is not Entitlement.VALID])
def test_a_ticket_that_is_not_valid_is_not_redeemed(state: Entitlement) -> None:
    """Whatever the reason."""
    assert apply(msgspec.structs.replace(TICKET, state=state), event(REDEEM), HERE) is Refusal.NOT_VALID


def test_a_ticket_takes_nothing_but_redemption() -> None:
    """An event that belongs to another kind of record is refused."""
    assert apply(TICKET, event(OrderStarted(ORDER.id)), HERE) is Refusal.WRONG_STATE


def test_a_journey_goes_forward_only() -> None:
    """Check-in, then the gate; late check-ins of a slower device do not throw it back."""
    checked_in = apply(JOURNEY, event(CheckedIn(JOURNEY.id, TICKET.id)), HERE)
    assert isinstance(checked_in, Journey)
    assert (checked_in.state, checked_in.last_event) == (JourneyState.CHECKED_IN, "e1")
    boarding = apply(checked_in, event(REDEEM, "e2"), HERE)
    assert isinstance(boarding, Journey)
    assert (boarding.state, boarding.last_event) == (JourneyState.BOARDING, "e2")
    assert apply(boarding, event(CheckedIn(JOURNEY.id, TICKET.id), "e3"), THERE) is boarding
    assert apply(JOURNEY, event(OrderStarted(ORDER.id)), HERE) is Refusal.WRONG_STATE


# --- orders


MOVES = {
    OrderStarted: (WAITING, OrderState.PREPARING),
    OrderReadied: (WAITING | {OrderState.PREPARING, OrderState.PARTIAL, OrderState.PROBLEM}, OrderState.READY),
    OrderHandedOver: (COLLECTABLE, OrderState.HANDED_OVER),
}


@pytest.mark.parametrize(("kind", "state"), list(product(MOVES, OrderState)))
def test_staffs_steps_from_every_state(
    kind: type[OrderStarted | OrderReadied | OrderHandedOver], state: OrderState
) -> None:
    """Allowed where the table says so, refused everywhere else; the step and the state before it are noted."""
    allowed, goal = MOVES[kind]
    change = apply(order_in(state), event(kind(ORDER.id)), HERE)
    if state not in allowed:
        assert change is Refusal.WRONG_STATE
        return
    assert isinstance(change, PickupOrder)
    assert change.state is goal
    assert [(mark.event, mark.at, mark.before) for mark in change.history] == [("e1", NOW, state)]
    assert change.ready_at == (NOW if kind is OrderReadied else None)


@pytest.mark.parametrize("state", OrderState)
def test_a_customer_arrives_in_every_state(state: OrderState) -> None:
    """Ready: the order waits for the handover. Too early: the desk is told. Otherwise there is nothing to collect."""
    change = apply(order_in(state), event(CustomerArrived(ORDER.id)), HERE)
    if state is OrderState.READY:
        assert isinstance(change, PickupOrder)
        assert (change.state, change.arrived_at) == (OrderState.CUSTOMER_ARRIVED, NOW)
    elif state in WAITING | {OrderState.PREPARING}:
        assert isinstance(change, PickupOrder)
        assert (change.state, change.arrived_at, change.history) == (state, NOW, ())
    else:
        assert change is Refusal.WRONG_STATE


def test_an_early_customer_is_remembered() -> None:
    """Once ready, the order is at once one whose customer is here; arriving twice changes nothing."""
    early = order_after(event(CustomerArrived(ORDER.id), "e1", NOW - 60_000))
    assert apply(early, event(CustomerArrived(ORDER.id), "e2"), HERE) is early
    ready = order_after(event(OrderReadied(ORDER.id), "e3"), start=early)
    assert (ready.state, ready.arrived_at, ready.ready_at) == (OrderState.CUSTOMER_ARRIVED, NOW - 60_000, NOW)


def test_the_last_step_can_be_undone() -> None:
    """And the one before it after that; a promise that was kept by mistake is open again."""
    started, readied = event(OrderStarted(ORDER.id), "e1"), event(OrderReadied(ORDER.id), "e2", NOW + 1)
    handed = event(OrderHandedOver(ORDER.id), "e3", NOW + 2)
    order = order_after(started, readied, handed)
    order = order_after(event(OrderUndone(ORDER.id, handed.id), "u1"), start=order)
    assert (order.state, order.ready_at) == (OrderState.READY, NOW + 1)
    order = order_after(event(OrderUndone(ORDER.id, readied.id), "u2"), start=order)
    assert (order.state, order.ready_at) == (OrderState.PREPARING, None)
    assert order_after(event(OrderUndone(ORDER.id, started.id), "u3"), start=order) == ORDER


def test_an_arrival_undone_is_no_arrival() -> None:
    """The desk does not go on seeing a customer who is not here."""
    ready = order_after(event(OrderReadied(ORDER.id), "e1"))
    arrived = order_after(event(CustomerArrived(ORDER.id), "e2"), start=ready)
    assert order_after(event(OrderUndone(ORDER.id, EventId("e2")), "u"), start=arrived) == ready


@pytest.mark.parametrize("undoes", ["e1", "nothing"])
def test_only_the_last_step_can_be_undone(undoes: str) -> None:
    """Two desks: the one that undoes what the other has built upon is refused."""
    order = order_after(event(OrderStarted(ORDER.id), "e1"), event(OrderReadied(ORDER.id), "e2"))
    assert apply(order, event(OrderUndone(ORDER.id, EventId(undoes)), "u"), HERE) is Refusal.NOTHING_TO_UNDO
    assert apply(ORDER, event(OrderUndone(ORDER.id, EventId(undoes)), "u"), HERE) is Refusal.NOTHING_TO_UNDO


def test_an_order_takes_no_other_records_events() -> None:
    """A ticket's event does not move an order."""
    assert apply(ORDER, event(REDEEM), HERE) is Refusal.WRONG_STATE


# --- calls for help


def test_a_call_for_help_from_call_to_end() -> None:
    """Opened where it was called, owned by the desk that took it, fixed."""
    opened = apply(None, event(HELP), HERE)
    assert opened == Case(CASE.id, SITE, CaseKind.QUESTION, HERE.device, PlaceId("door"), NOW, lang=Lang("fi"))
    assert apply(opened, event(HELP), HERE) is opened
    taken = apply(opened, event(HelpTaken(CASE.id), "e2"), HERE)
    assert isinstance(taken, Case)
    assert (taken.state, taken.owner, taken.hops) == (CaseState.IN_HAND, HERE.device, 0)
    assert apply(taken, event(HelpTaken(CASE.id), "e2"), HERE) is taken
    given = apply(taken, event(HelpGiven(CASE.id), "e3"), HERE)
    assert isinstance(given, Case)
    assert (given.state, given.hops) == (CaseState.FIXED, 0)
    assert apply(given, event(HelpGiven(CASE.id), "e4"), THERE) is given


def test_two_desks_take_one_call() -> None:
    """The first owns it, the second is told; if the second ends it all the same, that is a hop."""
    taken = apply(CASE, event(HelpTaken(CASE.id)), HERE)
    assert isinstance(taken, Case)
    assert apply(taken, event(HelpTaken(CASE.id), "e2"), THERE) is Refusal.WRONG_STATE
    given = apply(taken, event(HelpGiven(CASE.id), "e3"), THERE)
    assert isinstance(given, Case)
    assert (given.owner, given.hops) == (THERE.device, 1)


@pytest.mark.parametrize("state", [CaseState.FIXED, CaseState.CLOSED, CaseState.REFUSED_WITH_REASON])
def test_what_is_over_is_not_taken(state: CaseState) -> None:
    """Nor does a case take another record's event."""
    over = msgspec.structs.replace(CASE, state=state)
    assert apply(over, event(HelpTaken(CASE.id)), HERE) is Refusal.WRONG_STATE
    assert apply(over, event(OrderStarted(ORDER.id)), HERE) is Refusal.WRONG_STATE


# --- people


def test_what_is_not_for_somebody_is_noted_once_and_nothing_else_changes() -> None:
    """A subject takes no other event."""
    once = apply(SUBJECT, event(OfferDeclined(SUBJECT.id, "coffee")), HERE)
    assert once == msgspec.structs.replace(SUBJECT, declined=("coffee",))
    assert isinstance(once, Subject)
    assert apply(once, event(OfferDeclined(SUBJECT.id, "coffee"), "e2"), THERE) is once
    twice = apply(once, event(OfferDeclined(SUBJECT.id, "tea"), "e3"), HERE)
    assert twice == msgspec.structs.replace(SUBJECT, declined=("coffee", "tea"))
    assert apply(SUBJECT, event(HelpTaken(CASE.id)), HERE) is Refusal.WRONG_STATE


# --- laws


@pytest.mark.parametrize("body", [REDEEM, OrderStarted(ORDER.id), HelpTaken(CASE.id)])
def test_without_a_record_there_is_nothing_to_change(body: EventBody) -> None:
    """Only a call for help makes its record."""
    assert apply(None, event(body), HERE) is Refusal.NOT_FOUND


BODIES: tuple[EventBody, ...] = (
    REDEEM,
    CheckedIn(JOURNEY.id, TICKET.id),
    OrderStarted(ORDER.id),
    OrderReadied(ORDER.id),
    CustomerArrived(ORDER.id),
    OrderHandedOver(ORDER.id),
    HELP,
    HelpTaken(CASE.id),
    HelpGiven(CASE.id),
    OfferDeclined(SUBJECT.id, "coffee"),
    PackActivated(PackVersion("1")),
)
bodies = st.one_of(st.sampled_from(BODIES), st.integers(0, 5).map(lambda n: OrderUndone(ORDER.id, EventId(f"e{n}"))))


@given(st.sampled_from([None, ORDER, TICKET, JOURNEY, CASE, SUBJECT]), st.lists(bodies, max_size=8))
def test_any_event_on_any_record_is_total_and_doing_it_twice_changes_nothing(
    start: Record | None, story: list[EventBody]
) -> None:
    """Never an error, and the second time the record stays as it is, or the event is refused."""
    record = start
    for number, body in enumerate(story):
        item = event(body, f"e{number}", NOW + number)
        change: Change = apply(record, item, HERE)
        if isinstance(change, Refusal):
            continue
        again = apply(change, item, HERE)
        if not isinstance(body, OrderUndone):
            assert again is change
        record = change
