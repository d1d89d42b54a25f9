"""The views of boards and desks from records alone, for pictures: as their sessions make them from the store."""

from kiosk.guidance import Guide, PackError, load_pack
from kiosk.i18n import Texts
from kiosk.model.ids import EpochMs, MonotonicMs, ScanId
from kiosk.model.order import PickupOrder
from kiosk.model.pack import TouchpointKind
from kiosk.model.scene import Room
from kiosk.model.view import DeskLine, DeskNotice, DeskView, View
from kiosk.session.boardview import Hall, board_view
from kiosk.session.desklines import line_of
from kiosk.session.deskview import DeskLists

_SCAN = ScanId("room")


def room_view(room: Room, now: EpochMs, texts: Texts) -> View:
    """The view at `now`. Raises `ValueError` for a pack that is none, or that does not name the device."""
    try:
        guide = Guide(load_pack(room.pack), room.device)
    except PackError as error:
        raise ValueError(error.what) from error
    if guide.touchpoint.kind is TouchpointKind.DESK:
        return _desk_view(room, guide, now)
    return board_view(guide, texts, Hall(now, room.lang, room.orders, room.departures, room.freshness))


def _desk_view(room: Room, guide: Guide, now: EpochMs) -> DeskView:
    shown = tuple(order.id for order in room.orders) if room.step is not None else ()
    lists = DeskLists(room.orders, now, shown)

    def line(order: PickupOrder) -> DeskLine:
        return line_of(order, guide, now, room.name, highlighted=order.id in shown)

    return DeskView(
        title=guide.place_name(guide.touchpoint.place, room.lang, now),
        clock=guide.local_time(now),
        lang=room.lang,
        langs=guide.languages,
        lines=lists.queue(line),
        done=lists.done(line),
        cases=(),
        waiting_events=0,
        freshness=room.freshness,
        notice=None if room.step is None else DeskNotice(room.step, "", _SCAN, MonotonicMs(0)),
    )
