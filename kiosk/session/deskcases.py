"""The desk's cases: calls for help, contradictions, and promises that became a case because their time passed."""

from contextlib import suppress

from kiosk.guidance import Guide
from kiosk.model.case import Case, CaseKind, CaseState, case_of_broken_promise
from kiosk.model.customer import Ref, RefKind, Subject
from kiosk.model.event import HelpCalled, PromiseBroken
from kiosk.model.ids import MS_PER_MINUTE, EpochMs, Lang, PackVersion
from kiosk.model.order import OrderState, PickupOrder
from kiosk.model.records import Collection
from kiosk.model.ticket import Ticket
from kiosk.model.view import CaseLine
from kiosk.session.deskacts import UNSOLVED
from kiosk.store import ChangeRefused, DeviceStore


def case_lines(store: DeviceStore, guide: Guide | None, lang: Lang, now: EpochMs) -> tuple[CaseLine, ...]:
    """All that wait for an answer, the oldest first."""
    waiting = [case for case in store.all(Collection.CASES) if isinstance(case, Case) and case.state in UNSOLVED]
    return tuple(
        CaseLine(
            case=case.id,
            place=case.place if guide is None else guide.place_name(case.place, lang, now),
            lang=case.lang,
            minutes=max(0, (now - case.opened_at) // MS_PER_MINUTE),
            in_hand=case.state is CaseState.IN_HAND,
            kind=case.kind,
            about="" if case.about is None else _about(store, case.about),
            of=None if case.about is None else case.about.kind,
        )
        for case in sorted(waiting, key=lambda case: (case.opened_at, case.id))
    )


class BrokenPromises:
    """Counts each promise of a call as broken once its time has passed, and makes it a case that somebody must answer."""

    def __init__(self, store: DeviceStore) -> None:
        self._store = store

    def next_due(self) -> EpochMs | None:
        """When the next promise breaks; None when none is open."""
        return min((due for order in self._open() if (due := _due(order)) is not None), default=None)

    def count(self, guide: Guide, lang: Lang, now: EpochMs, pack: PackVersion) -> None:
        """Write down every promise whose time has passed by `now`. Another desk may be quicker: then it is counted."""
        for order in self._open():
            due = _due(order)
            if due is None or due > now or order.call is None:
                continue
            subject = self._store.get(Collection.SUBJECTS, order.subject)
            speaks = (subject.lang if isinstance(subject, Subject) else None) or lang
            place = guide.touchpoint.place
            key = case_of_broken_promise(order.id, order.call.made_at)
            opened = HelpCalled(key, CaseKind.CLAIM, place, speaks, Ref(RefKind.ORDER, order.id))
            with suppress(ChangeRefused):
                self._store.record((PromiseBroken(order.id), opened), pack)

    def _open(self) -> list[PickupOrder]:
        orders = self._store.all(Collection.ORDERS)
        return [order for order in orders if isinstance(order, PickupOrder) and order.state is OrderState.PROBLEM]


def _due(order: PickupOrder) -> EpochMs | None:
    """The first moment at which the promise of a call is broken; None where none is open, or it is counted."""
    call = order.call
    if call is None or call.kept_at is not None or call.broken_at is not None:
        return None
    return EpochMs(call.due_at + 1)


def _about(store: DeviceStore, about: Ref) -> str:
    """What staff know it by: an order's number, or whose ticket it is."""
    if about.kind is RefKind.ORDER:
        order = store.get(Collection.ORDERS, about.id)
        return order.number if isinstance(order, PickupOrder) else ""
    ticket = store.get(Collection.TICKETS, about.id)
    subject = store.get(Collection.SUBJECTS, ticket.subject) if isinstance(ticket, Ticket) else None
    return store.name_of(subject) if isinstance(subject, Subject) else ""
