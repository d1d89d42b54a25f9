"""The facts that conditions may ask for: name, type, unit, range, buckets, and where each comes from.

A fact that is not known has the value `unknown`, which is a value of its own: a comparison with it never holds. A fact
is known when the thing it tells of is there (`of`): an order's state when there is an order.
"""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from kiosk.model.order import OrderState, PromiseState
from kiosk.model.outcome import Outcome
from kiosk.model.pack import ANSWERING
from kiosk.model.ticket import DepartureState, Entitlement, JourneyState, Papers

UNKNOWN = "unknown"


class FactType(StrEnum):
    """What kind of value a fact has."""

    WORD = "word"
    NUMBER = "number"
    FLAG = "flag"


class Thing(StrEnum):
    """What may be there or not when somebody is answered, and with it the facts about it."""

    JOURNEY = "journey"
    TICKET = "ticket"
    DEPARTURE = "departure"
    ORDER = "order"
    SUBJECT = "subject"
    HUB = "hub"
    """The hub, heard at least once."""


class Declared(msgspec.Struct, frozen=True):
    """One fact. `words` are the values of a word (none: any), `buckets` the limits of a number that matter to people;
    a number lies in [`least`, `most`] as far as people are concerned. `noun` names it in sentences.

    It is known when all of `of` are there, with `any_of` when one of them is; `gaps` says that it may be unknown even
    then.
    """

    name: str
    type: FactType
    source: str
    noun: str
    words: tuple[str, ...] = ()
    unit: str = ""
    buckets: tuple[int, ...] = ()
    least: int = 0
    most: int = 0
    of: tuple[Thing, ...] = ()
    any_of: bool = False
    gaps: bool = False


_DAY = 1440
_MONTH = 31


def _word(name: str, source: str, noun: str, words: Iterable[str] = (), of: tuple[Thing, ...] = ()) -> Declared:
    return Declared(name, FactType.WORD, source, noun, words=tuple(words), of=of)


def _flag(name: str, source: str, noun: str, *of: Thing) -> Declared:
    return Declared(name, FactType.FLAG, source, noun, of=of)


def _minutes(name: str, source: str, noun: str, buckets: tuple[int, ...], of: Thing) -> Declared:
    kind = FactType.NUMBER
    return Declared(name, kind, source, noun, unit="min", buckets=buckets, least=-_DAY, most=2 * _DAY, of=(of,))


def _days(name: str, source: str, noun: str, of: Thing) -> Declared:
    return Declared(
        name, FactType.NUMBER, source, noun, unit="days", buckets=(0, 1), least=-_MONTH, most=_MONTH, of=(of,)
    )


_DEPARTURE, _ORDER = Thing.DEPARTURE, Thing.ORDER
_TO_DEPARTURE, _TO_GATE, _TO_CHECK_IN = (f"departure.minutes_to_{end}" for end in ("departure", "gate", "check_in"))
_ALL = (
    _word("outcome", "what the scan came to", "the outcome", Outcome),
    _word("touchpoint.kind", "the pack's touchpoint", "the touchpoint's kind", ANSWERING),
    _word("touchpoint.id", "the pack's touchpoint", "the touchpoint"),
    _word("journey.state", "the journey", "the journey", JourneyState, (Thing.JOURNEY,)),
    _word("departure.state", "the departure", "the departure", DepartureState, (_DEPARTURE,)),
    _minutes(_TO_DEPARTURE, "now until the expected departure", "the time to the departure", (0, 30, 60), _DEPARTURE),
    _minutes(_TO_GATE, "now until the gate closes", "the time until the gate closes", (0, 10, 20), _DEPARTURE),
    _minutes(_TO_CHECK_IN, "now until check-in closes", "the time until check-in closes", (0, 10, 60), _DEPARTURE),
    _days("departure.days", "local days from today to the departure", "the days to the departure", _DEPARTURE),
    Declared(
        name="departure.walk",
        type=FactType.NUMBER,
        source="the way from here to the gate",
        noun="the walk to the gate",
        unit="min",
        buckets=(2, 5, 10),
        most=60,
        of=(_DEPARTURE,),
        gaps=True,
    ),
    Declared(
        name="departure.spare",
        type=FactType.NUMBER,
        source="minutes that are left at the gate before it closes, for who walks there now",
        noun="the time to spare at the gate",
        unit="min",
        buckets=(0, 5, 30),
        least=-_DAY,
        most=2 * _DAY,
        of=(_DEPARTURE,),
        gaps=True,
    ),
    Declared(
        name="departure.moved",
        type=FactType.FLAG,
        source="whether the gate is another than the one that the person was sent to at check-in",
        noun="the gate has moved since check-in",
        of=(Thing.JOURNEY, _DEPARTURE),
    ),
    _word("departure.papers", "the travel document that the departure asks for", "the papers", Papers, (_DEPARTURE,)),
    _word("order.state", "the order this is about, or the most pressing open one", "the order", OrderState, (_ORDER,)),
    _minutes("order.minutes_left", "now until the order's promise", "the time to the promise", (0, 5, 30), _ORDER),
    _minutes(
        "order.minutes_to_ready",
        "now until the later time that staff gave, else until the promise",
        "the time until it is ready",
        (0, 5, 30),
        _ORDER,
    ),
    _days("order.days", "local days from today until it is ready", "the days until it is ready", _ORDER),
    Declared(
        name="order.count",
        type=FactType.NUMBER,
        source="the subject's open orders",
        noun="the number of open orders",
        unit="orders",
        buckets=(0, 1, 2),
        most=20,
    ),
    _flag("order.here", "whether the order is collected at or beside this touchpoint", "the order is here", _ORDER),
    _flag("order.arrived", "whether the desk knows that its customer is here", "the desk expects them", _ORDER),
    Declared(
        name="order.fits",
        type=FactType.FLAG,
        source="whether there is time to collect the order and reach the gate before it closes",
        noun="there is time to collect the order first",
        of=(_ORDER, _DEPARTURE),
        gaps=True,
    ),
    Declared(
        name="order.ahead",
        type=FactType.NUMBER,
        source="customers who came before this one and still wait at the same place",
        noun="the number of customers before this one",
        unit="customers",
        buckets=(0, 1, 5),
        most=50,
        of=(_ORDER,),
    ),
    _flag("order.faulty", "whether its customer brought back something faulty", "something in it is faulty", _ORDER),
    Declared(
        name="order.call",
        type=FactType.WORD,
        source="how the promise of a call about the order stands",
        noun="the promised call",
        words=tuple(PromiseState),
        of=(_ORDER,),
        gaps=True,
    ),
    _flag("subject.known", "whether the code belongs to somebody", "the person is known"),
    Declared(
        name="subject.step_free",
        type=FactType.FLAG,
        source="whether the ticket or the subject asks for step-free ways",
        noun="ways must be step-free",
        of=(Thing.SUBJECT, Thing.TICKET),
        any_of=True,
    ),
    _word("ticket.state", "the ticket", "the ticket", Entitlement, (Thing.TICKET,)),
    _word(
        "ticket.product", "the ticket's product in small letters, _ for blanks", "the ticket's kind", of=(Thing.TICKET,)
    ),
    _flag("hub.connected", "whether the hub is heard now", "the hub is heard"),
    Declared(
        name="hub.data_age",
        type=FactType.NUMBER,
        source="how long ago the hub was last heard",
        noun="the age of what is known",
        unit="min",
        buckets=(5, 60, 720),
        most=7 * _DAY,
        of=(Thing.HUB,),
    ),
)
DECLARED: dict[str, Declared] = {fact.name: fact for fact in _ALL}

_SAID = (
    _flag("{name}", "the subject's name could be opened", "somebody whose name is known", Thing.SUBJECT),
    _flag("{vessel}", "the departure names its vessel", "the vessel is named", _DEPARTURE),
    _flag("{destination}", "the departure names where it goes", "the destination is named", _DEPARTURE),
    _flag("{lines}", "the order lists what it holds", "the order lists its articles", _ORDER),
    Declared(
        name="{old_gate}",
        type=FactType.FLAG,
        source="the gate told at check-in is another one and on the map",
        noun="the gate told at check-in is on the map",
        of=(Thing.JOURNEY, _DEPARTURE),
    ),
    _flag("{lane}", "the ticket names a lane", "the ticket names a lane", Thing.TICKET),
    _flag("{ahead}", "somebody waits before this customer", "somebody waits before this customer", _ORDER),
    _flag("@gate", "the departure's gate is on the map", "the gate is on the map", _DEPARTURE),
    _flag("@order", "where the order is collected is on the map", "the order's place is on the map", _ORDER),
    _flag("next_departs", "a later departure could be taken", "there is a later departure", _DEPARTURE),
    _flag("used", "when the ticket was used is known", "when the ticket was used is known", Thing.TICKET),
    _flag("collected", "when the order last moved is known", "when the order moved is known", _ORDER),
    _flag("call_due", "a call about the order was promised", "a call about the order was promised", _ORDER),
    _flag("minutes:call_due", "the promised call is still to come", "the promised call is to come", _ORDER),
    _flag("minutes:next_departs", "the later departure is still to come", "the later departure is to come", _DEPARTURE),
    _flag("minutes:valid_from", "the ticket is not valid yet", "the ticket is not valid yet", Thing.TICKET),
    _flag("minutes:valid_until", "the ticket has not run out", "the ticket has not run out", Thing.TICKET),
)
SAID: dict[str, Declared] = {fact.name: fact for fact in _SAID}
"""What decides, besides the conditions, whether a row can be said: that its placeholders and its place have a value."""
