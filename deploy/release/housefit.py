"""Whether the house's own texts have room where the screens show them: buttons, marks, headings, the desk's queue.

They are no part of a pack, but a pack's languages and touchpoints decide which of them are shown, and a screen with one of
them cut off is no better for it. A test holds the tables against the real layout and against the texts that screens mark.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from deploy.release.finding import Finding
from deploy.release.setting import GATE, Box, complaint
from kiosk.model.ids import Lang
from kiosk.model.pack import Pack, TouchpointKind

LOCALES = Path(__file__).resolve().parents[2] / "assets" / "locales"
_CATALOGUE = Path("LC_MESSAGES") / "opas.po"
_LONGEST = {"n": 120, "time": "23:58", "hours": 23, "minutes": 58}
_BOARD_LINES = 6


@dataclass(frozen=True, slots=True)
class Slot:
    """Some texts and the box where they stand. `bending` ones are as wide as their words, up to the box's width."""

    box: Box
    texts: tuple[str, ...]
    bending: bool = False


_KIOSK, _GATE, _BOARD, _DESK = TouchpointKind.KIOSK, TouchpointKind.GATE, TouchpointKind.BOARD, TouchpointKind.DESK
_AGE = (
    "Information is %(n)d minute old",
    "Information is %(n)d hour old",
    "No information has arrived yet",
)
_PROBLEMS = (
    "The camera does not work",
    "The camera has stopped",
    "The camera sees nothing",
    "The scanner does not work",
)
_REMEDIES = (
    "Use the scanner if there is one here, or go to the desk. The staff can see that this camera needs help.",
    "It is being started again. Wait a moment, use another kiosk, or go to the desk.",
    "Something covers it, or it is too dark here. Uncover it, use another kiosk, or go to the desk.",
    "Use another kiosk, or go to the desk. The staff can see that this scanner needs help.",
)
_ADVICE = (
    "Hold it closer",
    "Hold it further away",
    "Too dark: turn to the light",
    "Light is reflected: tip it a little",
    "Turn it to face the camera",
    "Turn up your screen's brightness",
    "Hold it still",
)
_BUTTONS = ("Call for help", "Help is coming", "Read aloud", "Stop reading", "Larger text", "Normal text", "Language")
_STATES = (
    "To be started",
    "Being prepared",
    "Ready to collect",
    "Customer called",
    "Being handed over",
    "Handed over",
    "Partly handed over",
    "Not collected",
    "Returned",
    "Order cancelled",
    "Problem",
    "Something is faulty",
    "A call is promised",
)
_PROMISES = (
    "by %(time)s",
    "due soon, %(time)s",
    "promised %(time)s",
    "in time, %(time)s",
    "late, %(time)s",
    "withdrawn",
)
_FIRST_ACTS = ("Start", "It is ready", "Hand over", "Call", "Faulty", "Swapped", "We called", "Only a part")
_OTHER_ACTS = ("Only a part", "Call", "Later", "Faulty", "Swapped", "Promise a call")
_CASES = (
    "One ticket, used twice",
    "One order, handed over twice",
    "The promised call did not come",
    "Call for help",
    "Claim",
    "Return",
    "Two screens contradict each other",
)
_REFUSED = (
    "Two codes are in view. Hold up one at a time.",
    "This order is not known here any more.",
    "This has been used already.",
    "This is not valid any more.",
    "Somebody else has moved this order on. The list is up to date now.",
    "There is nothing left to undo for this order.",
)
_DESK_TROUBLES = (
    "No camera: scan with the hand scanner",
    "The camera has stopped: scan with the hand scanner",
    "The camera sees nothing: uncover it, or use the hand scanner",
    "No scanner: check its plug",
)


def _attract(screen: TouchpointKind) -> tuple[Slot, ...]:
    """What a kiosk and a gate say while nobody is there."""
    return (
        Slot(Box(screen, "problem", "bold", 60, 1.6, 660, 3), _PROBLEMS),
        Slot(Box(screen, "remedy", "regular", 48, 1.6, 830, 8), _REMEDIES),
        Slot(Box(screen, "advice", "bold", 64, 1.6, 540, 3), _ADVICE),
    )


SLOTS = (
    *_attract(_KIOSK),
    Slot(Box(_KIOSK, "button", "semibold", 38, 1.35, 250, 2), _BUTTONS),
    Slot(Box(_KIOSK, "small button", "semibold", 32, 1.35, 340, 2), ("Done", "Not for me"), bending=True),
    Slot(
        Box(_KIOSK, "footer", "regular", 32, 1.25, 600, 2),
        ("This screen clears in %(n)d s · Touch to keep it",),
        bending=True,
    ),
    Slot(Box(_KIOSK, "more pickups", "regular", 34, 1.6, 740, 2, 0.85), ("and %(n)d more",)),
    Slot(Box(_KIOSK, "more turns", "regular", 34, 1.6, 720, 2, 0.85), ("then %(n)d more turn: see the map",)),
    Slot(
        Box(_KIOSK, "time left", "bold", 52, 1.3, 800, 1),
        ("in %(n)d min", "in %(hours)d h", "in %(hours)d h %(minutes)d min", "now"),
        bending=True,
    ),
    Slot(Box(_KIOSK, "map", "semibold", 32, 1.0, 500, 1), ("You are here",), bending=True),
    Slot(Box(_KIOSK, "age", "semibold", 30, 1.3, 700, 2), _AGE),
    *_attract(_GATE),
    Slot(Box(_GATE, "next person", "regular", 40, 1.6, 940, 1), ("Next person in %(n)d second",)),
    Slot(Box(_GATE, "age", "semibold", 36, 1.3, 800, 2), _AGE, bending=True),
    Slot(Box(_BOARD, "heading", "semibold", 56, 1.0, 230, 1), ("Preparing",)),
    Slot(Box(_BOARD, "heading", "bold", 56, 1.0, 230, 1), ("Ready",)),
    Slot(Box(_BOARD, "departures", "semibold", 56, 1.0, 700, 1), ("Departures",)),
    Slot(Box(_BOARD, "column time", "semibold", 36, 1.0, 140, 1), ("Time",)),
    Slot(Box(_BOARD, "column to", "semibold", 36, 1.0, 300, 1), ("To",)),
    Slot(Box(_BOARD, "column gate", "semibold", 36, 1.0, 155, 1), ("Gate",)),
    Slot(Box(_BOARD, "column status", "semibold", 36, 1.0, 187, 1), ("Status",)),
    Slot(
        Box(_BOARD, "state", "semibold", 44, 1.0, 187, 2),
        ("On time", "Delayed", "Boarding", "Gate closed", "Departed", "Cancelled"),
    ),
    Slot(
        Box(_BOARD, "nothing", "regular", 40, 1.0, 385, _BOARD_LINES),
        ("No orders are being prepared", "No orders are waiting to be collected", "No more departures"),
    ),
    Slot(Box(_BOARD, "age", "semibold", 36, 1.0, 1600, 2), _AGE, bending=True),
    Slot(Box(_DESK, "time left", "bold", 40, 1.0, 165, 2, held=True), ("%(n)d min", "%(n)d min late", "now")),
    Slot(Box(_DESK, "promise", "semibold", 26, 1.0, 165, 2, held=True), _PROMISES),
    Slot(Box(_DESK, "order state", "semibold", 30, 1.0, 195, 2), _STATES),
    Slot(Box(_DESK, "note", "semibold", 27, 1.0, 155, 2), ("Customer is here", "new time %(time)s")),
    Slot(Box(_DESK, "first button", "semibold", 30, 1.0, 130, 2), _FIRST_ACTS),
    Slot(Box(_DESK, "second button", "semibold", 30, 1.0, 125, 2), _OTHER_ACTS),
    Slot(Box(_DESK, "last button", "semibold", 30, 1.0, 200, 2), ("Undo", "Faulty"), bending=True),
    Slot(Box(_DESK, "case", "bold", 32, 1.0, 660, 1), _CASES),
    Slot(
        Box(_DESK, "since", "regular", 26, 1.0, 660, 1),
        (
            "has waited %(n)d minute",
            "open for %(n)d minute",
            "somebody is on the way",
            "somebody has it in hand",
        ),
    ),
    Slot(Box(_DESK, "case button", "semibold", 28, 1.0, 260, 2), ("I am going", "Solved", "I take it"), bending=True),
    Slot(Box(_DESK, "more calls", "semibold", 26, 1.0, 1000, 1), ("%(n)d more call for help",)),
    Slot(Box(_DESK, "empty queue", "regular", 40, 1.0, 1000, 2), ("No orders are waiting",)),
    Slot(Box(_DESK, "invitation", "regular", 30, 1.0, 450, 4), ("Scan the customer's code to hand over",)),
    Slot(Box(_DESK, "list heading", "semibold", 30, 1.0, 530, 1), ("Handed over last",)),
    Slot(Box(_DESK, "page button", "semibold", 26, 1.0, 210, 2), ("More urgent", "Less urgent")),
    Slot(Box(_DESK, "close", "semibold", 26, 1.0, 365, 2), ("Close",)),
    Slot(Box(_DESK, "notice", "bold", 46, 1.0, 368, 3), _REFUSED),
    Slot(
        Box(_DESK, "mark", "semibold", 26, 1.0, 900, 2),
        ("%(n)d change waits for the hub", *_DESK_TROUBLES),
        bending=True,
    ),
    Slot(Box(_DESK, "age", "semibold", 26, 1.0, 600, 2), _AGE, bending=True),
)
EVERYWHERE = (
    Slot(
        Box(_KIOSK, "trouble", "bold", 84, 1.0, 900, 3),
        (*_PROBLEMS, "This screen is not ready yet", "This screen is not set up"),
    ),
    Slot(Box(_KIOSK, "what to do", "regular", 48, 1.0, 830, 3), ("Please go to the desk or use another screen.",)),
    Slot(
        Box(_KIOSK, "for staff", "regular", 36, 1.0, 900, 6),
        (
            "For staff: check the camera's plug, then restart.",
            "For staff: check the scanner's plug.",
            "For staff: no content has arrived. Check that the agent runs and that the hub has published a pack.",
            "For staff: the content pack does not name this device. Add it as a touchpoint and publish the pack anew.",
            "For staff: uncover the camera or switch the light on.",
        ),
    ),
    Slot(
        Box(_KIOSK, "standing", "bold", 72, 1.0, 820, 3),
        ("This screen is new here", "This screen was taken out of service", "This screen was away for too long"),
    ),
    Slot(
        Box(_KIOSK, "claim", "regular", 40, 1.0, 820, 4),
        (
            "For staff: let it in with this code, in the hub's console or with “opas fleet claim”.",
            "What happened here is kept and sent once it is let in again.",
            "The code changes every quarter of an hour.",
            "For staff: it is asking the hub for a code. If this lasts, check that the agent runs.",
            "For staff: no code can be had from the hub at present.",
        ),
    ),
    Slot(Box(_KIOSK, "facts", "regular", 28, 1.0, 400, 1), ("Hub", "Key"), bending=True),
)
"""What a screen of any kind shows when there is nothing else to show, in the boxes of the narrowest of them."""


def house_findings(pack: Pack, locales: Path = LOCALES) -> Iterator[Finding]:
    """The house's texts that have no room on a screen of the pack's touchpoints, in one of the pack's languages."""
    kinds = {touchpoint.kind for touchpoint in pack.touchpoints}
    slots = [slot for slot in SLOTS if slot.box.screen in kinds] + [*EVERYWHERE]
    for lang in pack.languages:
        path = locales / lang / _CATALOGUE
        # A device without the catalogue of a language says the texts themselves, which are English.
        catalogue = _read(path, lang) if path.is_file() else None
        for box, text in ((slot.box, text) for slot in slots for text in slot.texts):
            message = None if catalogue is None else catalogue.get(text)
            yield from _findings(box, lang, message, text)


def _findings(box: Box, lang: Lang, message: Message | None, text: str) -> Iterator[Finding]:
    for said in _forms(message, text):
        what = complaint(said, lang, box)
        if what:
            line = 0 if message is None else message.lineno or 0
            todo = "It is a text of the house, not of the pack: say it there in fewer or shorter words."
            yield Finding(f"assets/locales/{lang}/{_CATALOGUE.as_posix()}", line, 0, f'"{text}": {what}', todo, GATE)
            return


def _forms(message: Message | None, text: str) -> Iterator[str]:
    """Every plural form, with the longest that stands for its placeholders."""
    said = (text,) if message is None or not message.string else message.string
    for form in (said,) if isinstance(said, str) else said:
        yield form % _LONGEST if "%(" in form else form


def _read(path: Path, lang: Lang) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=lang)
