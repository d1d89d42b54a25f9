"""What a screen shows: one frozen value for each screen, made by the session, drawn by `kiosk.screens`."""

from enum import StrEnum

import msgspec

from kiosk.model.case import CaseKind
from kiosk.model.customer import RefKind
from kiosk.model.hint import Hint
from kiosk.model.identity import Standing
from kiosk.model.ids import CaseId, EpochMs, Lang, MonotonicMs, OrderId, ScanId
from kiosk.model.order import OrderState, PromiseState
from kiosk.model.step import Step


class Trouble(StrEnum):
    """What keeps a touchpoint from reading codes, or from answering; each has a screen that says what to do."""

    NO_CAMERA = "no_camera"
    CAMERA_FROZEN = "camera_frozen"
    CAMERA_BLIND = "camera_blind"
    """It gives black pictures: its lens is covered, or it is dark."""
    NO_SCANNER = "no_scanner"
    NO_CONTENT = "no_content"
    """No content pack has arrived yet."""
    NOT_IN_PACK = "not_in_pack"
    """The content pack does not name this touchpoint."""


class Freshness(msgspec.Struct, frozen=True):
    """How current the data is: whether the hub is heard now, and when it was last (None: never)."""

    connected: bool
    as_of: EpochMs | None


class AttractView(msgspec.Struct, frozen=True):
    """Nobody is here: invite to hold up a code. `title` and `hint` are the pack's words; `langs` can be chosen.

    `advice` is what the holder of a code that is not read can do about it.
    """

    title: str
    hint: str
    lang: Lang
    langs: tuple[Lang, ...]
    text_scale: float
    freshness: Freshness
    trouble: Trouble | None = None
    help_called: bool = False
    advice: Hint | None = None


class AnswerView(msgspec.Struct, frozen=True):
    """The answer to one scan. It clears at `clears_at` (monotonic) unless somebody keeps it."""

    scan: ScanId
    step: Step
    langs: tuple[Lang, ...]
    text_scale: float
    shown_for_code_at: MonotonicMs
    """When the code's decoding ended, for the measured time to the glass."""
    clears_at: MonotonicMs
    clears_in_s: int
    freshness: Freshness
    help_called: bool = False
    speaking: bool = False


class DepartureLine(msgspec.Struct, frozen=True):
    """One line of the departures board. `time` and `expected` are local times as HH:MM; `state` is in words.

    One that is `off` does not leave: it has no gate, for nobody should go there.
    """

    time: str
    expected: str
    destination: str
    vessel: str
    gate: str
    state: str
    urgent: bool
    off: bool = False


class BoardView(msgspec.Struct, frozen=True):
    """What everyone in the room sees: numbers and departures, never a name."""

    title: str
    clock: str
    lang: Lang
    preparing: tuple[str, ...]
    ready: tuple[str, ...]
    departures: tuple[DepartureLine, ...]
    shows_orders: bool
    shows_departures: bool
    freshness: Freshness
    trouble: Trouble | None = None
    notice: str = ""
    """What everyone should know now, such as a changed practice: the pack's hint for this board."""


class OrderAct(StrEnum):
    """What staff can do with an order now."""

    START = "start"
    READY = "ready"
    HAND_OVER = "hand_over"
    PART = "part"
    CALL = "call"
    LATER = "later"
    FAULTY = "faulty"
    SWAP = "swap"
    PROMISE = "promise"
    KEEP = "keep"
    UNDO = "undo"


class DeskLine(msgspec.Struct, frozen=True):
    """One order in the queue. `minutes_left` counts to the promise and is negative when it is late.

    `later` is the honest later time, empty for none; with `faulty` something in it was brought back, and with `call` the
    promise is that of a call about it.
    """

    order: OrderId
    number: str
    customer: str
    """First name and initial, for the staff's eyes only."""
    articles: str
    due: str
    minutes_left: int
    state: OrderState
    promise: PromiseState
    arrived: bool
    acts: tuple[OrderAct, ...]
    highlighted: bool = False
    later: str = ""
    faulty: bool = False
    call: bool = False


class CaseLine(msgspec.Struct, frozen=True):
    """One call for help, or something else that waits for an answer.

    `about` is what staff know it by, an order's number or a ticket holder's name, and `of` which of them.
    """

    case: CaseId
    place: str
    lang: Lang | None
    minutes: int
    in_hand: bool
    kind: CaseKind = CaseKind.QUESTION
    about: str = ""
    of: RefKind | None = None


class DeskNotice(msgspec.Struct, frozen=True):
    """The answer to the desk's last scan or act."""

    step: Step | None
    text: str
    scan: ScanId | None = None
    shown_for_code_at: MonotonicMs | None = None


class DeskView(msgspec.Struct, frozen=True):
    """What the pickup desk sees, the most urgent promise first."""

    title: str
    clock: str
    lang: Lang
    langs: tuple[Lang, ...]
    lines: tuple[DeskLine, ...]
    done: tuple[DeskLine, ...]
    """The last ones handed over, which can still be undone."""
    cases: tuple[CaseLine, ...]
    waiting_events: int
    """Events that the hub has not confirmed yet."""
    freshness: Freshness
    notice: DeskNotice | None = None
    trouble: Trouble | None = None


class ClaimView(msgspec.Struct, frozen=True):
    """This device belongs to no fleet, or no more: the code with which staff let it in.

    `code` is for people and `scanned` for a camera, both empty while there is none; `problem` and `todo` are then for
    staff, in English as in the logs. `key` is the beginning of the key's fingerprint.
    """

    standing: Standing
    code: str
    scanned: str
    key: str
    hub: str
    problem: str
    todo: str
    lang: Lang
    langs: tuple[Lang, ...]


View = AttractView | AnswerView | BoardView | DeskView | ClaimView
