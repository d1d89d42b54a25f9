"""What is told while nothing is read: two codes, a code that can't be read, a camera that is lost."""

from kiosk.model.event import Health, HealthChanged
from kiosk.model.hint import Hint
from kiosk.model.outcome import Outcome
from kiosk.model.view import AnswerView, AttractView, Trouble
from kiosk.session.parts import Advised, TroubleIs, TwoCodes, Unreadable
from tests.unit.kiosk.session.conftest import Open
from tests.unit.kiosk.session.house import boarding, code_for

KIOSK = "terminal-kiosk-1"


def test_what_cannot_be_read_gets_an_answer_too_but_never_over_another(open_house: Open) -> None:
    house = open_house(KIOSK)
    view = house.give(Unreadable())
    assert isinstance(view, AnswerView)
    assert view.step.outcome is Outcome.UNREADABLE
    answered = house.show(code_for(boarding(house)))
    assert house.give(Unreadable()) == answered


def test_a_lost_camera_is_said_and_its_return_too(open_house: Open) -> None:
    """On the screen, to the agent, and as events."""
    house = open_house(KIOSK)
    assert house.agent.link.health() == (Health.READY, "")
    lost = house.give(TroubleIs(Trouble.NO_CAMERA))
    assert isinstance(lost, AttractView)
    assert lost.trouble is Trouble.NO_CAMERA
    assert house.agent.link.health() == (Health.DEGRADED, "no_camera")
    found = house.give(TroubleIs(None))
    assert isinstance(found, AttractView)
    assert found.trouble is None
    assert house.agent.link.health() == (Health.READY, "")
    changes = [(body.health, body.problem) for body in house.events() if isinstance(body, HealthChanged)]
    assert changes == [(Health.DEGRADED, "no_camera"), (Health.READY, "")]


def test_two_codes_at_once_are_told_for_a_moment(open_house: Open) -> None:
    house = open_house(KIOSK)
    told = house.give(TwoCodes())
    assert isinstance(told, AttractView)
    assert told.hint == "Two codes are in view. Hold up one at a time."
    house.clock.advance(4_000)
    after = house.give()
    assert isinstance(after, AttractView)
    assert after.hint != told.hint


def test_what_to_do_about_a_code_that_is_not_read_stands_beside_the_picture_until_there_is_no_more_to_say(
    open_house: Open,
) -> None:
    house = open_house(KIOSK)
    for hint in (Hint.TOO_FAR, Hint.TURN_UP, None):
        view = house.give(Advised(hint))
        assert isinstance(view, AttractView)
        assert view.advice is hint


def test_of_two_codes_at_once_the_one_thing_to_be_done_is_said(open_house: Open) -> None:
    house = open_house(KIOSK)
    view = house.give(Advised(Hint.GLARE), TwoCodes())
    assert isinstance(view, AttractView)
    assert view.advice is None
    assert view.hint.startswith("Two codes")


def test_an_answer_is_not_disturbed_by_advice(open_house: Open) -> None:
    house = open_house(KIOSK)
    answer = house.show(code_for(boarding(house)))
    assert house.give(Advised(Hint.TOO_FAR)) == answer
