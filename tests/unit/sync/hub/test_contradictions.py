"""Two events that contradict each other become a case at the site's desk."""

import pytest

from kiosk.model.case import Case, CaseKind, CaseState
from kiosk.model.customer import Ref, RefKind
from kiosk.model.event import HelpGiven, HelpTaken, OrderHandedOver, OrderReadied, OrderStarted
from kiosk.model.ids import EpochMs, PackVersion
from kiosk.model.records import Collection, decode_record
from sync.hub.packs import checked
from sync.hub.store.rows import StoredPack
from sync.hub.upkeep import Upkeep
from tests.fakes.packs import pack_bytes, small_body
from tests.unit.sync.hub.world import (
    DESK,
    GATE,
    HOUR_MS,
    ORDER,
    SECOND_GATE,
    SITE,
    TICKET,
    World,
    envelope,
    event,
    redeemed,
)


def cases(world: World) -> list[Case]:
    with world.store.reading() as reading:
        found = [
            decode_record(each.collection, each.body or b"") for each in reading.collection(SITE, Collection.CASES)
        ]
    return [case for case in found if isinstance(case, Case)]


def redeem_twice(world: World) -> None:
    world.take(envelope(event(1, redeemed())))
    world.take(envelope(event(1, redeemed(), name="late")), device=SECOND_GATE)


def test_a_ticket_that_two_gates_took_is_a_case_about_it_where_the_second_one_stands(world: World) -> None:
    """The place is that of the content pack, so that the desk reads it in its own language."""
    body = small_body()
    body["site"] = SITE
    body["touchpoints"][-1].update(id=SECOND_GATE, place="shop")
    with world.store.writing() as writing:
        site = writing.site(SITE)
        assert site is not None
        writing.put_pack(checked(site, pack_bytes(body)), EpochMs(1))
    redeem_twice(world)
    (case,) = cases(world)
    assert (case.kind, case.state, case.device, case.place) == (
        CaseKind.CONTRADICTION,
        CaseState.OPEN,
        SECOND_GATE,
        "shop",
    )
    assert case.about == Ref(RefKind.TICKET, TICKET)
    assert case.opened_at == world.clock.now().wall_ms


@pytest.mark.parametrize("body", [None, b'{"touchpoints":[{"of_2030":1}]}'])
def test_without_a_pack_that_can_be_read_the_place_is_the_devices_name(world: World, body: bytes | None) -> None:
    """Staff can still find it, and the event is kept all the same."""
    if body is not None:
        with world.store.writing() as writing:
            writing.put_pack(StoredPack(SITE, PackVersion("p"), "ab" * 32, body), EpochMs(1))
    redeem_twice(world)
    assert [case.place for case in cases(world)] == ["Terminal Gate 2"]


def test_the_same_event_again_opens_no_second_case(world: World) -> None:
    """Sent again, or sent with others."""
    redeem_twice(world)
    world.take(envelope(event(1, redeemed(), name="late"), event(2)), device=SECOND_GATE)
    assert len(cases(world)) == 1


def test_an_order_that_was_handed_over_twice_is_a_case(world: World) -> None:
    """Somebody has goods that another paid for, or pressed twice."""
    world.take(envelope(event(1, OrderStarted(ORDER)), event(2, OrderReadied(ORDER)), event(3, OrderHandedOver(ORDER))))
    world.take(envelope(event(1, OrderHandedOver(ORDER), name="late")), device=SECOND_GATE)
    assert [case.about for case in cases(world)] == [Ref(RefKind.ORDER, ORDER)]


def test_what_costs_nobody_anything_is_no_case(world: World) -> None:
    """Two desks that both start an order, a ticket that ended long ago, a deed of another site's device."""
    world.take(envelope(event(1, OrderStarted(ORDER)), event(2, OrderStarted(ORDER), name="again")))
    world.take(envelope(event(1, redeemed(type(TICKET)("00000000000000ff")))), device=SECOND_GATE)
    world.take(envelope(event(1, redeemed())), device=DESK)
    assert [kept.conflict for kept in world.events()] == [None, "wrong_state", "not_found", None]
    assert cases(world) == []


def test_a_desk_takes_and_settles_it_like_any_call(world: World) -> None:
    """And a day later it leaves the devices."""
    redeem_twice(world)
    case = cases(world)[0]
    world.take(envelope(event(2, HelpTaken(case.id)), event(3, HelpGiven(case.id))), device=GATE)
    (settled,) = cases(world)
    assert (settled.state, settled.owner, settled.about) == (CaseState.FIXED, GATE, case.about)
    world.clock.advance(24 * HOUR_MS + 1)
    Upkeep(world.store, world.clock, lambda _: None).once()
    assert cases(world) == []
