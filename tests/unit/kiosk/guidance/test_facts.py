"""The facts that conditions read: every declared one, known or `unknown`, and nothing else."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.guidance import Facts
from kiosk.guidance.declared import DECLARED, UNKNOWN, FactType
from kiosk.guidance.facts import focus_order, open_orders, said_orders
from kiosk.guidance.floor import Floor
from kiosk.guidance.situation import Site, Situation
from kiosk.guidance.words import Words
from kiosk.model.ids import EpochMs, PlaceId
from kiosk.model.order import OPEN, CallPromise, OrderState
from kiosk.model.outcome import Outcome
from tests.fakes.packs import (
    NOW,
    a_departure,
    a_journey,
    a_subject,
    a_ticket,
    an_order,
    minutes,
    small_pack,
)


def _document(facts: Facts, touchpoint: int = 0) -> dict[str, Any]:
    pack = small_pack()
    words = Words(pack.messages, pack.zone)
    site = Site(Floor(pack, words), words, pack.touchpoints[touchpoint], pack.settings, pack.name)
    return Situation(facts, site).document()


def _flat(document: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in document.items():
        flat |= _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name: value}
    return flat


_FULL = Facts(
    now=NOW,
    outcome=Outcome.CHECKED_IN,
    ticket=a_ticket(),
    journey=a_journey(),
    departure=a_departure(),
    orders=(an_order("A1", OrderState.READY),),
    subject=a_subject(),
    as_of=EpochMs(NOW - minutes(3)),
)


@pytest.mark.parametrize("facts", [_FULL, Facts(NOW, Outcome.UNREADABLE)])
def test_every_declared_fact_is_there_with_a_value_of_its_type(facts: Facts) -> None:
    flat = _flat(_document(facts))
    assert set(flat) | {"touchpoint.place"} == set(DECLARED) | {"touchpoint.place"}
    for name, value in flat.items():
        declared = DECLARED[name]
        if value == UNKNOWN:
            continue
        kind = {FactType.WORD: str, FactType.NUMBER: int, FactType.FLAG: bool}[declared.type]
        assert type(value) is kind, name
        assert not declared.words or value in declared.words, name


def test_the_facts_are_those_of_the_moment() -> None:
    assert _flat(_document(_FULL)) == {
        "outcome": "checked_in",
        "touchpoint.kind": "kiosk",
        "touchpoint.id": "kiosk-1",
        "journey.state": "checked_in",
        "ticket.state": "valid",
        "ticket.product": "foot_passenger",
        "departure.state": "on_time",
        "departure.minutes_to_departure": 60,
        "departure.minutes_to_gate": 50,
        "departure.minutes_to_check_in": 30,
        "departure.days": 0,
        "departure.walk": 1,
        "departure.spare": 49,
        "departure.moved": False,
        "departure.papers": "none",
        "order.state": "ready",
        "order.minutes_left": 20,
        "order.days": 0,
        "order.count": 1,
        "order.here": False,
        "order.arrived": False,
        "order.fits": True,
        "order.minutes_to_ready": 20,
        "order.faulty": False,
        "order.call": UNKNOWN,
        "order.ahead": 0,
        "subject.known": True,
        "subject.step_free": False,
        "hub.connected": True,
        "hub.data_age": 3,
    }


@pytest.mark.parametrize(("told", "moved"), [(None, False), ("gate", False), ("gate-2", True)])
def test_a_gate_has_moved_when_another_one_was_told_at_check_in(told: str | None, moved: bool) -> None:
    """For this person; who was told none, or is not on a journey, has not been misled."""
    journey = msgspec.structs.replace(a_journey(), gate=None if told is None else PlaceId(told))
    assert _document(msgspec.structs.replace(_FULL, journey=journey))["departure"]["moved"] is moved
    assert _document(msgspec.structs.replace(_FULL, journey=None))["departure"]["moved"] == UNKNOWN


@pytest.mark.parametrize(
    ("call", "state"),
    [
        (CallPromise(EpochMs(NOW + minutes(30)), NOW), "made"),
        (CallPromise(EpochMs(NOW + minutes(2)), NOW), "due_soon"),
        (CallPromise(EpochMs(NOW - 1), EpochMs(NOW - 9)), "broken"),
        (CallPromise(NOW, EpochMs(NOW - 9), kept_at=NOW), "kept"),
    ],
)
def test_a_promised_call_and_a_later_time_are_facts(call: CallPromise, state: str) -> None:
    """By the clock, so that every screen says the same; the honest later time stands beside the promise."""
    later = EpochMs(NOW + minutes(45))
    order = msgspec.structs.replace(an_order("A1", OrderState.PROBLEM), call=call, fault_at=NOW, expected_at=later)
    document = _document(msgspec.structs.replace(_FULL, orders=(order,), ahead=3))["order"]
    assert (document["call"], document["faulty"], document["minutes_to_ready"]) == (state, True, 45)
    assert (document["minutes_left"], document["ahead"]) == (20, 3)


@pytest.mark.parametrize(
    ("departure", "fits"), [(a_departure(18), True), (a_departure(16), True), (a_departure(15), False)]
)
def test_an_order_fits_when_walking_and_collecting_end_before_the_gate_closes(departure: Any, fits: bool) -> None:
    assert _document(msgspec.structs.replace(_FULL, departure=departure))["order"]["fits"] is fits


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        (msgspec.structs.replace(_FULL, departure=None), "fits"),
        (msgspec.structs.replace(_FULL, departure=a_departure(gate="moon")), "fits"),
        (msgspec.structs.replace(_FULL, orders=()), "here"),
    ],
)
def test_what_can_not_be_told_is_unknown(facts: Facts, name: str) -> None:
    assert _document(facts)["order"][name] == UNKNOWN


@pytest.mark.parametrize(("place", "here"), [("shop", True), ("counter", True), ("hall", False), ("moon", False)])
def test_an_order_is_here_at_its_place_and_in_its_zone(place: str, here: bool) -> None:
    facts = msgspec.structs.replace(_FULL, orders=(an_order("A1", OrderState.READY, place=place),))
    assert _document(facts, touchpoint=1)["order"]["here"] is here


@pytest.mark.parametrize(
    ("facts", "step_free"),
    [
        (Facts(NOW, Outcome.INFORMED), None),
        (Facts(NOW, Outcome.INFORMED, ticket=a_ticket()), False),
        (Facts(NOW, Outcome.INFORMED, ticket=a_ticket(), subject=a_subject(step_free=True)), True),
        (Facts(NOW, Outcome.INFORMED, ticket=a_ticket(step_free=True), subject=a_subject()), True),
    ],
)
def test_step_free_is_asked_for_by_the_ticket_or_its_owner(facts: Facts, step_free: bool | None) -> None:
    assert facts.step_free is step_free


@given(st.lists(st.sampled_from(list(OrderState)), max_size=6))
def test_the_order_spoken_of_is_open_wherever_one_is(states: list[OrderState]) -> None:
    orders = tuple(an_order(f"A{number}", state, moved=-number) for number, state in enumerate(states))
    facts = Facts(NOW, Outcome.INFORMED, orders=orders)
    found = focus_order(facts)
    assert (found is None) == (not states)
    assert {order.id for order in open_orders(facts)} == {order.id for order in orders if order.state in OPEN}
    if found is not None and open_orders(facts):
        assert found == open_orders(facts)[0]
    assert said_orders(facts) == (() if found is None else (found,))


def test_of_closed_orders_the_last_one_is_spoken_of() -> None:
    orders = tuple(an_order(f"A{age}", OrderState.HANDED_OVER, moved=-age) for age in (9, 2, 5))
    found = focus_order(Facts(NOW, Outcome.ALREADY_USED, orders=orders))
    assert found is not None
    assert found.number == "A2"
