"""A situation as a sentence: "at gate 2, a passenger who is checked in, step-free, 8 minutes before closing"."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale

from deploy.release.proof.prove import Hole
from deploy.release.proof.space import FACTS, NOW, Values
from deploy.release.proof.table import Cell
from kiosk.guidance.declared import UNKNOWN, FactType, Thing
from kiosk.model.pack import Pack

_MS = 1000
_PLAIN: dict[str, tuple[str, str]] = {
    "order.here": ("the order is collected here", "the order is collected elsewhere"),
    "order.arrived": ("the desk knows that they are here", "the desk does not know that they are here"),
    "order.faulty": ("something in the order is faulty", "nothing in the order is faulty"),
    "departure.moved": ("whose gate has moved since check-in", "whose gate has not moved"),
    "{old_gate}": ("the gate told at check-in is on the map", "the gate told at check-in is not on the map"),
    "{lane}": ("the ticket names a lane", "the ticket names no lane"),
    "{ahead}": ("somebody waits before them", "nobody waits before them"),
    "call_due": ("a call was promised", "no call was promised"),
    "minutes:call_due": ("the promised call is to come", "the time of the promised call has passed"),
    "order.fits": ("there is time to collect the order first", "there is no time to collect the order first"),
    "subject.known": ("known by the code", "nobody is known by the code"),
    "subject.step_free": ("step-free", "any way will do"),
    "hub.connected": ("the hub is heard", "the hub is not heard"),
    "{name}": ("their name is known", "their name is not known"),
    "{vessel}": ("the vessel is named", "no vessel is named"),
    "{destination}": ("the destination is named", "no destination is named"),
    "{lines}": ("the order lists its articles", "the order lists no articles"),
    "@gate": ("the gate is on the map", "the gate is not on the map"),
    "@order": ("the order's place is on the map", "the order's place is not on the map"),
    "next_departs": ("there is a later departure", "there is no later departure"),
    "used": ("it is known when the ticket was used", "it is not known when the ticket was used"),
    "collected": ("it is known when the order was collected", "it is not known when the order was collected"),
    "minutes:next_departs": ("the later departure is to come", "the later departure has left"),
    "minutes:valid_from": ("the ticket is not valid yet", "the ticket is valid already"),
    "minutes:valid_until": ("the ticket has not run out", "the ticket has run out"),
    Thing.JOURNEY: ("with a journey", "without a journey"),
    Thing.TICKET: ("with a ticket", "without a ticket"),
    Thing.DEPARTURE: ("with a departure", "without a departure"),
    Thing.ORDER: ("with an order", "without an order"),
    Thing.SUBJECT: ("known by the code", "nobody is known by the code"),
    Thing.HUB: ("the hub was heard before", "the hub was never heard"),
}
_STATES = {
    "journey.state": "who is {}",
    "departure.state": "whose departure is {}",
    "order.state": "whose order is {}",
    "departure.papers": "whose departure asks for papers: {}",
    "order.call": "whose promised call is {}",
    "ticket.state": "whose ticket is {}",
    "ticket.product": "whose ticket is for {}",
}
_TIMES = {
    "departure.minutes_to_departure": ("before the departure", "after the departure"),
    "departure.minutes_to_gate": ("before the gate closes", "after the gate closed"),
    "departure.minutes_to_check_in": ("before check-in closes", "after check-in closed"),
    "order.minutes_to_ready": ("before the order will be ready", "after the order should be ready"),
    "order.minutes_left": ("before the order is promised", "after the order was promised"),
}
_COUNTS: dict[str, Callable[[int], str]] = {
    "departure.days": lambda days: f"the departure is {_day(days)}",
    "order.days": lambda days: f"the order will be ready {_day(days)}",
    "departure.spare": lambda minutes: f"{minutes} min to spare at the gate",
    "departure.walk": lambda minutes: f"the gate is {minutes} min away",
    "order.count": lambda count: f"{count} open {'order' if count == 1 else 'orders'}",
    "order.ahead": lambda count: f"{count} {'customer' if count == 1 else 'customers'} before them",
    "hub.data_age": lambda minutes: f"the hub was heard {minutes} min ago",
}


def hole_told(hole: Hole, pack: Pack) -> str:
    """The smallest counterexample as a sentence."""
    facts = ", ".join(said(hole.cell, hole.values, pack)) or "whatever else is known"
    by = f'only the catch-all row "{hole.by}" answers' if hole.by else "no row matches"
    return f"{_place(hole.cell, pack)}, {facts}, in {_languages(pack)}: {by}."


def said(cell: Cell, values: Values, pack: Pack) -> Iterator[str]:
    """Each fact in words; a thing that a known fact tells of anyway is left out."""
    implied = {
        thing
        for name, value in values.items()
        if name in FACTS and value != UNKNOWN and value is not False
        for thing in FACTS[name].of
    }
    missing = {thing for thing in Thing if values.get(thing) is False}
    for name, value in values.items():
        gone = value == UNKNOWN and name in FACTS and missing & set(FACTS[name].of)
        if not gone and not (name in implied and value is True) and name not in cell.fixed:
            yield _fact(name, value, pack)


def _place(cell: Cell, pack: Pack) -> str:
    if not cell.fixed:
        return f"In {cell.where}"
    alike = f" (and {cell.alike - 1} like it)" if cell.alike > 1 else ""
    outcome = cell.fixed["outcome"].replace("_", " ")
    return f"At {cell.fixed['touchpoint.id']}{alike}, a {_who(pack)} whose scan comes to {outcome}"


def _who(pack: Pack) -> str:
    journeys = any(touchpoint.operation in {"check_in", "admit"} for touchpoint in pack.touchpoints)
    return "passenger" if journeys else "customer"


def _languages(pack: Pack) -> str:
    if len(pack.languages) == 1:
        return Locale.parse(pack.languages[0]).get_display_name("en") or pack.languages[0]
    return "every language"


def _fact(name: str, value: Any, pack: Pack) -> str:
    if name not in FACTS and name not in set(Thing):
        return _apart(name, value, pack)
    if name in FACTS and value == UNKNOWN:
        return f"{FACTS[name].noun} unknown" if FACTS[name].type is not FactType.FLAG else f"unknown whether {name}"
    if name in _PLAIN:
        return _PLAIN[name][0 if value is True else 1]
    if name in _STATES:
        return _STATES[name].format(str(value).replace("_", " "))
    if name in _TIMES:
        return f"{abs(value)} {'minute' if abs(value) == 1 else 'minutes'} {_TIMES[name][value < 0]}"
    return _COUNTS[name](value)


def _apart(name: str, value: Any, pack: Pack) -> str:
    """What only the pack knows: an instant, or the variant of an experiment."""
    if name != NOW:
        return f'who gets variant "{value}" of {name.partition(":")[2]}'
    moment = datetime.fromtimestamp(value / _MS, ZoneInfo(pack.zone))
    return f"on {moment:%Y-%m-%d} at {moment:%H:%M}"


def _day(days: int) -> str:
    return "today" if days == 0 else f"in {days} days" if days > 0 else "on a day that is past"
