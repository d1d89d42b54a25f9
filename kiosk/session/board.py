"""The board: what everyone in the room may see. Numbers and departures, never a name."""

from msgspec.structs import replace

from kiosk.model.ids import MS_PER_MINUTE, MonotonicMs
from kiosk.model.order import PickupOrder
from kiosk.model.records import Collection
from kiosk.model.ticket import Departure
from kiosk.model.view import BoardView, View
from kiosk.session.boardview import Hall, board_view
from kiosk.session.content import Content
from kiosk.session.freshness import freshness_shown
from kiosk.session.parts import Input, Parts


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
        freshness = freshness_shown(self._parts)
        if guide is None:
            nothing = BoardView(
                "", "", lang, (), (), (), shows_orders=False, shows_departures=False, freshness=freshness
            )
            return replace(nothing, trouble=self._content.trouble)
        stored = self._parts.store
        hall = Hall(
            now=self._parts.clock.now().wall_ms,
            lang=lang,
            orders=[each for each in stored.all(Collection.ORDERS) if isinstance(each, PickupOrder)],
            departures=[each for each in stored.all(Collection.DEPARTURES) if isinstance(each, Departure)],
            freshness=freshness,
        )
        return replace(board_view(guide, self._parts.texts, hall), trouble=self._content.trouble)

    def wake_at(self) -> MonotonicMs | None:
        """At the next minute, or when the content changes by its own clock."""
        instant = self._parts.clock.now()
        minute = MonotonicMs(instant.mono_ms + MS_PER_MINUTE - instant.wall_ms % MS_PER_MINUTE)
        change = self._content.changes_at(instant)
        return minute if change is None else min(minute, change)

    def idle(self) -> bool:
        """A board can always take new content."""
        return True
