"""Two gates that hear neither each other nor the hub, one ticket, and what staff learn of it."""

import time
from collections.abc import Callable
from pathlib import Path

import httpx2

from kiosk.model.case import Case, CaseKind
from kiosk.model.records import Collection
from tests.faults.ground import Ground, Kind
from tests.faults.judge import Judge


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.05)


def test_a_ticket_that_two_gates_cut_off_from_each_other_took_reaches_staff(tmp_path: Path) -> None:
    """Real brokers, a real hub, real agents: one redemption stands; the other is told on the console and at every desk."""
    ground = Ground(tmp_path, 1, Kind.LARGE)
    try:
        ground.begin()
        judge = Judge(ground)
        judge.judge()
        ticket = ground.give_ticket()
        until(lambda: all((Collection.TICKETS, ticket) in each.view().records for each in ground.devices))
        ground.cut_off()
        for device in ground.devices:
            device.redeem(ticket)
        until(lambda: all(device.has_redeemed() for device in ground.devices))
        ground.heal()
        judge.judge()
        assert judge.settled_pairs == 1
        page = httpx2.get(f"{ground.hubs.first.console}/", trust_env=False).text
        assert "The last 20, newest first." in page
        assert "Conflict: already used elsewhere" in page
        for device in ground.devices:
            about = [
                each.about.id
                for each in device.view().records.values()
                if isinstance(each, Case) and each.kind is CaseKind.CONTRADICTION and each.about is not None
            ]
            assert about.count(ticket) == 1
    finally:
        ground.end()
