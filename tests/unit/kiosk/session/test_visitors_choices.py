"""Language, size of text and voice: they follow the visitor, and no one else."""

from kiosk.model.command import ChooseLanguage, EndVisit, EnlargeText, ReadAloud
from kiosk.model.ids import Lang
from kiosk.model.outcome import Outcome
from kiosk.model.view import AnswerView, AttractView
from tests.unit.kiosk.session.conftest import Open
from tests.unit.kiosk.session.house import anna, boarding, code_for, sailing, ticket_for

KIOSK = "terminal-kiosk-1"


def test_language_text_size_and_voice_follow_the_visitor_and_end_with_the_visit(open_house: Open) -> None:
    house = open_house(KIOSK)
    english = house.show(code_for(boarding(house)))
    house.tap(ReadAloud())
    assert house.voice.saying == (english.step.speech, Lang("en"))
    finnish = house.tap(ChooseLanguage(Lang("fi")))
    assert isinstance(finnish, AnswerView)
    assert finnish.step.lang == "fi"
    assert finnish.step.headline != english.step.headline
    assert finnish.step.outcome is Outcome.CHECKED_IN
    assert house.voice.saying is None
    larger = house.tap(EnlargeText())
    assert isinstance(larger, AnswerView)
    assert larger.text_scale == 1.3
    attract = house.tap(EndVisit())
    assert isinstance(attract, AttractView)
    assert (attract.lang, attract.text_scale) == ("en", 1.0)


def test_reading_aloud_stops_at_the_second_tap(open_house: Open) -> None:
    house = open_house(KIOSK)
    house.show(code_for(boarding(house)))
    house.tap(ReadAloud())
    house.tap(ReadAloud())
    assert house.voice.saying is None


def test_the_button_says_so_when_the_voice_has_come_to_its_end(open_house: Open) -> None:
    house = open_house(KIOSK)
    house.show(code_for(boarding(house)))
    speaking = house.tap(ReadAloud())
    assert isinstance(speaking, AnswerView)
    assert speaking.speaking
    house.voice.saying = None
    silent = house.give()
    assert isinstance(silent, AnswerView)
    assert not silent.speaking


def test_a_known_language_is_spoken_unless_another_was_just_chosen(open_house: Open) -> None:
    house = open_house(KIOSK)
    subject, departure = anna(lang="et"), sailing()
    house.bring(subject, departure, *ticket_for(subject, departure))
    assert house.show(code_for(subject)).step.lang == "et"
    house.tap(EndVisit())
    house.tap(ChooseLanguage(Lang("sv")))
    assert house.show(code_for(subject)).step.lang == "sv"


def test_the_next_person_gets_nothing_of_the_last_ones_choices(open_house: Open) -> None:
    """A code held up while another's answer stands starts a visit of its own, in the house's language."""
    house = open_house(KIOSK)
    subject, departure = anna(lang="et"), sailing()
    house.bring(subject, departure, *ticket_for(subject, departure))
    house.show(code_for(subject))
    house.tap(ChooseLanguage(Lang("sv")))
    house.tap(EnlargeText())
    unknown = house.show(b"1234567890")
    assert (unknown.step.lang, unknown.text_scale) == ("en", 1.0)


def test_the_same_code_held_up_again_keeps_what_its_owner_chose(open_house: Open) -> None:
    house = open_house(KIOSK)
    code = code_for(boarding(house))
    house.show(code)
    house.tap(ChooseLanguage(Lang("sv")))
    assert house.show(code).step.lang == "sv"
