"""The desk's two lists: what is owed, the most urgent first, and what was handed over last."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from msgspec.structs import replace

from kiosk.model.ids import MS_PER_MINUTE, EpochMs, OrderId
from kiosk.model.order import OPEN, OrderState, PickupOrder
from kiosk.model.view import DeskLine, OrderAct
from kiosk.session.desklines import owed_at

_UNDO_MS = 30 * MS_PER_MINUTE
_DONE_LISTED = 5

Line = Callable[[PickupOrder], DeskLine]


@dataclass(frozen=True, slots=True)
class DeskLists:
    """The orders of a desk; `shown` are those that its last scan was about."""

    orders: tuple[PickupOrder, ...]
    now: EpochMs
    shown: Collection[OrderId] = ()

    def queue(self, line: Line) -> tuple[DeskLine, ...]:
        """What is open, by the time that it is owed."""
        queue = sorted((o for o in self.orders if o.state in OPEN), key=lambda o: (owed_at(o), o.number))
        return tuple(map(line, queue))

    def done(self, line: Line) -> tuple[DeskLine, ...]:
        """The last ones, and the one whose code was scanned: what was handed over long ago may be brought back."""
        handed_over = [order for order in self.orders if order.state is OrderState.HANDED_OVER]
        recent = self._recent(handed_over)
        back = (order for order in handed_over if order.id in self.shown and order not in recent)
        old = tuple(replace(line(order), acts=(OrderAct.FAULTY,)) for order in back)
        return (*old, *map(line, recent))[:_DONE_LISTED]

    def _recent(self, handed_over: Iterable[PickupOrder]) -> list[PickupOrder]:
        done = [order for order in handed_over if order.history and self.now - order.history[-1].at < _UNDO_MS]
        return sorted(done, key=lambda order: -order.history[-1].at)[:_DONE_LISTED]
