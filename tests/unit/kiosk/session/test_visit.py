"""A visit at a kiosk or a gate, from the code to the farewell."""

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.model.command import CallHelp, ChooseLanguage, EndVisit, EnlargeText, KeepScreen, ReadAloud
from kiosk.model.customer import Credential, Ref, RefKind
from kiosk.model.event import (
    AnswerShown,
    CheckedIn,
    CodeScanned,
    CustomerArrived,
    Health,
    HealthChanged,
    HelpCalled,
    PackActivated,
    TicketRedeemed,
)
from kiosk.model.hint import Hint
from kiosk.model.ids import DeviceId, EpochMs, EventId, Lang, SiteId
from kiosk.model.order import OrderState
from kiosk.model.outcome import Outcome
from kiosk.model.sitekey import credential_hash
from kiosk.model.step import Tone
from kiosk.model.ticket import Decision, Entitlement, JourneyState, Redemption
from kiosk.model.view import AnswerView, AttractView, Trouble
from kiosk.session.parts import Advised, TroubleIs, TwoCodes, Unreadable
from tests.unit.kiosk.session.conftest import Open
from tests.unit.kiosk.session.house import (
    HOUR,
    MINUTE,
    NOW,
    SITE_KEY,
    House,
    anna,
    boarding,
    code_for,
    order_for,
    sailing,
    ticket_for,
)

KIOSK, GATE, SHOP = "terminal-kiosk-1", "terminal-gate-1", "shop-kiosk-1"


def kinds(house: House) -> list[type]:
    return [type(body) for body in house.events() if not isinstance(body, PackActivated)]


def test_a_passenger_checks_in_and_is_sent_to_the_gate(open_house: Open) -> None:
    """The first story of all: scan, checked in, the gate, the way there, the time left."""
    house = open_house(KIOSK)
    step = house.show(code_for(boarding(house))).step
    assert (step.outcome, step.tone) == (Outcome.CHECKED_IN, Tone.GO)
    assert "Anna K." in step.detail
    assert "7" in step.place
    assert step.deadline is not None
    assert step.way is not None
    assert len(step.way.line) > 1
    assert kinds(house) == [CheckedIn, CodeScanned]


def test_the_answer_is_reported_once_it_is_on_the_glass(open_house: Open) -> None:
    house = open_house(KIOSK)
    view = house.show(code_for(boarding(house)))
    house.reach_glass(view, after_ms=12)
    shown = house.events()[-1]
    assert isinstance(shown, AnswerShown)
    assert (shown.scan, shown.glass_ms, shown.row) == (view.scan, 12, view.step.row)


def test_a_second_scan_at_the_kiosk_shows_the_gate_again_and_changes_nothing(open_house: Open) -> None:
    house = open_house(KIOSK)
    code = code_for(boarding(house))
    house.show(code)
    again = house.show(code).step
    assert again.outcome is Outcome.INFORMED
    assert "7" in again.place
    assert kinds(house) == [CheckedIn, CodeScanned, CodeScanned]


def test_the_gate_admits_once_and_refuses_the_second_time(open_house: Open) -> None:
    house = open_house(GATE)
    code = code_for(boarding(house, JourneyState.CHECKED_IN))
    assert house.show(code).step.outcome is Outcome.ADMITTED
    refused = house.show(code).step
    assert (refused.outcome, refused.tone) == (Outcome.ALREADY_USED, Tone.STOP)
    assert kinds(house) == [TicketRedeemed, CodeScanned, CodeScanned]


def test_the_gate_sends_one_who_has_not_checked_in_to_the_kiosk(open_house: Open) -> None:
    house = open_house(GATE)
    assert house.show(code_for(boarding(house))).step.outcome is Outcome.NOT_CHECKED_IN


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"state": Entitlement.REVOKED}, Outcome.REVOKED),
        ({"state": Entitlement.BLOCKED}, Outcome.BLOCKED),
        ({"valid_until": EpochMs(NOW - HOUR), "valid_from": EpochMs(NOW - 9 * HOUR)}, Outcome.EXPIRED),
        ({"valid_from": EpochMs(NOW + 20 * HOUR), "valid_until": EpochMs(NOW + 26 * HOUR)}, Outcome.WRONG_DAY),
        (
            {
                "state": Entitlement.REDEEMED,
                "redemption": Redemption(
                    EventId("e"), DeviceId("gate-2"), EpochMs(NOW - MINUTE), Decision.OFFLINE_PROVISIONAL
                ),
            },
            Outcome.ALREADY_USED,
        ),
    ],
)
def test_each_ticket_that_is_not_good_is_refused_with_what_to_do(
    open_house: Open, change: dict[str, object], outcome: Outcome
) -> None:
    house = open_house(GATE)
    subject, departure = anna(), sailing()
    ticket, journey = ticket_for(subject, departure)
    ticket = msgspec.structs.replace(ticket, **change)
    house.bring(subject, departure, ticket, msgspec.structs.replace(journey, state=JourneyState.CHECKED_IN))
    step = house.show(code_for(ticket)).step
    assert (step.outcome, step.tone) == (outcome, Tone.STOP)
    assert step.headline
    assert step.detail


def test_a_forged_signature_a_strange_code_and_another_sites_ticket_are_told_apart(open_house: Open) -> None:
    house = open_house(GATE)
    ticket = boarding(house, JourneyState.CHECKED_IN)
    forger = Ed25519PrivateKey.from_private_bytes(rb"8" * 32)
    assert house.show(code_for(ticket, signer=forger)).step.outcome is Outcome.FORGED
    assert house.show(b"https://example.invalid/").step.outcome is Outcome.UNKNOWN
    assert house.show(code_for(ticket, site="elsewhere")).step.outcome is Outcome.WRONG_SITE
    assert house.show(code_for(ticket)[:60]).step.outcome is Outcome.UNREADABLE
    assert kinds(house) == [CodeScanned] * 4


def test_what_is_not_known_is_called_too_old_when_the_data_is(open_house: Open) -> None:
    house = open_house(GATE)
    boarding(house)
    house.clock.advance(13 * HOUR)
    assert house.show(b"1234567890").step.outcome is Outcome.DATA_TOO_OLD


def test_what_cannot_be_read_gets_an_answer_too_but_never_over_another(open_house: Open) -> None:
    house = open_house(KIOSK)
    view = house.give(Unreadable())
    assert isinstance(view, AnswerView)
    assert view.step.outcome is Outcome.UNREADABLE
    answered = house.show(code_for(boarding(house)))
    assert house.give(Unreadable()) == answered


def test_the_screen_clears_by_itself_and_leaves_nothing(open_house: Open) -> None:
    house = open_house(KIOSK)
    house.show(code_for(boarding(house)))
    house.clock.advance(19_000)
    assert isinstance(house.give(), AnswerView)
    house.tap(KeepScreen())
    house.clock.advance(19_000)
    assert isinstance(house.give(), AnswerView)
    house.clock.advance(1_000)
    view = house.give()
    assert isinstance(view, AttractView)
    assert "Anna" not in repr(view)
    assert house.voice.saying is None


def test_a_gate_is_free_for_the_next_one_after_six_seconds(open_house: Open) -> None:
    house = open_house(GATE)
    house.show(code_for(boarding(house, JourneyState.CHECKED_IN)))
    house.clock.advance(6_000)
    assert isinstance(house.give(), AttractView)


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


def test_a_loyalty_card_finds_its_owners_ticket(open_house: Open) -> None:
    """Nobody has to start from the beginning because they hold up another code of theirs."""
    house = open_house(KIOSK)
    boarding(house)
    assert house.show(code_for(anna())).step.outcome is Outcome.CHECKED_IN


def test_a_plain_card_number_is_known_by_its_keyed_hash(open_house: Open) -> None:
    house = open_house(KIOSK)
    boarding(house)
    ref = Ref(RefKind.SUBJECT, anna().id)
    card = Credential(credential_hash(SITE_KEY, b"6412345678901"), SiteId("terminal"), ref)
    house.bring(card)
    assert house.show(b"6412345678901").step.outcome is Outcome.CHECKED_IN
    house.bring(msgspec.structs.replace(card, revoked=True))
    assert house.show(b"6412345678901").step.outcome is Outcome.REVOKED


def test_help_is_called_once_and_the_desk_is_told_where_and_in_which_language(open_house: Open) -> None:
    house = open_house(KIOSK)
    house.show(code_for(boarding(house)))
    view = house.tap(CallHelp())
    house.tap(CallHelp())
    assert isinstance(view, AnswerView)
    assert view.help_called
    calls = [body for body in house.events() if isinstance(body, HelpCalled)]
    assert [(call.place, call.lang) for call in calls] == [("check-in", "en")]


def test_a_shopper_is_told_the_state_of_the_order_and_the_desk_that_they_are_here(open_house: Open) -> None:
    house = open_house(SHOP)
    shopper = anna("shop")
    house.bring(shopper, order_for(shopper, "pickup-desk"))
    step = house.show(code_for(shopper)).step
    assert step.outcome is Outcome.ARRIVED
    assert [type(body) for body in house.events()].count(CustomerArrived) == 1
    ready = msgspec.structs.replace(order_for(shopper, "pickup-desk"), state=OrderState.READY, ready_at=NOW)
    house.bring(ready)
    assert house.show(code_for(shopper)).step.tone is Tone.GO


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
