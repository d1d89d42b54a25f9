"""Content and data under a visit: what is shown before they come, when they change, and when they are old."""

from kiosk.model.command import EndVisit
from kiosk.model.event import PackActivated
from kiosk.model.outcome import Outcome
from kiosk.model.view import AnswerView, AttractView, Trouble
from tests.unit.kiosk.session.conftest import Open
from tests.unit.kiosk.session.house import boarding, code_for, demo_pack, slower_pack

KIOSK = "terminal-kiosk-1"


def test_without_content_the_screen_says_so_until_a_pack_arrives(open_house: Open) -> None:
    house = open_house(KIOSK, pack=False)
    view = house.views[-1]
    assert isinstance(view, AttractView)
    assert view.trouble is Trouble.NO_CONTENT
    house.bring_pack(demo_pack("terminal"))
    after = house.give()
    assert isinstance(after, AttractView)
    assert (after.trouble, bool(after.title)) == (None, True)


def test_new_content_waits_for_the_end_of_the_visit(open_house: Open) -> None:
    house = open_house(KIOSK)
    house.show(code_for(boarding(house)))
    house.bring_pack(slower_pack("terminal", 33), "v2")
    during = house.give()
    assert isinstance(during, AnswerView)
    assert during.clears_in_s == 20
    house.tap(EndVisit())
    assert [body.version for body in house.events() if isinstance(body, PackActivated)] == ["v1", "v2"]
    after = house.show(code_for(boarding(house)))
    assert after.clears_in_s == 33


def test_a_broken_pack_is_refused_and_the_running_one_stays(open_house: Open) -> None:
    house = open_house(KIOSK)
    house.bring_pack(b'{"format": 1', "v2")
    view = house.give()
    assert isinstance(view, AttractView)
    assert view.trouble is None
    assert house.store.staged_pack() is None
    assert house.show(code_for(boarding(house))).step.outcome is Outcome.CHECKED_IN


def test_a_pack_that_does_not_name_this_device_is_told(open_house: Open) -> None:
    house = open_house(KIOSK, pack=False)
    house.bring_pack(demo_pack("shop"))
    view = house.give()
    assert isinstance(view, AttractView)
    assert view.trouble is Trouble.NOT_IN_PACK


def test_the_age_of_the_data_shows_only_once_it_is_old(open_house: Open) -> None:
    house = open_house(KIOSK)
    boarding(house)
    house.agent.link.away()
    recent = house.give()
    assert isinstance(recent, AttractView)
    assert recent.freshness.connected
    house.clock.advance(11_000)
    old = house.give()
    assert isinstance(old, AttractView)
    assert not old.freshness.connected
    assert old.freshness.as_of is not None
