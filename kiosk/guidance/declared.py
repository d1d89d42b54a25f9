"""The facts that conditions may ask for: name, type, unit and where each comes from.

A fact that is not known has the value `unknown`, which is a value of its own: a comparison with it never holds.
"""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from kiosk.model.order import OrderState
from kiosk.model.outcome import Outcome
from kiosk.model.pack import ANSWERING
from kiosk.model.ticket import DepartureState, Entitlement, JourneyState

UNKNOWN = "unknown"


class FactType(StrEnum):
    """What kind of value a fact has."""

    WORD = "word"
    NUMBER = "number"
    FLAG = "flag"


class Declared(msgspec.Struct, frozen=True):
    """One fact. `words` are the values of a word (none: any), `buckets` the limits of a number that matter to people."""

    name: str
    type: FactType
    source: str
    words: tuple[str, ...] = ()
    unit: str = ""
    buckets: tuple[int, ...] = ()


def _word(name: str, source: str, words: Iterable[str] = ()) -> Declared:
    return Declared(name, FactType.WORD, source, words=tuple(words))


def _flag(name: str, source: str) -> Declared:
    return Declared(name, FactType.FLAG, source)


def _minutes(name: str, source: str, *buckets: int) -> Declared:
    return Declared(name, FactType.NUMBER, source, unit="min", buckets=buckets)


_ALL = (
    _word("outcome", "what the scan came to", Outcome),
    _word("touchpoint.kind", "the pack's touchpoint", ANSWERING),
    _word("touchpoint.id", "the pack's touchpoint"),
    _word("journey.state", "the journey", JourneyState),
    _word("departure.state", "the departure", DepartureState),
    _minutes("departure.minutes_to_departure", "now until the expected departure", 0, 30, 60),
    _minutes("departure.minutes_to_gate", "now until the gate closes", 0, 10, 20),
    _minutes("departure.minutes_to_check_in", "now until check-in closes", 0, 10, 60),
    Declared("departure.days", FactType.NUMBER, "local days from today to the departure", unit="days", buckets=(0, 1)),
    _minutes("departure.walk", "the way from here to the gate", 2, 5, 10),
    _word("order.state", "the order this is about, or the most pressing open one", OrderState),
    _minutes("order.minutes_left", "now until the order's promise", 0, 5, 30),
    Declared("order.days", FactType.NUMBER, "local days from today to the promise", unit="days", buckets=(0, 1)),
    Declared("order.count", FactType.NUMBER, "the subject's open orders", unit="orders", buckets=(0, 1, 2)),
    _flag("order.here", "whether the order is collected at or beside this touchpoint"),
    _flag("order.arrived", "whether the desk knows that its customer is here"),
    _flag("order.fits", "whether there is time to collect the order and reach the gate before it closes"),
    _flag("subject.known", "whether the code belongs to somebody"),
    _flag("subject.step_free", "whether the ticket or the subject asks for step-free ways"),
    _word("ticket.state", "the ticket", Entitlement),
    _flag("hub.connected", "whether the hub is heard now"),
    _minutes("hub.data_age", "how long ago the hub was last heard", 5, 60, 720),
)
DECLARED: dict[str, Declared] = {fact.name: fact for fact in _ALL}
