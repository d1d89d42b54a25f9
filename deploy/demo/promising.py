"""Scenes about what was promised when something was faulty: kept, and broken, and what comes of both."""

from collections.abc import Callable, Mapping
from typing import Any

from deploy.clock import wall_ms
from deploy.demo.director import Director, OffScript
from deploy.demo.watching import Shot

_KIOSK, _DESK = "shop-kiosk-1", "shop-desk-1"
_DUE_MS = 3_000
_BREAKS_S = 20.0
_MINUTE_MS = 60_000


def keep_a_promise(director: Director) -> None:
    """Elsa brings something back; a call is promised, she sees it at the kiosk, and it comes."""
    order = director.id_of("elsa-order")
    number = director.record("shop", "orders", order)["number"]
    director.tap(
        _DESK, f"faulty-{number}", "FaultReported", f"Something in {number} is faulty: it is in the queue again"
    )
    director.tap(_DESK, f"promise-{number}", "PromiseMade", "It can't be swapped now: a call is promised")
    director.at_device(_KIOSK, "orders", order, lambda record: "call" in record)
    _expect_row(
        director.scan(_KIOSK, "elsa-order", "informed", "The kiosk says until when Elsa is called"), "order_call"
    )
    _expect_row(
        director.scan(_DESK, "elsa-order", "not_ready", "Her code brings the promise up at the desk"), "wait_call"
    )
    director.tap(_DESK, f"keep-{number}", "PromiseKept", "She was called: one tap, and the promise is kept")
    _settled(director, order, lambda record: "kept_at" in record["call"] and "broken_at" not in record["call"])


def break_a_promise(director: Director) -> None:
    """A call that the shop's own system promised does not come: counted, and a case that somebody answers."""
    person = director.id_of("oskar-card")
    # Any 16 hex digits that nothing else has.
    order, number, now = person[::-1], "S39", wall_ms()
    director.bring("shop", {"orders": [_order(order, number, person, now)]})
    shot = director.screen(
        _DESK,
        lambda shows: any(case.get("about") == number for case in shows.get("cases", ())),
        f"The time has passed: the promise about {number} is a case now",
        _BREAKS_S,
    )
    case = next(case["case"] for case in shot.shows["cases"] if case.get("about") == number)
    director.at_device(_KIOSK, "orders", order, lambda record: "broken_at" in record.get("call", {}))
    answer = director.scan(_KIOSK, "oskar-card", "informed", "The kiosk tells Oskar honestly, and who settles it now")
    _expect_row(answer, "order_call_broken")
    director.tap(_DESK, f"case-{case}", "HelpTaken", "Somebody at the desk takes it in hand")
    director.tap(_DESK, f"case-{case}", "PromiseKept", "Oskar was called, late: the case and the promise are settled")
    _settled(director, order, lambda record: "kept_at" in record["call"] and "broken_at" in record["call"])


def _order(order: str, number: str, person: str, now: int) -> dict[str, Any]:
    return {
        "id": order,
        "number": number,
        "subject": person,
        "due_at": now - 90 * _MINUTE_MS,
        "ready_at": now - 95 * _MINUTE_MS,
        "place": "pickup-desk",
        "state": "problem",
        "lines": [{"article": "Lintulauta", "quantity": 1}],
        "call": {"made_at": now - 60 * _MINUTE_MS, "due_at": now + _DUE_MS},
    }


def _expect_row(shot: Shot, message: str) -> None:
    shows = shot.shows.get("notice") or shot.shows
    said = shows["step"]["message"]
    if said != message:
        raise OffScript(f"the answer is {said} where {message} was due")


def _settled(director: Director, order: str, holds: Callable[[Mapping[str, Any]], bool]) -> None:
    def settled() -> bool:
        record = director.record("shop", "orders", order)
        return record.get("state") == "handed_over" and holds(record)

    director.at_hub("the promise has its outcome", settled)
