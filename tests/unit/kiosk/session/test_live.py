"""What changes while somebody stands there: a lift closes, a consent is taken back, an offer is not for them."""

import json
from functools import cache
from typing import Any

import msgspec
import pytest

from kiosk.guidance.load import canonical, version_of
from kiosk.model.command import ChooseLanguage, DeclineOffer, EndVisit, ReadAloud
from kiosk.model.customer import Basis, Consent, ConsentState, Interest, Purpose, Subject
from kiosk.model.event import AnswerShown, OfferDeclined
from kiosk.model.ids import EpochMs, HubVersion, Lang, SiteId
from kiosk.model.pathway import PathwayState
from kiosk.model.records import Collection
from kiosk.model.ticket import JourneyState
from kiosk.model.view import AnswerView, AttractView, BoardView
from kiosk.store import open_store
from kiosk.store.inbox import InboxRow
from tests.unit.kiosk.session.conftest import Open
from tests.unit.kiosk.session.house import (
    MINUTE,
    NOW,
    SITE_KEY,
    House,
    anna,
    code_for,
    demo_pack,
    order_for,
    sailing,
    ticket_for,
)

KIOSK, GATE, SHOP, DESK = "terminal-kiosk-1", "terminal-gate-1", "shop-kiosk-1", "terminal-desk-1"
_SITE = SiteId("terminal")


def _closed(until: int | None = None) -> PathwayState:
    end = None if until is None else EpochMs(NOW + until * MINUTE)
    return PathwayState("lift", _SITE, open=False, at=NOW, until=end)


def _anna(*, step_free: bool = False, likes: bool = True, state: ConsentState = ConsentState.GRANTED) -> Subject:
    return msgspec.structs.replace(
        anna(),
        step_free=step_free,
        consents=(Consent(Purpose.PERSONALISATION, state, "1"),),
        interests=(Interest("coffee", Basis.STATED),) if likes else (),
    )


def _passenger(house: House, subject: Subject, *more: Any) -> bytes:
    """Brings a passenger who has checked in; their ticket's code."""
    departure = sailing(90)
    ticket, journey = ticket_for(subject, departure)
    house.bring(subject, departure, ticket, msgspec.structs.replace(journey, state=JourneyState.CHECKED_IN), *more)
    return code_for(ticket)


def _take_back(house: House, state: PathwayState) -> None:
    row = InboxRow(Collection.PATHWAYS, state.id, HubVersion(99), None)
    cursor = house.agent.inbox.cursor()
    assert house.agent.inbox.apply_delta(cursor, HubVersion(cursor + 1), [row])
    house.session.turn()


def _answer(house: House) -> AnswerView:
    view = house.views[-1]
    assert isinstance(view, AnswerView)
    return view


def _offer(view: AnswerView) -> str:
    return "" if view.step.offer is None else view.step.offer.id


def test_a_lift_that_closes_reroutes_who_stands_before_the_screen(open_house: Open) -> None:
    """At once, in the same visit; whoever can't climb is told honestly, and led again when it opens."""
    house = open_house(KIOSK)
    view = house.show(_passenger(house, _anna(step_free=True)))
    assert view.step.way is not None
    assert "lift" in view.step.way.text
    house.bring(_closed(), version=2)
    told = _answer(house)
    assert told.scan == view.scan
    assert told.step.detail.startswith("The step-free way to Gate 7 is closed right now.")
    assert told.step.place == "Information desk"
    _take_back(house, _closed())
    assert _answer(house).step.way == view.step.way


def test_others_are_led_by_the_stairs_meanwhile(open_house: Open) -> None:
    """On the desk's and the gate's screens too, which read the same records."""
    house = open_house(KIOSK)
    pathways = {each["id"]: each for each in json.loads(demo_pack("terminal"))["pathways"]}
    code = _passenger(house, _anna())
    assert "stairs" in (house.show(code).step.way or pytest.fail("no way")).text
    house.tap(EndVisit())
    stairs = PathwayState("stairs", _SITE, open=False, at=NOW)
    assert not pathways["stairs"].get("step_free", True)
    house.bring(stairs, version=2)
    assert "lift" in (house.show(code).step.way or pytest.fail("no way")).text


def test_without_the_hub_the_last_word_on_a_lift_stays_until_its_time_is_over(open_house: Open) -> None:
    """It is on the disk: a kiosk that starts anew keeps it."""
    house = open_house(KIOSK)
    code = _passenger(house, _anna(step_free=True), _closed(until=30))
    assert house.show(code).step.way is not None
    assert _answer(house).step.place == "Information desk"
    again = open_store(house.store_path, device=house.device, site=house.site, site_key=SITE_KEY, clock=house.clock)
    assert [each.id for each in again.all(Collection.PATHWAYS)] == ["lift"]
    again.close()
    house.tap(EndVisit())
    house.clock.advance(30 * MINUTE)
    assert house.show(code).step.place == "Gate 7"


def test_reading_aloud_stops_when_the_way_changes(open_house: Open) -> None:
    """Nobody is led over a closed way by a voice."""
    house = open_house(KIOSK)
    house.show(_passenger(house, _anna(step_free=True)))
    view = house.tap(ReadAloud())
    assert isinstance(view, AnswerView)
    assert view.speaking
    house.bring(_closed(), version=2)
    assert not _answer(house).speaking
    assert house.voice.saying is None


def test_who_consented_sees_an_offer_with_its_reason_below_the_step(open_house: Open) -> None:
    """In every language; what was shown is told to the hub with the answer."""
    house = open_house(KIOSK)
    view = house.show(_passenger(house, _anna()))
    assert _offer(view) == "coffee-and-bun"
    assert view.step.place == "Gate 7"
    house.reach_glass(view)
    shown = [body.offer for body in house.events() if isinstance(body, AnswerShown)]
    assert shown == ["coffee-and-bun"]
    whys = set()
    for lang in ("fi", "sv", "en", "et"):
        house.tap(ChooseLanguage(Lang(lang)))
        offer = _answer(house).step.offer
        assert offer is not None
        whys.add(offer.why)
    assert len(whys) == 4


def test_not_for_me_is_remembered_by_device_and_hub_and_no_other_offer_takes_its_place(open_house: Open) -> None:
    """One tap; also after the visit, by any code of the person, and in a store opened anew."""
    house = open_house(KIOSK)
    person = _anna()
    code = _passenger(house, person)
    before = house.show(code)
    view = house.tap(DeclineOffer())
    assert isinstance(view, AnswerView)
    assert _offer(view) == ""
    assert (view.scan, view.step.place, view.step.way) == (before.scan, before.step.place, before.step.way)
    assert house.events()[-1] == OfferDeclined(person.id, "coffee-and-bun")
    house.tap(DeclineOffer())
    assert [type(body) for body in house.events()].count(OfferDeclined) == 1
    house.tap(EndVisit())
    assert _offer(house.show(code_for(person))) == ""
    again = open_store(house.store_path, device=house.device, site=house.site, site_key=SITE_KEY, clock=house.clock)
    known = again.get(Collection.SUBJECTS, person.id)
    again.close()
    assert isinstance(known, Subject)
    assert known.declined == ("coffee-and-bun",)


def test_what_was_declined_on_another_screen_is_not_shown_here(open_house: Open) -> None:
    """The hub sends the person's record down."""
    house = open_house(KIOSK)
    code = _passenger(house, msgspec.structs.replace(_anna(), declined=("coffee-and-bun",)))
    assert _offer(house.show(code)) == ""


def test_a_consent_taken_back_takes_the_offer_off_the_screen_at_once(open_house: Open) -> None:
    """While the person stands there; the step stays."""
    house = open_house(KIOSK)
    view = house.show(_passenger(house, _anna()))
    assert _offer(view) == "coffee-and-bun"
    house.bring(_anna(state=ConsentState.REVOKED, likes=False), version=5)
    assert _offer(_answer(house)) == ""
    assert _answer(house).step.place == view.step.place


def test_a_person_erased_while_they_stand_there_is_offered_nothing_more(open_house: Open) -> None:
    """Their record is gone, and with it the consent."""
    house = open_house(KIOSK)
    person = _anna()
    house.show(_passenger(house, person))
    house.tap(EndVisit())
    assert _offer(house.show(code_for(person))) == "coffee-and-bun"
    row = InboxRow(Collection.SUBJECTS, person.id, HubVersion(9), None)
    cursor = house.agent.inbox.cursor()
    assert house.agent.inbox.apply_delta(cursor, HubVersion(cursor + 1), [row])
    house.session.turn()
    assert _offer(_answer(house)) == ""


def test_the_next_person_sees_nothing_of_an_offer(open_house: Open) -> None:
    """Nor does the attract screen."""
    house = open_house(KIOSK)
    house.show(_passenger(house, _anna()))
    other = msgspec.structs.replace(anna(), id="00000000000000ab", sealed_name=b"")
    order = msgspec.structs.replace(order_for(other, "shop-desk"), subject=other.id)
    house.bring(other, order)
    assert _offer(house.show(code_for(order))) == ""
    view = house.tap(EndVisit())
    assert isinstance(view, AttractView)
    assert b"coffee" not in msgspec.json.encode(view)


def test_gates_boards_and_desks_offer_nothing(open_house: Open) -> None:
    """What one person likes is nobody else's business."""
    gate = open_house(GATE)
    assert _offer(gate.show(_passenger(gate, _anna()))) == ""
    board = open_house("terminal-board-1")
    _passenger(board, _anna())
    view = board.views[-1]
    assert isinstance(view, BoardView)
    assert b"coffee" not in msgspec.json.encode(view).lower()


@cache
def _without_offers() -> bytes:
    body = json.loads(demo_pack("terminal"))
    del body["offers"], body["version"]
    for texts in body["messages"].values():
        for key in [key for key in texts if key.startswith("offer.")]:
            del texts[key]
    return canonical({**body, "version": version_of(body)})


def test_everything_else_is_the_same_without_consent(open_house: Open) -> None:
    """The whole answer, word for word, as with a pack that has no offers."""
    asked, plain = open_house(KIOSK), open_house(KIOSK, pack=False)
    plain.bring_pack(_without_offers())
    steps = []
    for house, subject in ((asked, anna()), (plain, _anna())):
        step = house.show(_passenger(house, subject)).step
        steps.append(msgspec.structs.replace(step, pack="", speech=step.speech))
    assert steps[0] == steps[1]
