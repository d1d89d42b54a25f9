"""What a board says of orders and departures: numbers, times and places."""

from collections.abc import Sequence
from dataclasses import dataclass

from kiosk.guidance import Guide
from kiosk.i18n import Texts
from kiosk.model.ids import MS_PER_MINUTE, EpochMs, Lang
from kiosk.model.order import COLLECTABLE, OrderState, PickupOrder
from kiosk.model.pack import Shows
from kiosk.model.ticket import Departure, DepartureState
from kiosk.model.view import BoardView, DepartureLine, Freshness
from kiosk.session.words import departure_words

_LISTED = frozenset({OrderState.ACCEPTED, OrderState.PREPARING, OrderState.ANNOUNCED})
_GONE_AFTER_MS = 10 * MS_PER_MINUTE
_URGENT_MINUTES = 15


@dataclass(frozen=True, slots=True)
class Hall:
    """What a board tells of at `now`, and in which language."""

    now: EpochMs
    lang: Lang
    orders: Sequence[PickupOrder]
    departures: Sequence[Departure]
    freshness: Freshness


def board_view(guide: Guide, texts: Texts, hall: Hall) -> BoardView:
    """The board as the pack wants it: orders, departures, or both."""
    shows = guide.touchpoint.shows
    orders = hall.orders if Shows.ORDERS in shows else ()
    ready = sorted((order for order in orders if order.state in COLLECTABLE), key=lambda o: -(o.ready_at or 0))
    preparing = sorted((order for order in orders if order.state in _LISTED), key=lambda o: (o.due_at, o.number))
    coming = [each for each in hall.departures if _leaves(each) > hall.now - _GONE_AFTER_MS]
    lines = (_line(guide, texts, hall, departure) for departure in sorted(coming, key=_leaves))
    return BoardView(
        title=guide.place_name(guide.touchpoint.place, hall.lang, hall.now),
        clock=guide.local_time(hall.now),
        lang=hall.lang,
        preparing=tuple(order.number for order in preparing),
        ready=tuple(order.number for order in ready),
        departures=tuple(lines) if Shows.DEPARTURES in shows else (),
        shows_orders=Shows.ORDERS in shows,
        shows_departures=Shows.DEPARTURES in shows,
        freshness=hall.freshness,
        notice=guide.attract(hall.lang, hall.now)[1],
    )


def _line(guide: Guide, texts: Texts, hall: Hall, departure: Departure) -> DepartureLine:
    late = departure.expected_at is not None and departure.expected_at != departure.departs_at
    boarding = departure.state in {DepartureState.ON_TIME, DepartureState.DELAYED, DepartureState.BOARDING}
    off = departure.state is DepartureState.CANCELLED
    minutes = (_leaves(departure) - hall.now) // MS_PER_MINUTE
    return DepartureLine(
        time=guide.local_time(departure.departs_at),
        expected=guide.local_time(_leaves(departure)) if late else "",
        destination=departure.destination,
        vessel=departure.vessel,
        gate="" if off else guide.place_name(departure.gate, hall.lang, hall.now),
        state=departure_words(texts, hall.lang, departure, hall.now),
        urgent=boarding and 0 <= minutes <= _URGENT_MINUTES,
        off=off,
    )


def _leaves(departure: Departure) -> EpochMs:
    return departure.departs_at if departure.expected_at is None else departure.expected_at
