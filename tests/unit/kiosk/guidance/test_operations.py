"""What a touchpoint does with a ticket or an order, in every state that either can be in."""

import msgspec
import pytest

from kiosk.guidance.operations import Recognised, Verdict, decided, next_ticket, operate
from kiosk.model.customer import RefKind
from kiosk.model.event import CheckedIn, CustomerArrived, OrderHandedOver, TicketRedeemed
from kiosk.model.ids import (
    MS_PER_MINUTE,
    DepartureId,
    DeviceId,
    EpochMs,
    EventId,
    JourneyId,
    OrderId,
    PlaceId,
    SiteId,
    SubjectId,
    TicketId,
)
from kiosk.model.order import OrderState, PickupOrder
from kiosk.model.outcome import Operation, Outcome
from kiosk.model.ticket import (
    Decision,
    Departure,
    DepartureState,
    Entitlement,
    Journey,
    JourneyState,
    Redemption,
    Ticket,
)

NOW = EpochMs(1_800_000_000_000)
HOUR = 60 * MS_PER_MINUTE
SITE, ANNA = SiteId("terminal"), SubjectId("00000000000000aa")

TICKET = Ticket(
    id=TicketId("00000000000000b1"),
    subject=ANNA,
    site=SITE,
    product="adult",
    valid_from=EpochMs(NOW - HOUR),
    valid_until=EpochMs(NOW + 2 * HOUR),
    journey=JourneyId("j1"),
    departure=DepartureId("d1"),
)
DEPARTURE = Departure(
    id=DepartureId("d1"),
    site=SITE,
    vessel="Aallotar",
    destination="Mariehamn",
    departs_at=EpochMs(NOW + HOUR),
    check_in_until=EpochMs(NOW + 30 * MS_PER_MINUTE),
    gate_closes_at=EpochMs(NOW + 45 * MS_PER_MINUTE),
    gate=PlaceId("gate-7"),
)
JOURNEY = Journey(id=JourneyId("j1"), subject=ANNA, site=SITE, template="sailing", ticket=TICKET.id)
ORDER = PickupOrder(
    id=OrderId("00000000000000c1"),
    number="A17",
    subject=ANNA,
    site=SITE,
    due_at=EpochMs(NOW + HOUR),
    place=PlaceId("desk"),
)
USED = Redemption(EventId("e1"), DeviceId("gate-1"), EpochMs(NOW - MS_PER_MINUTE), Decision.OFFLINE_PROVISIONAL)


def with_ticket(
    ticket: Ticket = TICKET,
    state: JourneyState = JourneyState.BOOKED,
    departure: Departure | None = DEPARTURE,
    shown: RefKind = RefKind.TICKET,
) -> Recognised:
    journey = msgspec.structs.replace(JOURNEY, state=state)
    return Recognised(shown=shown, ticket=ticket, journey=journey, departure=departure)


def with_order(state: OrderState, shown: RefKind = RefKind.ORDER, arrived: EpochMs | None = None) -> Recognised:
    return Recognised(shown=shown, orders=(msgspec.structs.replace(ORDER, state=state, arrived_at=arrived),))


@pytest.mark.parametrize("operation", list(Operation))
def test_a_problem_of_the_code_settles_the_outcome(operation: Operation) -> None:
    verdict = operate(operation, Recognised(problem=Outcome.FORGED), NOW)
    assert (verdict.outcome, verdict.bodies) == (Outcome.FORGED, ())


def test_a_booked_passenger_checks_in() -> None:
    verdict = operate(Operation.CHECK_IN, with_ticket(), NOW)
    assert verdict.outcome is Outcome.CHECKED_IN
    assert verdict.bodies == (CheckedIn(JOURNEY.id, TICKET.id, DEPARTURE.gate),)


@pytest.mark.parametrize("state", [JourneyState.CHECKED_IN, JourneyState.BOARDING])
def test_one_who_has_checked_in_is_told_the_next_step_again(state: JourneyState) -> None:
    assert operate(Operation.CHECK_IN, with_ticket(state=state), NOW).outcome is Outcome.INFORMED


def test_check_in_closes_at_its_time_and_later_when_the_ship_is_late() -> None:
    late = msgspec.structs.replace(DEPARTURE, check_in_until=NOW)
    assert operate(Operation.CHECK_IN, with_ticket(departure=late), NOW).outcome is Outcome.TOO_LATE
    delayed = msgspec.structs.replace(late, expected_at=EpochMs(late.departs_at + 10 * MS_PER_MINUTE))
    assert operate(Operation.CHECK_IN, with_ticket(departure=delayed), NOW).outcome is Outcome.CHECKED_IN
    early = msgspec.structs.replace(late, expected_at=EpochMs(late.departs_at - 10 * MS_PER_MINUTE))
    assert operate(Operation.CHECK_IN, with_ticket(departure=early), NOW).outcome is Outcome.TOO_LATE


def test_one_who_checked_in_but_missed_the_gate_is_too_late() -> None:
    closed = msgspec.structs.replace(DEPARTURE, state=DepartureState.GATE_CLOSED)
    recognised = with_ticket(state=JourneyState.CHECKED_IN, departure=closed)
    assert operate(Operation.CHECK_IN, recognised, NOW).outcome is Outcome.TOO_LATE


def test_a_ticket_without_a_departure_has_no_closing_time() -> None:
    assert operate(Operation.CHECK_IN, with_ticket(departure=None), NOW).outcome is Outcome.CHECKED_IN


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"state": Entitlement.REVOKED}, Outcome.REVOKED),
        ({"state": Entitlement.ANNULLED}, Outcome.REVOKED),
        ({"state": Entitlement.BLOCKED}, Outcome.BLOCKED),
        ({"valid_from": EpochMs(NOW + 1)}, Outcome.WRONG_DAY),
        ({"valid_until": NOW}, Outcome.EXPIRED),
    ],
)
@pytest.mark.parametrize("operation", [Operation.CHECK_IN, Operation.ADMIT])
def test_a_ticket_that_is_not_good_now_is_refused(
    operation: Operation, change: dict[str, object], outcome: Outcome
) -> None:
    verdict = operate(operation, with_ticket(msgspec.structs.replace(TICKET, **change)), NOW)
    assert (verdict.outcome, verdict.bodies) == (outcome, ())


def test_the_gate_admits_a_checked_in_passenger_and_redeems_the_ticket() -> None:
    verdict = operate(Operation.ADMIT, with_ticket(state=JourneyState.CHECKED_IN), NOW)
    assert verdict.outcome is Outcome.ADMITTED
    assert verdict.bodies == (TicketRedeemed(TICKET.id, Decision.OFFLINE_PROVISIONAL, JOURNEY.id),)


def test_the_gate_admits_on_a_ticket_that_carries_no_journey() -> None:
    verdict = operate(Operation.ADMIT, Recognised(shown=RefKind.TICKET, ticket=TICKET), NOW)
    assert verdict.bodies == (TicketRedeemed(TICKET.id, Decision.OFFLINE_PROVISIONAL),)


@pytest.mark.parametrize("needed", list(Decision))
@pytest.mark.parametrize("sure", list(Decision))
def test_a_redemption_says_how_sure_it_is_and_is_refused_where_that_is_not_enough(
    sure: Decision, needed: Decision
) -> None:
    """The hub's word is more than the site's, and that more than the gate's own."""
    order = (Decision.OFFLINE_PROVISIONAL, Decision.SITE_CONFIRMED, Decision.ONLINE_CONFIRMED)
    verdict = decided(operate(Operation.ADMIT, with_ticket(state=JourneyState.CHECKED_IN), NOW), sure, needed)
    if order.index(sure) >= order.index(needed):
        redeemed = TicketRedeemed(TICKET.id, sure, JOURNEY.id)
        assert verdict == Verdict(Outcome.ADMITTED, (redeemed,))
    else:
        assert verdict == Verdict(Outcome.DATA_TOO_OLD)


def test_the_gate_refuses_a_second_use_even_of_an_expired_ticket() -> None:
    used = msgspec.structs.replace(TICKET, state=Entitlement.REDEEMED, redemption=USED, valid_until=NOW)
    assert operate(Operation.ADMIT, with_ticket(used), NOW).outcome is Outcome.ALREADY_USED


def test_the_gate_refuses_a_ticket_that_the_booking_system_says_was_used() -> None:
    used = msgspec.structs.replace(TICKET, state=Entitlement.REDEEMED)
    assert operate(Operation.ADMIT, with_ticket(used), NOW).outcome is Outcome.ALREADY_USED


def test_the_gate_sends_one_who_has_not_checked_in_to_check_in() -> None:
    assert operate(Operation.ADMIT, with_ticket(), NOW).outcome is Outcome.NOT_CHECKED_IN


def test_the_gate_refuses_when_it_has_closed() -> None:
    gone = msgspec.structs.replace(DEPARTURE, state=DepartureState.DEPARTED)
    assert operate(Operation.ADMIT, with_ticket(departure=gone), NOW).outcome is Outcome.TOO_LATE


def test_a_loyalty_card_opens_no_gate_though_its_owner_has_a_ticket() -> None:
    verdict = operate(Operation.ADMIT, with_ticket(shown=RefKind.SUBJECT), NOW)
    assert (verdict.outcome, verdict.bodies) == (Outcome.INFORMED, ())


@pytest.mark.parametrize("state", [OrderState.READY, OrderState.CUSTOMER_ARRIVED, OrderState.CALLED])
def test_the_desk_hands_over_what_is_ready(state: OrderState) -> None:
    verdict = operate(Operation.HAND_OVER, with_order(state, shown=RefKind.TICKET), NOW)
    assert (verdict.outcome, verdict.bodies) == (Outcome.HANDED_OVER, (OrderHandedOver(ORDER.id),))


def test_the_desk_says_not_ready_and_notes_once_that_the_customer_is_here() -> None:
    verdict = operate(Operation.HAND_OVER, with_order(OrderState.PREPARING), NOW)
    assert (verdict.outcome, verdict.bodies) == (Outcome.NOT_READY, (CustomerArrived(ORDER.id),))
    again = operate(Operation.HAND_OVER, with_order(OrderState.PREPARING, arrived=NOW), NOW)
    assert (again.outcome, again.bodies) == (Outcome.NOT_READY, ())


@pytest.mark.parametrize("operation", [Operation.HAND_OVER, Operation.GUIDE])
@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (OrderState.HANDED_OVER, Outcome.ALREADY_USED),
        (OrderState.RETURNED, Outcome.ALREADY_USED),
        (OrderState.CANCELLED, Outcome.REVOKED),
        (OrderState.NOT_COLLECTED, Outcome.EXPIRED),
    ],
)
def test_an_order_code_whose_order_is_over_says_how(operation: Operation, state: OrderState, outcome: Outcome) -> None:
    assert operate(operation, with_order(state), NOW).outcome is outcome


def test_somebody_whose_orders_are_all_over_is_simply_informed() -> None:
    recognised = with_order(OrderState.HANDED_OVER, shown=RefKind.SUBJECT)
    assert operate(Operation.HAND_OVER, recognised, NOW).outcome is Outcome.INFORMED
    assert operate(Operation.GUIDE, recognised, NOW).outcome is Outcome.INFORMED


def test_a_guide_notes_the_arrival_once_and_then_informs() -> None:
    verdict = operate(Operation.GUIDE, with_order(OrderState.READY), NOW)
    assert (verdict.outcome, verdict.bodies) == (Outcome.ARRIVED, (CustomerArrived(ORDER.id),))
    again = operate(Operation.GUIDE, with_order(OrderState.READY, arrived=NOW), NOW)
    assert (again.outcome, again.bodies) == (Outcome.INFORMED, ())


def test_check_in_without_a_ticket_guides() -> None:
    verdict = operate(Operation.CHECK_IN, with_order(OrderState.READY), NOW)
    assert verdict.outcome is Outcome.ARRIVED


def test_the_ticket_meant_is_the_current_one_then_the_coming_one_then_the_last() -> None:
    current = TICKET
    sooner = msgspec.structs.replace(TICKET, id=TicketId("s"), valid_until=EpochMs(NOW + HOUR))
    coming = msgspec.structs.replace(TICKET, id=TicketId("c"), valid_from=EpochMs(NOW + HOUR))
    past = msgspec.structs.replace(TICKET, id=TicketId("p"), valid_until=EpochMs(NOW - 1))
    older = msgspec.structs.replace(TICKET, id=TicketId("o"), valid_until=EpochMs(NOW - 2))
    revoked = msgspec.structs.replace(sooner, id=TicketId("r"), state=Entitlement.REVOKED)
    assert next_ticket((current, coming, sooner, past, revoked), NOW) is sooner
    assert next_ticket((past, coming), NOW) is coming
    assert next_ticket((older, past), NOW) is past
    assert next_ticket((revoked,), NOW) is revoked
    assert next_ticket((), NOW) is None
