"""A content pack: guidance without code, as one frozen value.

A pack is compiled by `opas pack build` to one canonical JSON document and read by `kiosk.guidance.load_pack`. It says
which touchpoints a site has, what each answers (ordered rows, the first that holds wins), in which words, and how
the floor lies (`kiosk.model.floor`).
"""

from enum import StrEnum
from typing import Any

import msgspec

from kiosk.model.customer import Purpose
from kiosk.model.floor import Level, Pathway, Place, Unreachable
from kiosk.model.ids import DeviceId, EpochMs, Lang, MessageKey, PackVersion, PlaceId, SiteId
from kiosk.model.order import OrderState
from kiosk.model.outcome import Operation, Outcome
from kiosk.model.part import Part
from kiosk.model.step import ActionKind, Tone
from kiosk.model.ticket import Decision

FORMAT = 1
"""The format of packs that this app reads."""

Condition = bool | dict[str, Any]
"""A CertLogic expression over the declared facts; True always holds."""


class TouchpointKind(StrEnum):
    """What a touchpoint is; kiosk, gate and desk answer scans."""

    KIOSK = "kiosk"
    GATE = "gate"
    BOARD = "board"
    DESK = "desk"


ANSWERING = (TouchpointKind.KIOSK, TouchpointKind.GATE, TouchpointKind.DESK)


class Shows(StrEnum):
    """What a board shows."""

    ORDERS = "orders"
    DEPARTURES = "departures"


class Moment(StrEnum):
    """A time that a row speaks of: its `{time}`, `{date}` and `{minutes}`."""

    DEPARTS = "departs"
    CHECK_IN_CLOSES = "check_in_closes"
    GATE_CLOSES = "gate_closes"
    NEXT_DEPARTS = "next_departs"
    ORDER_DUE = "order_due"
    ORDER_READY = "order_ready"
    """The honest later time where staff gave one, else the promise."""
    CALL_DUE = "call_due"
    VALID_FROM = "valid_from"
    VALID_UNTIL = "valid_until"
    USED = "used"
    COLLECTED = "collected"
    DATA_AS_OF = "data_as_of"


class Pickups(StrEnum):
    """Which of the visitor's open orders an answer lists: none, all, or all but the one it is about."""

    NONE = "none"
    OTHERS = "others"
    ALL = "all"


HERE = "@here"
GATE = "@gate"
ORDER = "@order"
PLACES_BY_ROLE = frozenset({HERE, GATE, ORDER})
"""What a row may name instead of a place: this touchpoint, the departure's gate, where the order is collected."""


class Settings(Part, frozen=True):
    """What a site decides once. Times in the unit of the name, the walking speeds in metres a minute."""

    clear_after_s: int = 20
    max_data_age_min: int = 720
    due_soon_min: int = 5
    pickup_min: int = 5
    """What collecting an order takes, for "is there time to go there first?"."""
    walk_m_per_min: int = 70
    step_free_m_per_min: int = 50
    call_back_min: int = 60
    """Within what time staff promise a call about something that can't be settled on the spot."""
    sure_enough: dict[str, Decision] = msgspec.field(default_factory=dict)
    """Of a ticket's product, how sure a redemption must be at least; of others the gate's own word is enough."""
    later_min: int = 15
    """How much later an order is ready, from now, when staff say that it takes longer."""


class Touchpoint(Part, frozen=True):
    """One device and where it stands. `title` and `hint` are what it says while nobody is there."""

    id: DeviceId
    kind: TouchpointKind
    place: PlaceId
    title: MessageKey
    hint: MessageKey
    operation: Operation | None = None
    """None for a board, which reads no codes."""
    shows: tuple[Shows, ...] = ()
    actions: tuple[ActionKind, ...] = ()
    facing: int | None = None
    """Where one looks who stands before it: degrees clockwise from up on the sheet, so 90 is to the right."""


class Change(Part, frozen=True):
    """Another text for `key`, which may end in a plural form, in [`valid_from`, `valid_until`)."""

    key: str
    texts: dict[Lang, str]
    valid_from: EpochMs | None = None
    valid_until: EpochMs | None = None


class SplitBy(StrEnum):
    """What an experiment's variants are dealt out by: the journey, or for shared displays the hour."""

    JOURNEY = "journey"
    HOUR = "hour"


class Experiment(Part, frozen=True):
    """Answers that are tried beside each other; without a journey the first variant holds."""

    id: str
    variants: tuple[str, ...]
    by: SplitBy = SplitBy.JOURNEY


class Row(Part, frozen=True):
    """One row of the decision table: at these touchpoints, on these outcomes, when this holds, say and offer this.

    Empty `at` or `outcomes` means any. `message` names the texts `<message>.headline` and, where they exist,
    `.detail`, `.why` and `.speech`; `lead` and `time` are texts of their own. The row holds in
    [`valid_from`, `valid_until`).
    """

    id: str
    tone: Tone
    message: MessageKey
    at: tuple[TouchpointKind, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    when: Condition = True
    lead: MessageKey = MessageKey("")
    place: str = ""
    """A place's id or one of `PLACES_BY_ROLE`; the answer shows the way there."""
    moment: Moment | None = None
    time: MessageKey = MessageKey("")
    countdown: bool = False
    """Whether the screen counts down to `moment`."""
    pickups: Pickups = Pickups.NONE
    valid_from: EpochMs | None = None
    valid_until: EpochMs | None = None
    variant: str = ""
    """`experiment/variant` for a row that only some get to see."""


class PickupRow(Part, frozen=True):
    """How one open order reads in the list of pickups: the first row that holds for the order wins."""

    id: str
    tone: Tone
    word: MessageKey
    detail: MessageKey
    states: tuple[OrderState, ...] = ()
    when: Condition = True


class Offer(Part, frozen=True):
    """A suggestion for somebody who consented to its `purpose`, below the next step and never instead of it.

    `message` names the texts `<message>.text` and `<message>.why`. With a `topic` it is for those who like it: `.why`
    then tells who said so themselves, `.why_inferred` who is only thought to. It is shown while there is time for the
    way to its `place` and `takes_min` there before the gate closes.
    """

    id: str
    message: MessageKey
    purpose: Purpose
    when: Condition = True
    topic: str = ""
    place: PlaceId = PlaceId("")
    takes_min: int = 5
    valid_from: EpochMs | None = None
    valid_until: EpochMs | None = None


class LastResort(Part, frozen=True):
    """What is said where no row holds. A checked pack comes to it only on the `outcomes` that are declared here."""

    message: MessageKey
    place: PlaceId
    lead: MessageKey = MessageKey("")
    outcomes: tuple[Outcome, ...] = ()


class Pack(Part, frozen=True):
    """The whole pack. `version` is made of `id` and the SHA-256 of everything else."""

    format: int
    version: PackVersion
    id: str
    site: SiteId
    name: MessageKey
    zone: str
    """The site's time zone by its IANA name."""
    languages: tuple[Lang, ...]
    settings: Settings
    touchpoints: tuple[Touchpoint, ...]
    levels: tuple[Level, ...]
    places: tuple[Place, ...]
    pathways: tuple[Pathway, ...]
    rows: tuple[Row, ...]
    pickup_rows: tuple[PickupRow, ...]
    last_resort: LastResort
    messages: dict[Lang, dict[str, str]]
    """By language: the text of each key. `key|one`, `key|other` … are the plural forms of one message (CLDR)."""
    changes: tuple[Change, ...] = ()
    """Texts for a time; of several at once the last one counts."""
    experiments: tuple[Experiment, ...] = ()
    offers: tuple[Offer, ...] = ()
    unreachable: tuple[Unreachable, ...] = ()
