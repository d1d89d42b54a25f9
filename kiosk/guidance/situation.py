"""One scan's facts seen from one touchpoint: the document that conditions read, and the values that texts show."""

from collections.abc import Callable
from typing import Any

from kiosk.guidance.declared import UNKNOWN
from kiosk.guidance.facts import (
    Facts,
    expected,
    focus_order,
    last_moved,
    minutes_until,
    moved_from,
    nested,
    open_orders,
    said_orders,
    with_delay,
)
from kiosk.guidance.floor import Floor
from kiosk.guidance.words import Words
from kiosk.model.ids import MS_PER_MINUTE, EpochMs, Lang, MessageKey, PlaceId
from kiosk.model.order import PickupOrder, call_promise_of, ready_by
from kiosk.model.pack import GATE, HERE, ORDER, Moment, Settings, Touchpoint

_TIMES = ("minutes_to_departure", "minutes_to_gate", "minutes_to_check_in", "days", "walk")
_OF_DEPARTURE = ("state", *_TIMES, "spare", "papers", "moved")


class Site:
    """What does not change between scans: the floor, the words, the settings and the touchpoint's own place."""

    def __init__(
        self, floor: Floor, words: Words, touchpoint: Touchpoint, settings: Settings, name: MessageKey
    ) -> None:
        self.floor = floor
        self.words = words
        self.touchpoint = touchpoint
        self.settings = settings
        self.name = name


class Situation:
    """The facts of one scan at one site. `order` is the one that the answer is about, where there is one."""

    def __init__(self, facts: Facts, site: Site, order: PickupOrder | None = None) -> None:
        self.facts = facts
        self.site = site
        self.order = focus_order(facts) if order is None else order
        self.open_orders = open_orders(facts)

    def about(self, order: PickupOrder) -> "Situation":
        """The same scan with the answer about `order`."""
        return Situation(self.facts, self.site, order)

    def document(self) -> dict[str, Any]:
        """All declared facts; what is not known is `unknown`."""
        facts, touchpoint = self.facts, self.site.touchpoint
        flat = {
            "outcome": facts.outcome.value,
            "touchpoint.kind": touchpoint.kind.value,
            "touchpoint.id": touchpoint.id,
            "journey.state": facts.journey and facts.journey.state.value,
            "ticket.state": facts.ticket and facts.ticket.state.value,
            "ticket.product": facts.ticket and facts.ticket.product.lower().replace(" ", "_"),
            "subject.known": facts.subject is not None,
            "subject.step_free": facts.step_free,
            "hub.connected": facts.connected,
            "hub.data_age": None if facts.as_of is None else minutes_until(facts.now, facts.as_of),
            **self._departure_facts(),
            **self._order_facts(),
        }
        return nested(flat, UNKNOWN)

    def _departure_facts(self) -> dict[str, Any]:
        departure, now = self.facts.departure, self.facts.now
        if departure is None:
            return dict.fromkeys(f"departure.{name}" for name in _OF_DEPARTURE)
        leaves, walk = expected(departure), self.minutes_through(departure.gate)
        to_gate = minutes_until(with_delay(departure.gate_closes_at, departure), now)
        values = (
            departure.state.value,
            minutes_until(leaves, now),
            to_gate,
            minutes_until(with_delay(departure.check_in_until, departure), now),
            self.site.words.days_between(now, leaves),
            walk,
            None if walk is None or to_gate is None else to_gate - walk,
            departure.papers.value,
            None if self.facts.journey is None else moved_from(self.facts) is not None,
        )
        return {f"departure.{name}": value for name, value in zip(_OF_DEPARTURE, values, strict=True)}

    def _order_facts(self) -> dict[str, Any]:
        order = self.order
        return {
            "order.count": len(self.open_orders),
            "order.state": order and order.state.value,
            "order.minutes_left": order and minutes_until(order.due_at, self.facts.now),
            "order.minutes_to_ready": order and minutes_until(ready_by(order), self.facts.now),
            "order.days": order and self.site.words.days_between(self.facts.now, ready_by(order)),
            "order.here": order and self.site.floor.near(order.place, self.site.touchpoint.place),
            "order.arrived": order and order.arrived_at is not None,
            "order.fits": order and self._fits(order),
            "order.faulty": order and order.fault_at is not None,
            "order.call": order and self._call(order),
            "order.ahead": order and self.facts.ahead,
        }

    def _call(self, order: PickupOrder) -> str | None:
        state = call_promise_of(order, self.facts.now, self.site.settings.due_soon_min)
        return None if state is None else state.value

    def minutes_through(self, *stops: PlaceId) -> int | None:
        """Walking minutes from here along `stops`; None when one can't be reached."""
        step_free = bool(self.facts.step_free)
        return self.site.floor.minutes((self.site.touchpoint.place, *stops), step_free=step_free)

    def _fits(self, order: PickupOrder) -> bool | None:
        """Whether the order can be collected on the way to the gate; unknown without a gate to reach."""
        closes = self.moment(Moment.GATE_CLOSES)
        departure = self.facts.departure
        walking = self.minutes_through(order.place, departure.gate) if departure else None
        if closes is None or walking is None:
            return None
        return self.facts.now + (walking + self.site.settings.pickup_min) * MS_PER_MINUTE <= closes

    def place(self, named: str) -> PlaceId | None:
        """The place that a row names; None when it names none, or one that is not known here."""
        place: PlaceId | None = PlaceId(named)
        if named == HERE:
            place = self.site.touchpoint.place
        elif named == GATE:
            place = self.facts.departure.gate if self.facts.departure else None
        elif named == ORDER:
            place = self.order.place if self.order else None
        return place if place is not None and self.site.floor.knows(place) else None

    def moment(self, moment: Moment) -> EpochMs | None:
        """The time that a row speaks of, None when it is not known."""
        return _MOMENTS[moment](self)

    def told(self, moment: Moment, how: str, lang: Lang) -> str | int | None:
        """A moment as `time`, `date` or `minutes` from now; None when it is not known, or minutes are past."""
        at = self.moment(moment)
        if at is None:
            return None
        if how == "minutes":
            left = minutes_until(at, self.facts.now)
            return left if left is not None and left >= 0 else None
        return self.site.words.local_time(at) if how == "time" else self.site.words.local_date(at, lang)

    def value(self, name: str, lang: Lang) -> str | int | None:
        """What stands for `{name}` in every row, None when it is not known."""
        return _VALUES[name](self, lang) or None

    def named(self, place: str, lang: Lang, *, to: bool = False) -> str | None:
        """The name of a row's place, or "to" it."""
        found = self.place(place)
        if found is None:
            return None
        return self.site.floor.name_to(found, lang) if to else self.site.floor.name(found, lang)

    def old_gate(self, lang: Lang) -> str | None:
        """The name of the gate that was told at check-in, where it has moved since."""
        gate = moved_from(self.facts)
        return self.site.floor.name(gate, lang) if gate is not None and self.site.floor.knows(gate) else None

    def lines(self) -> str:
        """What the orders hold that the answer speaks of: "2 × Coffee, Sandwich"."""
        lines = [line for order in said_orders(self.facts) for line in order.lines]
        return ", ".join(line.article if line.quantity == 1 else f"{line.quantity} × {line.article}" for line in lines)


def _check_in_closes(on: Situation) -> EpochMs | None:
    departure = on.facts.departure
    return with_delay(departure.check_in_until, departure) if departure else None


def _gate_closes(on: Situation) -> EpochMs | None:
    departure = on.facts.departure
    return with_delay(departure.gate_closes_at, departure) if departure else None


_MOMENTS: dict[Moment, Callable[[Situation], EpochMs | None]] = {
    Moment.DEPARTS: lambda on: expected(on.facts.departure) if on.facts.departure else None,
    Moment.CHECK_IN_CLOSES: _check_in_closes,
    Moment.GATE_CLOSES: _gate_closes,
    Moment.NEXT_DEPARTS: lambda on: expected(on.facts.next_departure) if on.facts.next_departure else None,
    Moment.ORDER_DUE: lambda on: on.order.due_at if on.order else None,
    Moment.ORDER_READY: lambda on: ready_by(on.order) if on.order else None,
    Moment.CALL_DUE: lambda on: on.order.call.due_at if on.order and on.order.call else None,
    Moment.VALID_FROM: lambda on: on.facts.ticket.valid_from if on.facts.ticket else None,
    Moment.VALID_UNTIL: lambda on: on.facts.ticket.valid_until if on.facts.ticket else None,
    Moment.USED: lambda on: on.facts.ticket.redemption.at if on.facts.ticket and on.facts.ticket.redemption else None,
    Moment.COLLECTED: lambda on: (last_moved(on.order) or None) if on.order else None,
    Moment.DATA_AS_OF: lambda on: on.facts.as_of,
}

_VALUES: dict[str, Callable[[Situation, Lang], str | int | None]] = {
    "name": lambda on, _: on.facts.name,
    "gate": lambda on, lang: on.named(GATE, lang),
    "to_gate": lambda on, lang: on.named(GATE, lang, to=True),
    "old_gate": lambda on, lang: on.old_gate(lang),
    "lane": lambda on, _: on.facts.ticket.lane if on.facts.ticket else None,
    "ahead": lambda on, _: on.facts.ahead,
    "order_place": lambda on, lang: on.named(ORDER, lang),
    "to_order_place": lambda on, lang: on.named(ORDER, lang, to=True),
    "number": lambda on, _: on.order.number if on.order else None,
    "numbers": lambda on, _: ", ".join(order.number for order in said_orders(on.facts)),
    "count": lambda on, _: len(on.open_orders),
    "lines": lambda on, _: on.lines(),
    "vessel": lambda on, _: on.facts.departure.vessel if on.facts.departure else None,
    "destination": lambda on, _: on.facts.departure.destination if on.facts.departure else None,
    "site": lambda on, lang: on.site.words.text(lang, on.site.name),
}
