"""Rotating codes and other houses' tickets at a touchpoint: known by their keyed hash, refused for a reason."""

import msgspec
import pytest

from kiosk.config import TrustConfig
from kiosk.model.code import Code, Symbology
from kiosk.model.customer import Credential, Ref, RefKind
from kiosk.model.event import TicketRedeemed
from kiosk.model.ids import EpochMs, MonotonicMs, SiteId
from kiosk.model.opascode import CodeKind, site_tag
from kiosk.model.outcome import Outcome
from kiosk.model.rotatingcode import credential_secret, issue
from kiosk.model.sitekey import credential_hash, rotating_key
from kiosk.model.ticket import JourneyState, Ticket
from kiosk.model.trust import OrderPattern, Trust, code_digest
from kiosk.session.recognition import Recogniser
from tests.unit.kiosk.scanning.formats.issuers import ELEMENTS, LINK, PRETIX_FIELDS, TWO_LEGS, pretix, protobuf
from tests.unit.kiosk.session.conftest import Open
from tests.unit.kiosk.session.house import NOW, SITE_KEY, House, anna, code_for, order_for, sailing, ticket_for

KIOSK, GATE, SHOP = "terminal-kiosk-1", "terminal-gate-1", "shop-kiosk-1"
TERMINAL = SiteId("terminal")
PASS = TWO_LEGS.encode()
PRETIX = pretix(protobuf({1: PRETIX_FIELDS[1], 2: 1}))


def a_ticket(house: House, state: JourneyState = JourneyState.BOOKED) -> Ticket:
    subject, departure = anna(), sailing(60)
    ticket, journey = ticket_for(subject, departure)
    house.bring(subject, departure, ticket, msgspec.structs.replace(journey, state=state))
    return ticket


def know(house: House, ticket: Ticket, payload: bytes) -> None:
    """What the hub sends down for a plain code that it was told of."""
    house.bring(Credential(credential_hash(SITE_KEY, payload), TERMINAL, Ref(RefKind.TICKET, ticket.id)))


def rotating(ticket: Ticket, at: int = NOW, site: str = "terminal", site_key: bytes = SITE_KEY) -> bytes:
    secret = credential_secret(rotating_key(site_key), CodeKind.TICKET, ticket.id)
    return issue(secret, CodeKind.TICKET, ticket.id, site_tag(SiteId(site)), EpochMs(at))


def test_a_rotating_code_admits_once(open_house: Open) -> None:
    house = open_house(GATE)
    ticket = a_ticket(house, JourneyState.CHECKED_IN)
    assert house.show(rotating(ticket)).step.outcome is Outcome.ADMITTED
    assert house.show(rotating(ticket, NOW + 1000)).step.outcome is Outcome.ALREADY_USED
    assert [type(body) for body in house.events()].count(TicketRedeemed) == 1


def test_where_only_the_rotating_code_counts_a_signed_picture_changes_nothing(open_house: Open) -> None:
    """The same ticket, still and live, at check-in and at the gate."""
    for device, state, done in (
        (KIOSK, JourneyState.BOOKED, Outcome.CHECKED_IN),
        (GATE, JourneyState.CHECKED_IN, Outcome.ADMITTED),
    ):
        house = open_house(device)
        ticket = msgspec.structs.replace(a_ticket(house, state), rotating=True)
        house.bring(ticket)
        assert house.show(code_for(ticket)).step.outcome is Outcome.OLD_PICTURE
        assert house.show(rotating(ticket)).step.outcome is done


@pytest.mark.parametrize(
    ("at", "site", "site_key", "outcome"),
    [
        (NOW - 300_000, "terminal", SITE_KEY, Outcome.OLD_PICTURE),
        (NOW + 300_000, "terminal", SITE_KEY, Outcome.WRONG_DAY),
        (NOW, "shop", SITE_KEY, Outcome.WRONG_SITE),
        (NOW, "terminal", bytes(32), Outcome.FORGED),
    ],
    ids=["a screenshot", "a clock far ahead", "another site", "another key"],
)
def test_a_rotating_code_that_is_not_for_here_and_now_changes_nothing(
    open_house: Open, at: int, site: str, site_key: bytes, outcome: Outcome
) -> None:
    house = open_house(GATE)
    ticket = a_ticket(house, JourneyState.CHECKED_IN)
    assert house.show(rotating(ticket, at, site, site_key)).step.outcome is outcome
    assert not any(isinstance(body, TicketRedeemed) for body in house.events())


@pytest.mark.parametrize("payload", [PASS, PRETIX, ELEMENTS, LINK], ids=["bcbp", "pretix", "gs1", "link"])
def test_another_houses_ticket_counts_once_the_hub_knows_it(open_house: Open, payload: bytes) -> None:
    house = open_house(KIOSK)
    ticket = a_ticket(house)
    assert house.show(payload).step.outcome is Outcome.UNKNOWN
    know(house, ticket, payload)
    assert house.show(payload).step.outcome is Outcome.CHECKED_IN


def test_a_thing_is_known_by_its_barcode_and_by_its_link(open_house: Open) -> None:
    house = open_house(KIOSK)
    know(house, a_ticket(house), b"(01)09506000134352(10)ABC123(17)261225")
    assert house.show(ELEMENTS).step.outcome is Outcome.CHECKED_IN
    assert house.show(LINK).step.outcome is Outcome.INFORMED


def test_a_damaged_ticket_is_unreadable_even_if_its_bytes_are_known(open_house: Open) -> None:
    house = open_house(KIOSK)
    know(house, a_ticket(house), PASS[:-1])
    assert house.show(PASS[:-1]).step.outcome is Outcome.UNREADABLE


def _outcome(house: House, payload: bytes, trust: Trust) -> Outcome | None:
    recogniser = Recogniser(house.store, TERMINAL, SITE_KEY, trust)
    code = Code(payload, Symbology.QR, "zxing", MonotonicMs(0), MonotonicMs(0))
    return recogniser.recognise(code, NOW, 60)[1].problem


def test_the_lists_that_a_site_holds_refuse_a_known_ticket(open_house: Open) -> None:
    house = open_house(GATE)
    know(house, a_ticket(house), PRETIX)
    digest = frozenset({code_digest(PRETIX)})
    assert _outcome(house, PRETIX, Trust()) is None
    assert _outcome(house, PRETIX, Trust(revoked=digest)) is Outcome.REVOKED
    assert _outcome(house, PRETIX, Trust(blocked=digest)) is Outcome.BLOCKED
    assert _outcome(house, PRETIX, Trust(pretix_keys=(bytes(32),))) is Outcome.FORGED


def test_a_touchpoint_trusts_whom_its_configuration_names(open_house: Open) -> None:
    house = open_house(KIOSK, trust=TrustConfig(order_patterns=("@##",), blocked=frozenset({code_digest(PRETIX)})))
    ticket = a_ticket(house)
    know(house, ticket, b"A17")
    know(house, ticket, PRETIX)
    assert house.show(PRETIX).step.outcome is Outcome.BLOCKED
    assert house.show(b"a17").step.outcome is Outcome.CHECKED_IN


def test_an_order_number_is_found_however_it_is_typed(open_house: Open) -> None:
    house = open_house(SHOP)
    order = order_for(anna("shop"), "pickup-desk")
    card = Credential(credential_hash(SITE_KEY, b"A17"), SiteId("shop"), Ref(RefKind.ORDER, order.id))
    house.bring(anna("shop"), order, card)
    patterns = Trust(order_patterns=(OrderPattern("@##"),))
    assert _outcome(house, b" a17\r", patterns) is None
    assert _outcome(house, b" a17\r", Trust()) is Outcome.UNKNOWN
    assert _outcome(house, b"A18", patterns) is Outcome.UNKNOWN
