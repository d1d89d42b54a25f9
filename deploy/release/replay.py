"""Scenarios replayed by the real guide: the facts of each step, and where the answer is not the one that was wanted."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from deploy.release.finding import Finding, nearest
from deploy.release.scenarios import Act, Order, Sailing, Scenarios
from kiosk.guidance import Facts, Guide
from kiosk.model.customer import Basis, Consent, ConsentState, Interest, Subject
from kiosk.model.ids import (
    MS_PER_MINUTE,
    DepartureId,
    DeviceId,
    EpochMs,
    EventId,
    JourneyId,
    OrderId,
    SiteId,
    SubjectId,
    TicketId,
)
from kiosk.model.order import CallPromise, OrderLine, OrderMark, OrderState, PickupOrder
from kiosk.model.pack import Pack
from kiosk.model.pathway import PathwayState
from kiosk.model.step import Step
from kiosk.model.ticket import Decision, Departure, Journey, Redemption, Ticket

_WHO = SubjectId("0000000000000001")
_MS = 1000
_SHOWN = ("row", "tone", "headline", "detail", "lead", "place", "when")


def replayed(scenarios: Scenarios, pack: Pack) -> Iterator[Finding]:
    """Every step whose answer is another than it says, or that nobody can take."""
    guides = {each.id: Guide(pack, each.id) for each in pack.touchpoints if each.operation is not None}
    for number, scenario in enumerate(scenarios.all):
        for at, act in enumerate(scenario.steps):
            for what, todo in _step_flaws(act, pack, guides):
                yield scenarios.finding(number, at, what, todo)


def answer(act: Act, pack: Pack, guide: Guide) -> Step:
    """What `guide` says to a step of a scenario."""
    return guide.step(facts_of(act, pack), act.lang or pack.languages[0])


def facts_of(act: Act, pack: Pack) -> Facts:
    """The facts of a step. Raises `ValueError` when its time is none."""
    now = _moment(act.time, pack.zone)
    ticket = _ticket(act, now, pack.site)
    known = act.known or bool(act.name) or ticket is not None
    return Facts(
        now=now,
        outcome=act.outcome,
        ticket=ticket,
        journey=_journey(act, pack.site),
        departure=_departure(act.departure, now, pack.site),
        orders=tuple(_order(order, now, pack.site) for order in act.orders),
        subject=_person(act, pack.site) if known else None,
        name=act.name,
        connected=act.connected,
        as_of=None if act.data_age is None else EpochMs(now - act.data_age * MS_PER_MINUTE),
        next_departure=_departure(act.next_departure, now, pack.site),
        ahead=act.ahead,
        pathways=tuple(PathwayState(key, pack.site, open=False, at=now) for key in act.closed),
    )


def _step_flaws(act: Act, pack: Pack, guides: dict[DeviceId, Guide]) -> Iterator[tuple[str, str]]:
    if act.at not in guides:
        yield f'There is no touchpoint "{act.at}" that answers.', nearest(act.at, guides)
    elif act.lang is not None and act.lang not in pack.languages:
        yield f'The pack does not speak "{act.lang}".', nearest(act.lang, pack.languages)
    else:
        try:
            step = answer(act, pack, guides[act.at])
        except ValueError as error:
            yield f'"{act.time}" is no time ({error}).', "Write it as 2026-11-21 16:00."
            return
        yield from _differences(act, step)
        keys = [pathway.id for pathway in pack.pathways]
        for key in (key for key in act.closed if key not in keys):
            yield f'There is no pathway "{key}" to close.', nearest(key, keys)


def _differences(act: Act, step: Step) -> Iterator[tuple[str, str]]:
    todo = "Correct the rows or texts, or what the scenario wants."
    for name in _SHOWN:
        wanted, said = getattr(act.says, name), str(getattr(step, name))
        if wanted is not None and str(wanted) != said:
            yield f'{name} is "{said}" (row "{step.row}"), not "{wanted}".', todo
    offer = "" if step.offer is None else step.offer.id
    turn = step.way.turns[0].text if step.way is not None and step.way.turns else ""
    for name, wanted, said in (("offer", act.says.offer, offer), ("the first turn", act.says.turn, turn)):
        if wanted is not None and wanted != said:
            yield f'{name} is "{said}", not "{wanted}".', todo
    if act.says.way is not None and act.says.way is not (step.way is not None):
        yield f'{"no" if act.says.way else "a"} way is drawn (row "{step.row}").', todo


def _person(act: Act, site: SiteId) -> Subject:
    stated = (Interest(topic, Basis.STATED) for topic in act.likes)
    inferred = (Interest(topic, Basis.INFERRED) for topic in act.seems_to_like)
    return Subject(
        _WHO,
        site,
        step_free=act.step_free,
        consents=tuple(Consent(purpose, ConsentState.GRANTED, "") for purpose in act.consents),
        interests=(*stated, *inferred),
        declined=act.declined,
    )


def _moment(text: str, zone: str) -> EpochMs:
    moment = datetime.fromisoformat(text)
    local = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
    return EpochMs(round(local.timestamp() * _MS))


def _after(now: EpochMs, minutes: int) -> EpochMs:
    return EpochMs(now + minutes * MS_PER_MINUTE)


def _ticket(act: Act, now: EpochMs, site: SiteId) -> Ticket | None:
    if act.ticket is None:
        return None
    used = None
    if act.used is not None:
        used = Redemption(EventId("e"), DeviceId("gate"), _after(now, -act.used), Decision.SITE_CONFIRMED)
    valid = _after(now, act.valid_in), _after(now, act.valid_in + 1440)
    return Ticket(
        *(TicketId("t"), _WHO, site, act.product, *valid),
        step_free=act.step_free,
        state=act.ticket,
        redemption=used,
        lane=act.lane,
    )


def _journey(act: Act, site: SiteId) -> Journey | None:
    if act.journey is None:
        return None
    return Journey(JourneyId("j"), _WHO, site, "journey", act.journey, gate=act.told_gate)


def _departure(sailing: Sailing | None, now: EpochMs, site: SiteId) -> Departure | None:
    if sailing is None:
        return None
    leaves = sailing.leaves_in
    return Departure(
        id=DepartureId("d"),
        site=site,
        vessel=sailing.vessel,
        destination=sailing.destination,
        departs_at=_after(now, leaves),
        check_in_until=_after(now, leaves - sailing.check_in_closes_before),
        gate_closes_at=_after(now, leaves - sailing.gate_closes_before),
        gate=sailing.gate,
        state=sailing.state,
        expected_at=_after(now, leaves + sailing.late) if sailing.late else None,
        papers=sailing.papers,
    )


def _order(order: Order, now: EpochMs, site: SiteId) -> PickupOrder:
    return PickupOrder(
        id=OrderId(order.number),
        number=order.number,
        subject=_WHO,
        site=site,
        due_at=_after(now, order.due_in),
        place=order.place,
        state=order.state,
        lines=tuple(OrderLine(article, 1) for article in order.lines),
        arrived_at=now if order.arrived else None,
        history=(OrderMark(EventId("e"), _after(now, -order.moved), OrderState.READY),),
        expected_at=None if order.ready_in is None else _after(now, order.ready_in),
        fault_at=_after(now, -order.moved) if order.faulty else None,
        call=_call(order, now),
    )


def _call(order: Order, now: EpochMs) -> CallPromise | None:
    if order.call_in is None:
        return None
    kept = None if order.called is None else _after(now, -order.called)
    return CallPromise(_after(now, order.call_in), _after(now, -order.moved), kept_at=kept)
