"""Who or what a code stands for: what is good, what is not and why, and which code finds which."""

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.model.customer import Credential, Ref, RefKind
from kiosk.model.event import CodeScanned
from kiosk.model.ids import DeviceId, EpochMs, EventId, SiteId
from kiosk.model.outcome import Outcome
from kiosk.model.sitekey import credential_hash
from kiosk.model.step import Tone
from kiosk.model.ticket import Decision, Entitlement, JourneyState, Redemption
from tests.unit.kiosk.session.conftest import Open
from tests.unit.kiosk.session.house import HOUR, MINUTE, NOW, SITE_KEY, anna, boarding, code_for, sailing, ticket_for

KIOSK, GATE = "terminal-kiosk-1", "terminal-gate-1"


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
    assert house.kinds() == [CodeScanned] * 4


def test_what_is_not_known_is_called_too_old_when_the_data_is(open_house: Open) -> None:
    house = open_house(GATE)
    boarding(house)
    house.clock.advance(13 * HOUR)
    assert house.show(b"1234567890").step.outcome is Outcome.DATA_TOO_OLD


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
