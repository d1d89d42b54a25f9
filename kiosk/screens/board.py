"""The board: what is being prepared, what is ready, what departs. Dark, so that it does not glare in a dim hall."""

from collections.abc import Callable
from typing import Any

from kiosk.i18n import N_
from kiosk.model.view import BoardView, DepartureLine
from kiosk.screens import timeleft
from kiosk.screens.screen import Screen, Tools, load_rules
from kiosk.screens.theme import NIGHT_CARD, NIGHT_INK, NIGHT_MUTED, NIGHT_OFF, NIGHT_URGENT, Metrics
from kiosk.screens.widgets.cell import Box
from kiosk.screens.widgets.flow import Row
from kiosk.screens.widgets.mark import Mark
from kiosk.screens.widgets.panel import Panel
from kiosk.screens.widgets.wall import Wall
from kiosk.screens.widgets.wrapping import unbroken

__all__ = ["BoardScreen", "Mark", "Wall"]

_PREPARING, _READY, _DEPARTURES = N_("Preparing"), N_("Ready"), N_("Departures")
_TIME, _TO, _GATE, _STATE = N_("Time"), N_("To"), N_("Gate"), N_("Status")
_NONE_PREPARING, _NONE_READY = N_("No orders are being prepared"), N_("No orders are waiting to be collected")
_NONE_DEPARTING = N_("No more departures")
_PAGE_S = 8.0
_GREEN = "#0B6B41"


class NumberChip(Row, Panel):
    """One order number; a ready one has a tick and a green ground."""

    def tell(self, number: str, *, ready: bool) -> None:
        """Show `number`."""
        self.ids.number.text = number
        self.ids.icon.shown = ready
        self.fill = _GREEN if ready else NIGHT_CARD


class DepartureRow(Row, Panel):
    """One departure."""

    def tell(self, line: DepartureLine) -> None:
        """Show `line`."""
        ids = self.ids
        ids.time.text, ids.destination.text = line.time, line.destination
        ids.expected.text = f"→ {line.expected}" if line.expected else ""
        ids.expected.shown = bool(line.expected)
        ids.vessel.text, ids.vessel.shown = line.vessel, bool(line.vessel)
        ids.time.valign = "bottom" if line.expected else "middle"
        ids.destination.valign = "bottom" if line.vessel else "middle"
        ids.gate.text, ids.state.text = unbroken(line.gate), line.state
        ids.state.ink = NIGHT_URGENT if line.urgent else NIGHT_OFF if line.off else NIGHT_INK
        ids.time.ink = ids.destination.ink = NIGHT_MUTED if line.off else NIGHT_INK


class BoardScreen(Screen[BoardView]):
    """Numbers and departures; never a name."""

    name = "board"
    ticks = _PAGE_S

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools)
        ids = self.ids
        for wall, ready in ((ids.preparing, False), (ids.ready, True)):
            wall.make = NumberChip
            wall.fill = _filler(ready=ready)
        ids.lines.make = DepartureRow
        ids.lines.fill = DepartureRow.tell

    def fill_in(self, view: BoardView) -> None:
        """Put numbers and departures into their places."""
        ids, lang = self.ids, view.lang
        ids.title.text, ids.clock.text = view.title, view.clock
        ids.notice.text, ids.news.shown = view.notice, bool(view.notice)
        ids.orders.shown, ids.departures.shown = view.shows_orders, view.shows_departures
        ids.preparing.items, ids.ready.items, ids.lines.items = view.preparing, view.ready, view.departures
        heads = (
            (ids.preparing_head, _PREPARING),
            (ids.ready_head, _READY),
            (ids.departures_head, _DEPARTURES),
            (ids.head_time, _TIME),
            (ids.head_to, _TO),
            (ids.head_gate, _GATE),
            (ids.head_state, _STATE),
            (ids.none_preparing, _NONE_PREPARING),
            (ids.none_ready, _NONE_READY),
            (ids.none_departing, _NONE_DEPARTING),
        )
        for words, msgid in heads:
            words.text = self.say(lang, msgid)
        for wall, nothing, _ in self._walls():
            wall.shown, nothing.shown = bool(wall.items), not wall.items
        ids.heads.shown = bool(view.departures)
        crowded = view.shows_orders and view.shows_departures
        ids.preparing.cell_wide, ids.ready.cell_wide = (170, 250) if crowded else (260, 360)
        ids.preparing.cell_high = ids.ready.cell_high = 112 if crowded else 140
        self._tell_age(view)

    def turn(self, *, landscape: bool) -> None:
        """Orders beside departures where the window is wide."""
        super().turn(landscape=landscape)
        self.ids.body.across = landscape

    def place(self, box: Box, metrics: Metrics) -> None:
        """Lay out, then say which page is shown."""
        super().place(box, metrics)
        changed = False
        for wall, _, words in self._walls():
            text = f"{wall.page + 1}/{wall.pages}" if wall.shown and wall.pages > 1 else ""
            # Also one that says nothing yet takes its room until it is hidden.
            changed = changed or (text, bool(text)) != (words.text, words.shown)
            words.text, words.shown = text, bool(text)
        if changed:
            super().place(box, metrics)

    def tick(self) -> bool:
        """Turn the pages."""
        view = self.view
        if view is None:
            return False
        turned = False
        for wall, _, _ in self._walls():
            if wall.pages > 1:
                wall.page = (wall.page + 1) % wall.pages
                turned = True
        return self._tell_age(view) or turned

    def _tell_age(self, view: BoardView) -> bool:
        changed: bool = self.ids.mark.tell(timeleft.age(self.tools.texts, view.lang, view.freshness, self.tools.clock))
        self.ids.age.shown = self.ids.mark.shown
        return changed

    def _walls(self) -> tuple[tuple[Any, Any, Any], ...]:
        """Each list, what is said when it is empty, and where its page is told."""
        ids = self.ids
        return (
            (ids.preparing, ids.none_preparing, ids.preparing_page),
            (ids.ready, ids.none_ready, ids.ready_page),
            (ids.lines, ids.none_departing, ids.departures_page),
        )


def _filler(*, ready: bool) -> Callable[["NumberChip", str], None]:
    def fill(chip: NumberChip, number: str) -> None:
        chip.tell(number, ready=ready)

    return fill


load_rules(__file__)
