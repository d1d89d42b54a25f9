"""From a hole that the proof found to a situation that shows it: each fact that the hole names, chosen as well as can be.

Facts that follow from others are met by choosing those, so it may fail; only what the real guide confirms is offered.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from deploy.release.preview.query import BadChoices
from deploy.release.preview.situation import Situation, entries, read_situation, write_situation
from deploy.release.proof.prove import Hole
from deploy.release.proof.space import NOW
from deploy.release.replay import facts_of
from deploy.release.scenarios import Act, Order, Said, Sailing
from kiosk.guidance import Guide
from kiosk.guidance.declared import DECLARED, UNKNOWN, Thing
from kiosk.guidance.guide import LAST_RESORT
from kiosk.model.ids import DeviceId, EpochMs, PlaceId
from kiosk.model.order import OrderState
from kiosk.model.outcome import Outcome
from kiosk.model.pack import Pack

_NOWHERE = "nowhere"
_MS = 1000
_DAY = 1440
_THERE = {
    Thing.JOURNEY: ("journey.state", "booked"),
    Thing.TICKET: ("ticket.state", "valid"),
    Thing.DEPARTURE: ("departure.state", "on_time"),
    Thing.ORDER: ("order.state", "accepted"),
    Thing.SUBJECT: ("subject.known", "yes"),
    Thing.HUB: ("hub.data_age", "1"),
}
_FLAGS: Mapping[tuple[str, bool], dict[str, str]] = {
    ("{name}", True): {"name": "Anna K."},
    ("{vessel}", False): {"departure.vessel": ""},
    ("{destination}", False): {"departure.destination": ""},
    ("{lines}", False): {"order.lines": ""},
    ("@gate", False): {"departure.gate": _NOWHERE},
    ("@order", False): {"order.place": _NOWHERE},
    ("next_departs", True): {"next_departure.state": "on_time"},
    ("minutes:next_departs", False): {"next_departure.minutes_to_departure": "-5"},
    ("used", True): {"ticket.used": "5"},
    ("minutes:valid_from", True): {"ticket.valid_in": "60"},
    ("minutes:valid_until", False): {"ticket.valid_in": "-2000"},
}


def situation_of(hole: Hole, pack: Pack, usual: Mapping[str, str]) -> dict[str, str] | None:
    """The choices of a situation that falls into `hole`, None when none was found."""
    for choices in _tries(hole, pack, usual):
        try:
            situation = read_situation(choices, usual)
            guide = Guide(pack, situation.act.at)
            row = guide.step(facts_of(situation.act, pack), pack.languages[0]).row
        except (BadChoices, ValueError):
            continue
        if row == (hole.by or LAST_RESORT):
            return write_situation(situation)
    return None


def _tries(hole: Hole, pack: Pack, usual: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The choices, as they are and then at each place that the walk may lead to."""
    if not hole.cell.fixed:
        return
    choices = {
        "at": hole.cell.fixed["touchpoint.id"],
        "outcome": hole.cell.fixed["outcome"],
        "time": usual["time"],
        **_chosen(hole.values, pack),
    }
    yield choices
    named = [place.id for place in pack.places if place.name]
    here = next(each.place for each in pack.touchpoints if each.id == DeviceId(choices["at"]))
    for name, fact in (("departure.gate", "departure.walk"), ("order.place", "order.here")):
        if fact in hole.values or "order.fits" in hole.values:
            yield from ({**choices, name: place} for place in (here, *named, _NOWHERE))


def _chosen(values: Mapping[str, Any], pack: Pack) -> dict[str, str]:
    chosen: dict[str, str] = {}
    for thing, (name, value) in _THERE.items():
        known = any(thing in DECLARED[fact].of and not DECLARED[fact].any_of for fact in _known(values))
        if values.get(thing) is True or (known and values.get(thing) is not False):
            chosen[name] = value
    for fact, value in values.items():
        chosen |= _one(fact, value, pack)
    return chosen


def _known(values: Mapping[str, Any]) -> list[str]:
    return [fact for fact, value in values.items() if fact in DECLARED and value != UNKNOWN]


def _one(fact: str, value: Any, pack: Pack) -> dict[str, str]:
    """The choices for one fact; none where it follows from others."""
    if fact == NOW:
        moment = datetime.fromtimestamp(EpochMs(value) / _MS, UTC)
        return {"time": f"{moment.astimezone(ZoneInfo(pack.zone)):%Y-%m-%d %H:%M:%S}"}
    if isinstance(value, bool) and (fact, value) in _FLAGS:
        return _FLAGS[fact, value]
    return {} if value == UNKNOWN else _settled(fact, value)


def _settled(fact: str, value: Any) -> dict[str, str]:
    if fact.endswith(".days"):
        leaf = "minutes_to_departure" if fact.startswith("departure") else "minutes_left"
        return {f"{fact.partition('.')[0]}.{leaf}": str(value * _DAY)} if value else {}
    if fact == "order.count":
        return {f"order{number}.state": "accepted" for number in range(2, min(value, 8) + 1)}
    if fact not in _SETTABLE or fact in {"at", "outcome", "time"}:
        return {}
    if isinstance(value, bool):
        return {fact: "yes" if value else "no"}
    return {fact: str(value).replace("_", " ") if fact == "ticket.product" else str(value)}


_EVERYTHING = Act(
    DeviceId(""),
    Outcome.INFORMED,
    Said(),
    departure=Sailing(PlaceId(""), 0),
    orders=(Order("", OrderState.ACCEPTED, PlaceId("")),),
)
_SETTABLE = frozenset(each.name for each in entries(Situation(_EVERYTHING)))
"""What can be chosen; all other facts follow from that."""
