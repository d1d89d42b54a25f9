"""The board and the desk: what they list, in which order, and what staff can do."""

import msgspec
import pytest

from kiosk.config import Role
from kiosk.model.case import CaseKind
from kiosk.model.command import (
    CallCustomer,
    ChooseLanguage,
    CloseCase,
    Command,
    EndVisit,
    HandOver,
    HandOverPart,
    KeepPromise,
    Postpone,
    PromiseCall,
    ReadyOrder,
    ReportFault,
    StartOrder,
    SwapItem,
    TakeCase,
    UndoOrder,
)
from kiosk.model.customer import RefKind
from kiosk.model.ids import CaseId, Lang, MonotonicMs, OrderId, ScanId
from kiosk.model.order import OrderState, PromiseState
from kiosk.model.outcome import Outcome
from kiosk.model.step import Tone
from kiosk.model.view import CaseLine, DeskNotice, OrderAct, Trouble, View
from kiosk.screens.deskwords import ACTS, PROMISES, STATES
from kiosk.screens.pilot import find
from kiosk.screens.theme import TONES
from kiosk.screens.trouble import TOTAL
from kiosk.screens.widgets.wrapping import as_typed
from tests.screens import scenes
from tests.screens.conftest import Opener

LANDSCAPE = (1920, 1080)


def _order(index: int) -> OrderId:
    return OrderId(f"{index:016x}")


def _in_trouble(role: Role, trouble: Trouble | None) -> View:
    if role is Role.BOARD:
        return msgspec.structs.replace(scenes.board(), trouble=trouble)
    if role is Role.DESK:
        return msgspec.structs.replace(scenes.desk(), trouble=trouble)
    return msgspec.structs.replace(scenes.attract(scenes.FI), trouble=trouble)


def test_board_shows_numbers_and_departures(open_theatre: Opener) -> None:
    """Everything that a board is told is on it."""
    theatre = open_theatre(Role.BOARD)
    theatre.show(scenes.board())
    said = theatre.texts()
    assert {
        "Valmisteilla",
        "Noudettavat",
        "A20",
        "A26",
        "B10",
        "B12",
        "17:30",
        "Tukholma",
        "→ 18:40",
        "16:57",
    } <= set(said)


def test_newest_ready_number_comes_first(open_theatre: Opener) -> None:
    """In the order given, which is the newest first; what has no room comes on the next page."""
    theatre = open_theatre(Role.BOARD)
    theatre.show(scenes.board(ready=30))
    first_page = [text for text in theatre.texts() if text.startswith("B")]
    assert first_page[0] == "B10"
    assert len(first_page) < 30
    screen = theatre.stage.current
    assert screen is not None
    screen.tick()
    theatre.stage.fit()
    theatre.settle()
    second_page = [text for text in theatre.texts() if text.startswith("B")]
    assert second_page[0] == f"B{10 + len(first_page)}"


def test_board_shows_only_what_its_place_is_for(open_theatre: Opener) -> None:
    """A shop's board has no departures, a pier's no orders."""
    theatre = open_theatre(Role.BOARD)
    theatre.show(scenes.board(departures=-1))
    assert "Lähdöt" not in theatre.texts()
    theatre.show(scenes.board(orders=-1))
    assert "Noudettavat" not in theatre.texts()


def test_board_says_when_there_is_nothing(open_theatre: Opener) -> None:
    """An empty list is words, not a hole."""
    theatre = open_theatre(Role.BOARD)
    theatre.show(scenes.board(0, 0, 0))
    assert {"Tilauksia ei ole valmisteilla", "Noudettavia tilauksia ei ole", "Ei enää lähtöjä"} <= set(theatre.texts())


@pytest.mark.parametrize("role", [Role.KIOSK, Role.GATE, Role.BOARD, Role.DESK])
@pytest.mark.parametrize("trouble", list(Trouble))
def test_every_trouble_says_what_to_do(open_theatre: Opener, role: Role, trouble: Trouble) -> None:
    """On every screen that can meet it."""
    if role is Role.BOARD and trouble not in TOTAL:
        pytest.skip("a board has no camera")
    theatre = open_theatre(role, LANDSCAPE)
    theatre.show(_in_trouble(role, None))
    before = set(theatre.texts())
    theatre.show(_in_trouble(role, trouble))
    theatre.picture(f"trouble-{role}-{trouble}")
    told = set(theatre.texts()) - before
    assert any(words in text for text in told for words in ("tiskille", "käsilukijaa", "tarkista")), told
    assert theatre.stage.shown == (
        "trouble" if trouble in TOTAL else {"kiosk": "attract", "gate": "attract"}.get(role, role)
    )


@pytest.mark.parametrize(
    ("button", "command"),
    [
        ("start-A11", StartOrder(_order(0))),
        ("ready-A12", ReadyOrder(_order(1))),
        ("hand_over-A13", HandOver(_order(2))),
        ("undo-A12", UndoOrder(_order(1))),
        ("later-A11", Postpone(_order(0))),
        ("call-A13", CallCustomer(_order(2))),
        ("part-A15", HandOverPart(_order(4))),
        ("faulty-A110", ReportFault(_order(99))),
        ("undo-A110", UndoOrder(_order(99))),
        ("case-c1", TakeCase(CaseId("c1"))),
        ("case-c2", CloseCase(CaseId("c2"))),
        ("close", EndVisit()),
        ("language", ChooseLanguage(scenes.SV)),
    ],
)
def test_staff_act_with_one_tap(open_theatre: Opener, button: str, command: Command) -> None:
    """Each button sends its command for its own order or call."""
    theatre = open_theatre(Role.DESK, LANDSCAPE)
    done = msgspec.structs.replace(scenes.order(99), acts=(OrderAct.FAULTY, OrderAct.UNDO))
    view = msgspec.structs.replace(scenes.desk(notice=scenes.handed_over()), done=(done,))
    theatre.show(view)
    theatre.tap(button)
    assert theatre.sent == [command]


@pytest.mark.parametrize("size", [LANDSCAPE, (1080, 1920)])
@pytest.mark.parametrize(
    ("turn", "button", "command"),
    [
        (0, "swap-A11", SwapItem(_order(0))),
        (0, "promise-A11", PromiseCall(_order(0))),
        (1, "keep-A12", KeepPromise(_order(1))),
        (2, "swap-A13", SwapItem(_order(2))),
    ],
)
def test_what_is_faulty_is_settled_with_one_tap(
    open_theatre: Opener, size: tuple[int, int], turn: int, button: str, command: Command
) -> None:
    """Wide or upright; a broken promise offers no way back, only the late call."""
    theatre = open_theatre(Role.DESK, size)
    theatre.show(msgspec.structs.replace(scenes.desk(0, lang=scenes.EN), lines=(scenes.faulty(turn),)))
    assert ("Something is faulty", "A call is promised", "A call is promised")[turn] in theatre.texts()
    assert (find(theatre.stage, f"undo-A1{turn + 1}") is None) is (turn == 2)
    theatre.tap(button)
    assert theatre.sent == [command]


@pytest.mark.parametrize(
    ("kind", "of", "words"),
    [
        (CaseKind.CONTRADICTION, RefKind.TICKET, "One ticket, used twice: Anna K."),
        (CaseKind.CONTRADICTION, RefKind.ORDER, "One order, handed over twice: Anna K."),
        (CaseKind.CLAIM, RefKind.ORDER, "The promised call did not come: Anna K."),
        (CaseKind.RETURN, None, "Return: Anna K."),
    ],
)
def test_a_case_says_what_it_is_about(open_theatre: Opener, kind: CaseKind, of: RefKind | None, words: str) -> None:
    """Not a plain call for help: its kind, about what, where, since when, and nobody is sent walking."""
    theatre = open_theatre(Role.DESK, LANDSCAPE)
    case = CaseLine(CaseId("c1"), "Gate 7", None, 12, False, kind, "Anna K.", of)
    theatre.show(msgspec.structs.replace(scenes.desk(lang=scenes.EN), cases=(case,)))
    assert {words, "Gate 7 · open for 12 minutes", "I take it"} <= set(theatre.texts())


def test_desk_says_how_late_in_colour_and_words(open_theatre: Opener) -> None:
    """Late, due soon, in time: never a colour alone."""
    theatre = open_theatre(Role.DESK, LANDSCAPE)
    theatre.show(scenes.desk(lang=scenes.EN))
    texts = {as_typed(text) for text in theatre.texts()}
    assert {"3 min late", "2 min", "due soon, 17:01", "14 min", "by 17:03", "Customer is here"} <= texts


def test_desk_turns_to_the_order_that_was_scanned(open_theatre: Opener) -> None:
    """The highlighted row is on the page that is shown; buttons and the mouse's wheel turn the others; once it is done
    with, the most urgent are there again.
    """
    theatre = open_theatre(Role.DESK, LANDSCAPE)
    view = scenes.desk(30)
    lines = (*view.lines[:20], scenes.order(20, highlighted=True), *view.lines[21:])
    notice = DeskNotice(scenes.go(scenes.FI), "", ScanId("n1"), MonotonicMs(1))
    theatre.show(msgspec.structs.replace(view, lines=lines, notice=notice))
    assert "A31" in theatre.texts()
    theatre.tap("previous")
    assert "A31" not in theatre.texts()
    assert theatre.reported == [ScanId("n1")]
    theatre.tap("next")
    theatre.show(msgspec.structs.replace(view, lines=lines))
    assert "A11" in theatre.texts()


@pytest.mark.parametrize("lang", scenes.LANGS)
def test_desk_keeps_its_title_whatever_is_wrong(open_theatre: Opener, lang: Lang) -> None:
    """Marks that have no room beside the title stand below it."""
    theatre = open_theatre(Role.DESK, LANDSCAPE)
    view = msgspec.structs.replace(
        scenes.desk(lang=lang, waiting=12), trouble=Trouble.CAMERA_BLIND, freshness=scenes.OLD
    )
    theatre.show(view)
    theatre.picture(f"desk-all-marks-{lang}")
    sizes = {words.text: words.drawn_size for words in theatre.words()}
    assert sizes[view.title] == 50
    assert len([text for text in sizes if "12" in text or "7" in text.split()]) >= 2
    theatre.show(msgspec.structs.replace(view, trouble=None, waiting_events=0, freshness=scenes.CURRENT))
    assert find(theatre.stage, "language") is not None
    assert not theatre.stage.current.ids.below.shown  # type: ignore[union-attr]


def test_desk_answers_an_act_that_was_refused(open_theatre: Opener) -> None:
    """A notice without a step is words on amber."""
    theatre = open_theatre(Role.DESK, LANDSCAPE)
    words = "Joku muu on jo käsitellyt tätä tilausta."
    theatre.show(scenes.desk(notice=DeskNotice(None, words)))
    theatre.picture("desk-refused-act")
    assert words in theatre.texts()
    screen = theatre.stage.current
    assert screen is not None
    assert screen.ids.notice.fill == TONES[Tone.WAIT].ground


def test_every_member_has_words() -> None:
    """Orders, promises, acts and outcomes: no state of the model is without an answer on a screen."""
    assert set(STATES) == set(OrderState)
    assert set(PROMISES) == set(PromiseState)
    assert set(ACTS) == set(OrderAct)
    assert set(TONES) == set(Tone)


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_can_be_shown(open_theatre: Opener, outcome: Outcome) -> None:
    """At a kiosk as at a gate."""
    theatre = open_theatre(Role.GATE)
    step = msgspec.structs.replace(scenes.stop(), outcome=outcome)
    theatre.show(scenes.answer(step))
    assert step.headline in theatre.texts()
