"""A refused deed that somebody must settle becomes a case at the site's desk: two people hold one ticket, or one order.

The hub keeps every attempt and the first commit wins; what the later one means only staff can find out.
"""

import hashlib

import msgspec

from kiosk.model.case import Case, CaseKind
from kiosk.model.changes import Refusal
from kiosk.model.customer import Ref, RefKind
from kiosk.model.event import Event, EventBody, OrderHandedOver, TicketRedeemed
from kiosk.model.ids import CaseId, EpochMs, PlaceId
from kiosk.model.pack import Touchpoint
from sync.hub.store.interface import Writing
from sync.hub.store.rows import Device

_FOR_STAFF = frozenset({Refusal.ALREADY_USED, Refusal.NOT_VALID, Refusal.WRONG_STATE})
"""A record that is gone is no contradiction: it ended long ago, and the device was away for as long."""
_ID_CHARACTERS = 16


class _Touchpoints(msgspec.Struct, frozen=True):
    """Of a content pack only what is needed here."""

    touchpoints: tuple[Touchpoint, ...] = ()


def contradiction(writing: Writing, device: Device, event: Event, refusal: Refusal, at: EpochMs) -> Case | None:
    """The case to open for a refused event, None when there is nothing to settle. The same event gives the same case."""
    about = _about(event.body)
    if about is None or refusal not in _FOR_STAFF:
        return None
    name = hashlib.sha256(f"{device.id}\0{event.id}".encode()).hexdigest()[:_ID_CHARACTERS]
    place = _place_of(writing, device)
    return Case(CaseId(name), device.site, CaseKind.CONTRADICTION, device.id, place, at, about=about)


def _about(body: EventBody) -> Ref | None:
    match body:
        case TicketRedeemed(ticket=ticket):
            return Ref(RefKind.TICKET, ticket)
        case OrderHandedOver(order=order):
            return Ref(RefKind.ORDER, order)
        case _:
            return None


def _place_of(writing: Writing, device: Device) -> PlaceId:
    """Where the device stands by the site's content pack; by its name while there is none."""
    site = writing.site(device.site)
    pack = None if site is None or site.pack is None else writing.pack(site.id, site.pack)
    try:
        known = () if pack is None else msgspec.json.decode(pack.body, type=_Touchpoints).touchpoints
    except msgspec.MsgspecError:
        # A newer release published it before this one was put back; events are taken in all the same.
        known = ()
    return next((point.place for point in known if point.id == device.id), PlaceId(device.name))
