"""One picture to be drawn offscreen: what a screen shows, on which kind of device, how large and at which moment."""

import msgspec

from kiosk.model.ids import DeviceId, EpochMs, Lang
from kiosk.model.order import PickupOrder
from kiosk.model.pack import TouchpointKind
from kiosk.model.step import Step
from kiosk.model.ticket import Departure
from kiosk.model.view import AnswerView, AttractView, BoardView, DeskView, Freshness, View


class Room(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a board or a desk tells of, for the process that draws to make its view of: the compiled pack, the device, and
    the records of the moment. For a desk, `step` answers its last scan and `name` is whose orders they are.
    """

    pack: bytes
    device: DeviceId
    lang: Lang
    orders: tuple[PickupOrder, ...]
    departures: tuple[Departure, ...]
    freshness: Freshness
    name: str = ""
    step: Step | None = None


class Scene(msgspec.Struct, frozen=True, omit_defaults=True):
    """A view as it travels to the process that draws it, as one line of JSON: exactly one of them is there, or a `room`.

    `width` and `height` are pixels; the screen's clock stands still at `now`.
    """

    kind: TouchpointKind
    width: int
    height: int
    now: EpochMs
    attract: AttractView | None = None
    answer: AnswerView | None = None
    board: BoardView | None = None
    desk: DeskView | None = None
    room: Room | None = None

    @property
    def view(self) -> View:
        """The one that is there. Raises `ValueError` when that is none or several; a room has none yet."""
        there = [each for each in (self.attract, self.answer, self.board, self.desk) if each is not None]
        if len(there) != 1:
            msg = "a scene shows exactly one view"
            raise ValueError(msg)
        return there[0]


class Drawn(msgspec.Struct, frozen=True, omit_defaults=True):
    """The head of what comes back, as one line of JSON: a picture of so many bytes follows, or `problem` says why none."""

    size: int = 0
    problem: str = ""
