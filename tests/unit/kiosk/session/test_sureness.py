"""What a product asks of its redemption, and what a gate says that can't give it."""

import json

import pytest

from kiosk.guidance.load import canonical, version_of
from kiosk.model.event import CodeScanned, TicketRedeemed
from kiosk.model.outcome import Outcome
from kiosk.model.step import Tone
from kiosk.model.ticket import Decision, JourneyState
from tests.unit.kiosk.session.conftest import Open
from tests.unit.kiosk.session.house import House, boarding, code_for, demo_pack

GATE = "terminal-gate-1"


def strict(needed: Decision | None) -> bytes:
    """The terminal's pack, which asks for `needed` of an adult's ticket."""
    body = json.loads(demo_pack("terminal"))
    body["settings"]["sure_enough"] = {} if needed is None else {"adult": needed.value}
    del body["version"]
    return canonical({**body, "version": version_of(body)})


def gate(open_house: Open, needed: Decision | None) -> House:
    house: House = open_house(GATE, pack=False)
    house.bring_pack(strict(needed))
    house.session.turn()
    return house


def decisions(house: House) -> list[Decision]:
    return [body.decision for body in house.events() if isinstance(body, TicketRedeemed)]


@pytest.mark.parametrize("needed", [None, Decision.OFFLINE_PROVISIONAL])
def test_where_nothing_is_asked_the_gates_own_word_is_enough(open_house: Open, needed: Decision | None) -> None:
    """And the event says that it was no more than that."""
    house = gate(open_house, needed)
    assert house.show(code_for(boarding(house, JourneyState.CHECKED_IN))).step.outcome is Outcome.ADMITTED
    assert decisions(house) == [Decision.OFFLINE_PROVISIONAL]


@pytest.mark.parametrize("needed", [Decision.SITE_CONFIRMED, Decision.ONLINE_CONFIRMED])
def test_a_product_that_asks_for_more_is_refused_with_where_to_go(open_house: Open, needed: Decision) -> None:
    """Nothing is redeemed: at the desk, or here a moment later, the ticket is as good as before."""
    house = gate(open_house, needed)
    code = code_for(boarding(house, JourneyState.CHECKED_IN))
    step = house.show(code).step
    assert (step.outcome, step.tone) == (Outcome.DATA_TOO_OLD, Tone.WAIT)
    assert step.place
    assert step.headline
    assert decisions(house) == []
    assert [body.outcome for body in house.events() if isinstance(body, CodeScanned)] == [Outcome.DATA_TOO_OLD]
    house.agent.link.heard(house.clock.now())
    assert house.show(code).step.outcome is Outcome.ADMITTED
    assert decisions(house) == [Decision.ONLINE_CONFIRMED]
