"""The board: what everyone in the room may see. Numbers and departures, never a name."""

from kiosk.model.ids import MS_PER_MINUTE, EpochMs, MonotonicMs
from kiosk.model.order import COLLECTABLE, OrderState, PickupOrder
from kiosk.model.pack import Shows
from kiosk.model.records import Collection
from kiosk.model.ticket import Departure, DepartureState
from kiosk.model.view import BoardView, DepartureLine, View
from kiosk.session.content import Content
from kiosk.session.freshness import freshness_shown
from kiosk.session.parts import Input, Parts
from kiosk.session.words import departure_words

_LISTED = frozenset({OrderState.ACCEPTED, OrderState.PREPARING, OrderState.ANNOUNCED})
_GONE_AFTER_MS = 10 * MS_PER_MINUTE
_URGENT_MINUTES = 15


class Board:
    """The session of a board."""

    def __init__(self, parts: Parts, content: Content) -> None:
        self._parts = parts
        self._content = content

    def handle(self, item: Input) -> None:
        """A board takes nothing."""

    def view(self) -> View:
        """The board as it stands now."""
        guide, lang = self._content.guide, self._parts.config.screen.language
        now = self._parts.clock.now().wall_ms
        shows_orders = guide is not None and Shows.ORDERS in guide.touchpoint.shows
        shows_departures = guide is not None and Shows.DEPARTURES in guide.touchpoint.shows
        orders = self._orders() if shows_orders else ()
        ready = sorted((order for order in orders if order.state in COLLECTABLE), key=lambda o: -(o.ready_at or 0))
        preparing = sorted((order for order in orders if order.state in _LISTED), key=lambda o: (o.due_at, o.number))
        return BoardView(
            title="" if guide is None else guide.place_name(guide.touchpoint.place, lang, now),
            clock="" if guide is None else guide.local_time(now),
            lang=lang,
            preparing=tuple(order.number for order in preparing),
            ready=tuple(order.number for order in ready),
            departures=self._departures(now) if shows_departures else (),
            shows_orders=shows_orders,
            shows_departures=shows_departures,
            freshness=freshness_shown(self._parts),
            trouble=self._content.trouble,
        )

    def wake_at(self) -> MonotonicMs | None:
        """At the next minute, or when the content changes by its own clock."""
        instant = self._parts.clock.now()
        minute = MonotonicMs(instant.mono_ms + MS_PER_MINUTE - instant.wall_ms % MS_PER_MINUTE)
        change = self._content.changes_at(instant)
        return minute if change is None else min(minute, change)

    def idle(self) -> bool:
        """A board can always take new content."""
        return True

    def _orders(self) -> tuple[PickupOrder, ...]:
        return tuple(o for o in self._parts.store.all(Collection.ORDERS) if isinstance(o, PickupOrder))

    def _departures(self, now: EpochMs) -> tuple[DepartureLine, ...]:
        coming = [
            departure
            for departure in self._parts.store.all(Collection.DEPARTURES)
            if isinstance(departure, Departure) and _leaves(departure) > now - _GONE_AFTER_MS
        ]
        return tuple(self._line(departure, now) for departure in sorted(coming, key=_leaves))

    def _line(self, departure: Departure, now: EpochMs) -> DepartureLine:
        guide, lang = self._content.guide, self._parts.config.screen.language
        if guide is None:
            msg = "departures are listed only with content"
            raise RuntimeError(msg)
        late = departure.expected_at is not None and departure.expected_at != departure.departs_at
        boarding = departure.state in {DepartureState.ON_TIME, DepartureState.DELAYED, DepartureState.BOARDING}
        minutes = (_leaves(departure) - now) // MS_PER_MINUTE
        return DepartureLine(
            time=guide.local_time(departure.departs_at),
            expected=guide.local_time(_leaves(departure)) if late else "",
            destination=departure.destination,
            vessel=departure.vessel,
            gate=guide.place_name(departure.gate, lang, now),
            state=departure_words(self._parts.texts, lang, departure, now),
            urgent=boarding and 0 <= minutes <= _URGENT_MINUTES,
        )


def _leaves(departure: Departure) -> EpochMs:
    return departure.departs_at if departure.expected_at is None else departure.expected_at
