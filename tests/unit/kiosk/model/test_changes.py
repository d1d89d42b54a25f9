"""What an event does to a record: every transition, every refusal, and that doing it twice changes nothing."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.model.case import Case, CaseKind, CaseState
from kiosk.model.changes import Change, Refusal, Target, apply, targets_of
from kiosk.model.customer import Subject
from kiosk.model.event import (
    AnswerShown,
    CheckedIn,
    CustomerArrived,
    DatabaseRebuilt,
    EventBody,
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
from kiosk.model.ids import DurationMs, EventId, Lang, MessageKey, PackVersion, PlaceId, ScanId, SubjectId
from kiosk.model.records import Collection, Record
from kiosk.model.ticket import Decision, Entitlement, Journey, JourneyState, Redemption, Ticket
from tests.unit.kiosk.model.samples import (
    CASE,
    HELP,
    HERE,
    JOURNEY,
    NOW,
    ORDER,
    REDEEM,
    SITE,
    SUBJECT,
    THERE,
    TICKET,
    event,
)

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
