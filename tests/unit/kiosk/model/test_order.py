"""Where the promise of an order stands."""

import msgspec
import pytest

from kiosk.model.ids import EpochMs, OrderId, PlaceId, SiteId, SubjectId
from kiosk.model.order import COLLECTABLE, OPEN, WAITING, OrderState, PickupOrder, PromiseState, promise_of

DUE = EpochMs(1_790_000_000_000)
ORDER = PickupOrder(OrderId("o"), "A1", SubjectId("s"), SiteId("x"), DUE, PlaceId("p"))


@pytest.mark.parametrize(
    ("minutes_to_due", "expected"),
    [(60, "made"), (5.001, "made"), (5, "due_soon"), (0, "due_soon"), (-0.001, "broken"), (-600, "broken")],
)
def test_while_it_is_not_ready(minutes_to_due: float, expected: str) -> None:
    """The last five minutes are soon; past the time it is broken."""
    assert promise_of(ORDER, EpochMs(int(DUE - minutes_to_due * 60_000))) is PromiseState(expected)


def test_how_soon_is_soon_can_be_chosen() -> None:
    """The content pack says."""
    assert promise_of(ORDER, EpochMs(DUE - 9 * 60_000), 10) is PromiseState.DUE_SOON


@pytest.mark.parametrize(("ready_at", "expected"), [(DUE, "kept"), (DUE + 1, "kept_late")])
def test_once_ready_it_stays_what_it_was(ready_at: int, expected: str) -> None:
    """However late the customer comes."""
    order = msgspec.structs.replace(ORDER, state=OrderState.READY, ready_at=EpochMs(ready_at))
    assert promise_of(order, EpochMs(DUE + 10**9)) is PromiseState(expected)


def test_a_cancelled_order_promises_nothing() -> None:
    """Also when it was ready."""
    order = msgspec.structs.replace(ORDER, state=OrderState.CANCELLED, ready_at=DUE)
    assert promise_of(order, DUE) is PromiseState.WITHDRAWN


def test_an_order_is_complete_only_after_the_handover() -> None:
    """What waits, what can be collected, and everything that is still open."""
    assert WAITING < OPEN
    assert COLLECTABLE < OPEN
    assert OrderState.HANDED_OVER not in OPEN
    assert not WAITING & COLLECTABLE
