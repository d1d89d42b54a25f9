"""The story that `opas demo --once` plays: who does what, where, and what must come of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from deploy.demo.changing import change_the_practice, move_the_gate
from deploy.demo.director import Director, OffScript
from deploy.demo.promising import break_a_promise, keep_a_promise

_KIOSK, _GATE, _BOARD, _DESK = (f"terminal-{role}-1" for role in ("kiosk", "gate", "board", "desk"))
_SHOP_KIOSK, _SHOP_BOARD, _SHOP_DESK = (f"shop-{role}-1" for role in ("kiosk", "board", "desk"))
_MARK_S = 40.0
_BACK_S = 90.0


@dataclass(frozen=True, slots=True)
class Scene:
    """One scene. `play` raises `OffScript` where it does not go as told; `short` ones make the short story of the
    terminal, and those with `shop` that of the shop alone.
    """

    title: str
    text: str
    play: Callable[[Director], None]
    short: bool = False
    cut_off: bool = False
    """Whether events wait here for the broker, so that their way to the hub says nothing about how fast it is."""
    shop: bool = False


def story() -> tuple[Scene, ...]:
    """The whole story, for a demo with all devices."""
    return _SCENES


def short_story() -> tuple[Scene, ...]:
    """The same for the terminal alone, for a test: its passenger's way, and a broker that goes and comes back."""
    return (*(scene for scene in _SCENES if scene.short), _CUT_SHORT)


def shop_story() -> tuple[Scene, ...]:
    """The shop's part, for a test: an order's whole way, then a promise that is kept and one that is broken."""
    return tuple(scene for scene in _SCENES if scene.shop)


def _check_in(director: Director) -> None:
    director.scan(_KIOSK, "aino-ticket", "checked_in", "Aino holds up her ticket and is checked in")
    director.scan(_KIOSK, "triin-ticket", "checked_in", "Triin, in a wheelchair, is shown a way without steps")


def _board_the_ferry(director: Director) -> None:
    director.scan(_GATE, "aino-ticket", "admitted", "The gate lets Aino through")


def _use_it_again(director: Director) -> None:
    director.scan(_GATE, "aino-ticket", "already_used", "The same ticket again: refused, with what to do")


def _make_the_pre_order_ready(director: Director) -> None:
    _, number = _order_of(director, "terminal", director.id_of("aino-card"))
    director.tap(_DESK, f"start-{number}", "OrderStarted", f"The desk starts {number}")
    director.screen(_BOARD, lambda shows: number in shows.get("preparing", ()), f"The board shows {number}: Preparing")
    director.tap(_DESK, f"ready-{number}", "OrderReadied", f"The desk marks {number} ready")
    director.screen(_BOARD, lambda shows: number in shows.get("ready", ()), f"The board shows {number}: Ready")
    shot = director.scan(_KIOSK, "aino-ticket", "informed", f"The kiosk tells Aino that {number} is ready")
    _expect(_lists(shot.shows, number), f"{_KIOSK} does not list {number} among the pickups")


def _collect_the_pre_order(director: Director) -> None:
    order, number = _order_of(director, "terminal", director.id_of("aino-card"))
    director.scan(_DESK, "aino-ticket", "handed_over", f"The same ticket collects {number}")
    director.screen(_BOARD, lambda shows: number not in shows.get("ready", ()), f"{number} is gone from the board")
    _handed_over_at_hub(director, "terminal", order)


def _make_the_shop_order_ready(director: Director) -> None:
    number = _number(director, "shop", director.id_of("elsa-order"))
    director.tap(_SHOP_DESK, f"start-{number}", "OrderStarted", f"The shop starts {number}")
    director.screen(_SHOP_BOARD, lambda shows: number in shows.get("preparing", ()), f"The board shows {number}")
    director.tap(_SHOP_DESK, f"ready-{number}", "OrderReadied", f"The shop marks {number} ready")
    director.screen(_SHOP_BOARD, lambda shows: number in shows.get("ready", ()), f"The board shows {number}: Ready")
    shot = director.scan(
        _SHOP_KIOSK, "elsa-card", "arrived", f"Elsa's card at the kiosk: {number} is ready, over there"
    )
    _expect(shot.shows["step"]["tone"] == "go", f"{_SHOP_KIOSK} does not say that {number} is ready")


def _collect_undo_collect(director: Director) -> None:
    order = director.id_of("elsa-order")
    number = _number(director, "shop", order)
    director.scan(_SHOP_DESK, "elsa-order", "handed_over", f"{number} is handed over")
    director.tap(_SHOP_DESK, f"undo-{number}", "OrderUndone", "That was the wrong bag: undone with one tap")
    director.screen(_SHOP_BOARD, lambda shows: number in shows.get("ready", ()), f"{number} is back on the board")
    director.tap(_SHOP_DESK, f"hand_over-{number}", "OrderHandedOver", f"The right bag: {number} is handed over")
    _handed_over_at_hub(director, "shop", order)


_REFUSED: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    _KIOSK: (
        ("terminal-forged", "forged", "A forged ticket"),
        ("terminal-wrong-day", "wrong_day", "A ticket for tomorrow"),
        ("terminal-expired", "expired", "Yesterday's ticket"),
        ("terminal-too-late", "too_late", "Check-in has closed"),
    ),
    _GATE: (
        ("terminal-not-checked-in", "not_checked_in", "At the gate without check-in"),
        ("terminal-revoked", "revoked", "A cancelled booking"),
        ("terminal-blocked", "blocked", "A blocked ticket"),
        ("terminal-used", "already_used", "A ticket bought second-hand"),
    ),
    _SHOP_KIOSK: (
        ("shop-unknown", "unknown", "A code of no one here"),
        ("aino-ticket", "wrong_site", "A ferry ticket, held up in the shop"),
        ("shop-cancelled", "revoked", "A cancelled order"),
    ),
}


def _refuse(director: Director) -> None:
    """Side by side: each device has its own queue."""
    for turn in range(max(map(len, _REFUSED.values()))):
        at = [(device, *cases[turn]) for device, cases in _REFUSED.items() if turn < len(cases)]
        for device, key, _, _ in at:
            director.hold(device, key)
        for device, _, outcome, says in at:
            director.answered(device, outcome, says)


def _go_on_without_the_broker(director: Director) -> None:
    director.cut_broker()
    for device, key in ((_KIOSK, "nils-ticket"), (_GATE, "lucy-ticket"), (_SHOP_KIOSK, "madis-card")):
        director.hold(device, key)
    director.answered(_KIOSK, "checked_in", "Nils checks in as ever")
    director.answered(_GATE, "admitted", "Lucy passes the gate as ever")
    director.answered(_SHOP_KIOSK, "arrived", "Madis is told how far his order is")
    director.scan(_SHOP_DESK, "grace-order", "handed_over", "Grace gets her order as ever")
    for device in (_BOARD, _SHOP_BOARD):
        director.screen(device, _is_old, "Only a mark says how old the data is", _MARK_S)


def _come_back(director: Director) -> None:
    director.bring_broker_back()
    for device in (_BOARD, _SHOP_BOARD):
        director.screen(device, lambda shows: not _is_old(shows), "The mark is gone", _BACK_S)
    _handed_over_at_hub(director, "shop", director.id_of("grace-order"))


def _cut_and_back(director: Director) -> None:
    director.cut_broker()
    director.hold(_KIOSK, "nils-ticket")
    director.hold(_GATE, "lucy-ticket")
    director.answered(_KIOSK, "checked_in", "Nils checks in as ever")
    director.answered(_GATE, "admitted", "Lucy passes the gate as ever")
    director.bring_broker_back()
    ticket = director.id_of("lucy-ticket")
    director.at_hub(
        "Lucy's ticket is used",
        lambda: director.record("terminal", "tickets", ticket).get("state") == "redeemed",
        _BACK_S,
    )


def _is_old(shows: Mapping[str, Any]) -> bool:
    return not shows["freshness"]["connected"]


def _lists(shows: Mapping[str, Any], number: str) -> bool:
    return any(line["number"] == number for line in shows["step"].get("pickups", ()))


def _order_of(director: Director, site: str, subject: str) -> tuple[str, str]:
    for order in director.records(site, "orders"):
        if order["subject"] == subject:
            return str(order["id"]), str(order["number"])
    raise OffScript(f"the hub has no order of {subject} at {site}")


def _number(director: Director, site: str, order: str) -> str:
    return str(director.record(site, "orders", order)["number"])


def _handed_over_at_hub(director: Director, site: str, order: str) -> None:
    director.at_hub(
        "the order is handed over",
        lambda: director.record(site, "orders", order).get("state") == "handed_over",
        _BACK_S,
    )


def _expect(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - reads as an assertion
    if not holds:
        raise OffScript(otherwise)


_SCENES = (
    Scene("Check-in", "A ticket before the kiosk's camera, and the next step is there.", _check_in, short=True),
    Scene("Through the gate", "The same ticket opens the gate.", _board_the_ferry, short=True),
    Scene("The same ticket again", "A second scan is refused, and says what to do.", _use_it_again, short=True),
    Scene("The gate moves", "Board and kiosk say so, each person by where they were sent.", move_the_gate, short=True),
    Scene("A pre-order is made ready", "Desk, board and kiosk agree.", _make_the_pre_order_ready, short=True),
    Scene("The pre-order is collected", "The ticket is enough to collect it.", _collect_the_pre_order, short=True),
    Scene("A shop order is made ready", "Desk, board and kiosk agree.", _make_the_shop_order_ready, shop=True),
    Scene("Collected, taken back, collected", "Staff can undo.", _collect_undo_collect, shop=True),
    Scene(
        "Something is faulty, and a promise is kept",
        "A promised call has a time that desk and kiosk show, and one tap keeps it.",
        keep_a_promise,
        shop=True,
    ),
    Scene(
        "A promise is broken",
        "Its time passes: it is counted, the customer is told, and it is a case that somebody must answer.",
        break_a_promise,
        shop=True,
    ),
    Scene(
        "A changed practice",
        "All boarding is by the middle door from an instant on: every screen switches together.",
        change_the_practice,
        short=True,
    ),
    Scene("What is refused", "At each touchpoint, each with what to do.", _refuse),
    Scene(
        "The broker is killed",
        "People go on scanning at both sites and are answered; a mark says how old the data is.",
        _go_on_without_the_broker,
        cut_off=True,
    ),
    Scene("The broker is back", "What was kept is sent; the mark goes.", _come_back, cut_off=True),
)
_CUT_SHORT = Scene("The broker goes and comes back", "Nobody at the terminal notices.", _cut_and_back, cut_off=True)
