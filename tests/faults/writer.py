"""`python -m tests.faults.writer FOLDER NAME DEVICE SEED`: an app that writes events, and notes each once it is accepted.

It works while no file `NAME.pause` lies beside the folder. What `record` has returned stands in `NAME.accepted`, an id
a line. A ticket named in `NAME.redeem` is redeemed, whatever the others do.
"""

import contextlib
import os
import random
import sys
import time
from pathlib import Path

from kiosk.errors import StoreError
from kiosk.model.case import CaseKind
from kiosk.model.code import Symbology
from kiosk.model.event import (
    CodeScanned,
    EventBody,
    HelpCalled,
    OrderHandedOver,
    OrderReadied,
    OrderStarted,
    TicketRedeemed,
)
from kiosk.model.ids import CaseId, DeviceId, DurationMs, Lang, PackVersion, PlaceId, ScanId, SiteId, TicketId
from kiosk.model.order import OrderState, PickupOrder
from kiosk.model.outcome import Outcome
from kiosk.model.records import Collection
from kiosk.model.ticket import Decision, Entitlement, Ticket
from kiosk.store import ChangeRefused, DeviceStore, open_store
from tests.faults.clock import ShiftedClock

SITE = SiteId("harbour")
PAIR = "pair"
"""The product of tickets that are redeemed only when that is told."""
MEGABYTES = 16
SITE_KEY = bytes(range(32))
_PACK = PackVersion("faults")
_PACE_S = 0.02
_MOVES: dict[OrderState, type[OrderStarted | OrderReadied | OrderHandedOver]] = {
    OrderState.ANNOUNCED: OrderStarted,
    OrderState.ACCEPTED: OrderStarted,
    OrderState.PREPARING: OrderReadied,
    OrderState.READY: OrderHandedOver,
}


class Writer:
    def __init__(self, store: DeviceStore, drawn: random.Random, accepted: int) -> None:
        self._store = store
        self._drawn = drawn
        self._accepted = accepted

    def step(self) -> None:
        """One entry of a visit: a scan, perhaps with what came of it."""
        rebuilt = self._store.rebuilt
        if rebuilt is not None:
            self._store.record((rebuilt,), _PACK)
        body = self._drawn.choice((self._redeem, self._move, self._help, *(self._nothing,) * 9))()
        scan = CodeScanned(
            ScanId(self._drawn.randbytes(8).hex()), Outcome.INFORMED, Symbology.QR, "zxing", DurationMs(5)
        )
        self._record((*body, scan))

    def redeem(self, ticket: TicketId) -> None:
        """This very ticket, if it can be."""
        self._record((TicketRedeemed(ticket, Decision.OFFLINE_PROVISIONAL),))

    def _record(self, bodies: tuple[EventBody, ...]) -> None:
        with contextlib.suppress(ChangeRefused):
            events = self._store.record(bodies, _PACK)
            os.write(self._accepted, "".join(f"{event.id}\n" for event in events).encode())

    def _redeem(self) -> tuple[EventBody, ...]:
        tickets = self._store.all(Collection.TICKETS)
        usable = [
            each
            for each in tickets
            if isinstance(each, Ticket) and each.state is Entitlement.VALID and each.product != PAIR
        ]
        if not usable:
            return ()
        return (TicketRedeemed(self._drawn.choice(usable).id, Decision.OFFLINE_PROVISIONAL),)

    def _move(self) -> tuple[EventBody, ...]:
        orders = self._store.all(Collection.ORDERS)
        movable = [each for each in orders if isinstance(each, PickupOrder) and each.state in _MOVES]
        if not movable:
            return ()
        order = self._drawn.choice(movable)
        return (_MOVES[order.state](order.id),)

    def _help(self) -> tuple[EventBody, ...]:
        case = CaseId(self._drawn.randbytes(8).hex())
        return (HelpCalled(case, CaseKind.QUESTION, PlaceId("door"), Lang("et")),)

    def _nothing(self) -> tuple[EventBody, ...]:
        return ()


def main(folder: Path, name: str, device: str, seed: str) -> None:
    # In order of what was asked of the disk: the note comes after the commit, never before.
    accepted = os.open(folder.parent / f"{name}.accepted", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    store = open_store(
        folder / "opas.db",
        device=DeviceId(device),
        site=SITE,
        site_key=SITE_KEY,
        clock=ShiftedClock(folder.parent / f"{name}.shift"),
        max_megabytes=MEGABYTES,
    )
    writer = Writer(store, random.Random(seed), accepted)
    pause, redeem = (folder.parent / f"{name}.{suffix}" for suffix in ("pause", "redeem"))
    while True:
        time.sleep(_PACE_S)
        with contextlib.suppress(StoreError):
            if redeem.exists() and (ticket := redeem.read_text()):
                writer.redeem(TicketId(ticket))
                redeem.unlink()
            if not pause.exists():
                writer.step()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:5])
