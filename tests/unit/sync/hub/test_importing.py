"""Imports: checked, merged with what the site did, sealed, signed."""

import base64
from typing import Any

import pytest

from kiosk.model.event import OrderStarted
from kiosk.model.ids import DeviceId, EpochMs, OrderId, SiteId, SubjectId, TicketId
from kiosk.model.opascode import CodeKind, site_tag, unpack
from kiosk.model.rotatingcode import issue
from kiosk.model.sitekey import credential_hash, rotating_key
from kiosk.model.trust import Trust
from kiosk.scanning.formats import Signed, read_payload
from sync.hub.names import Names
from tests.fakes.packs import pack_bytes, small_body
from tests.unit.sync.hub.office import ORDER, PERSON, TICKET, Office, a_departure, a_person, a_ticket, an_order
from tests.unit.sync.hub.world import envelope, event, redeemed

_DEVICE = DeviceId("harbour-kiosk-1")


def everything() -> dict[str, Any]:
    return {
        "subjects": [a_person(step_free=True, member_since=2_000)],
        "departures": [a_departure()],
        "tickets": [a_ticket(departure="d1", journey={"template": "ferry"})],
        "orders": [an_order(lines=[{"article": "Coffee", "quantity": 2}])],
        "cards": [{"payload": "6430000000012", "ref": {"kind": "subject", "id": PERSON}}],
    }


def test_everything_becomes_records_and_codes(office: Office) -> None:
    """One code for each person, ticket and order, signed and bound to the site where it should be."""
    office.make_site()
    taken = office.take_over(everything())
    assert [(code["kind"], code["id"]) for code in taken["codes"]] == [
        ("loyalty", PERSON),
        ("ticket", TICKET),
        ("order", ORDER),
    ]
    loyalty, ticket, order = (unpack(code["payload"].encode())[0] for code in taken["codes"])
    assert (loyalty.kind, loyalty.site, loyalty.valid_until) == (CodeKind.LOYALTY, 0, None)
    assert (ticket.site, ticket.valid_from, ticket.valid_until) == (site_tag(SiteId("harbour")), 1_000, 9_000)
    assert order.site == ticket.site
    assert office.records("journeys") == [
        {
            "id": TICKET,
            "subject": PERSON,
            "site": "harbour",
            "template": "ferry",
            "ticket": TICKET,
            "departure": "d1",
            "deadline": 8_000,
        }
    ]
    assert office.records("tickets")[0]["journey"] == TICKET
    assert office.records("orders")[0]["lines"] == [{"article": "Coffee", "quantity": 2}]


def test_names_and_card_numbers_are_nowhere_in_plain(office: Office) -> None:
    """The name is sealed under the site's key, the card a keyed hash."""
    key = office.make_site()
    office.take_over(everything())
    subject = office.records("subjects")[0]
    sealed = base64.b64decode(subject["sealed_name"])
    assert Names(key).open(SubjectId(PERSON), sealed) == "Anna K."
    assert office.records("credentials") == [
        {
            "id": credential_hash(key, b"6430000000012"),
            "site": "harbour",
            "ref": {"kind": "subject", "id": PERSON},
        }
    ]
    whole = str([office.records(name) for name in ("subjects", "credentials", "tickets", "orders")])
    assert "Anna" not in whole
    assert "6430000000012" not in whole


def test_the_same_import_again_changes_nothing(office: Office) -> None:
    """No device fetches anything for it, and the codes stay the same."""
    office.make_site()
    assert office.take_over(everything()) == office.take_over(everything())


def test_a_redemption_survives_an_import_that_still_says_valid(office: Office) -> None:
    """Only annulling, revoking or blocking comes through."""
    office.make_site()
    office.make_device(_DEVICE)
    office.take_over(everything())
    office.world.take(envelope(event(1, redeemed(TicketId(TICKET)))), device=_DEVICE)
    office.take_over({"tickets": [a_ticket(state="valid", departure="d1", journey={"template": "ferry"})]})
    kept = office.records("tickets")[0]
    assert (kept["state"], kept["redemption"]["device"]) == ("redeemed", _DEVICE)
    office.take_over({"tickets": [a_ticket(state="revoked")]})
    kept = office.records("tickets")[0]
    assert (kept["state"], kept["journey"], "redemption" in kept) == ("revoked", TICKET, True)
    office.take_over({"tickets": [a_ticket()]})
    assert office.records("tickets")[0]["state"] == "revoked"


def test_a_journey_never_goes_back(office: Office) -> None:
    """The booking system does not know who has checked in."""
    office.make_site()
    office.take_over(
        {"subjects": [a_person()], "tickets": [a_ticket(journey={"template": "f", "state": "checked_in"})]}
    )
    office.take_over({"tickets": [a_ticket(journey={"template": "f"})]})
    assert office.records("journeys")[0]["state"] == "checked_in"


def test_an_order_that_was_begun_takes_only_a_cancellation(office: Office) -> None:
    """And keeps its history."""
    office.make_site()
    office.make_device(_DEVICE)
    office.take_over({"subjects": [a_person()], "orders": [an_order()]})
    office.take_over({"orders": [an_order(state="announced")]})
    assert office.records("orders")[0]["state"] == "announced"
    office.world.take(envelope(event(1, OrderStarted(OrderId(ORDER)))), device=_DEVICE)
    office.take_over({"orders": [an_order(state="accepted", due_at=6_000)]})
    kept = office.records("orders")[0]
    assert (kept["state"], kept["due_at"], len(kept["history"])) == ("preparing", 6_000, 1)
    office.take_over({"orders": [an_order(state="cancelled")]})
    assert office.records("orders")[0]["state"] == "cancelled"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"subjects": [a_person(id="zz")]}, "$.subjects[0].id"),
        ({"subjects": [a_person(), a_person()]}, "$.subjects[1].id"),
        ({"subjects": [a_person(name="a\u0007b")]}, "$.subjects[0].name"),
        ({"subjects": [a_person(lang="finnish")]}, "$.subjects[0].lang"),
        ({"subject": []}, "$"),
        ({"tickets": [a_ticket()]}, "$.tickets[0].subject"),
        ({"subjects": [a_person()], "tickets": [a_ticket(departure="d9")]}, "$.tickets[0].departure"),
        ({"subjects": [a_person()], "tickets": [a_ticket(valid_until=1_000)]}, "$.tickets[0].valid_until"),
        ({"subjects": [a_person()], "tickets": [a_ticket(valid_from=-1)]}, "$.tickets[0].valid_from"),
        ({"subjects": [a_person()], "tickets": [a_ticket(valid_until=2**60)]}, "$.tickets[0].valid_until"),
        ({"subjects": [a_person()], "tickets": [a_ticket(state="eaten")]}, "$.tickets[0].state"),
        ({"subjects": [a_person()], "orders": [an_order(number="A 17")]}, "$.orders[0].number"),
        ({"subjects": [a_person()], "orders": [an_order(site="other")]}, "$.orders[0].site"),
        ({"orders": [an_order()]}, "$.orders[0].subject"),
        ({"departures": [a_departure(site="other")]}, "$.departures[0].site"),
        (
            {"subjects": [a_person()], "orders": [an_order(call={"due_at": 2, "made_at": 1})]},
            "$.orders[0].call",
        ),
        ({"departures": [a_departure(papers="stamp")]}, "$.departures[0].papers"),
        ({"subjects": [a_person()], "tickets": [a_ticket(lane="über")]}, "$.tickets[0].lane"),
        ({"departures": [a_departure(gate="")]}, "$.departures[0].gate"),
        ({"cards": [{"payload": "1", "ref": {"kind": "ticket", "id": TICKET}}]}, "$.cards[0].ref.id"),
        ({"cards": [{"payload": "", "ref": {"kind": "subject", "id": PERSON}}]}, "$.cards[0].payload"),
    ],
)
def test_a_fault_is_named_by_its_field_and_nothing_is_taken_over(
    office: Office, body: dict[str, Any], field: str
) -> None:
    """All of it or none of it."""
    office.make_site()
    answer = office.admin.post("/v1/sites/harbour/import", json=body)
    assert answer.status_code == 422
    assert answer.json()["field"] == field
    assert answer.json()["todo"]
    for collection in ("subjects", "departures", "tickets", "orders"):
        assert office.records(collection) == []


def test_what_a_journey_needs_to_be_told_comes_with_the_import(office: Office) -> None:
    """The papers that a departure asks for, a vehicle's lane, an honest later time, a call that was promised."""
    office.make_site()
    call = {"due_at": 9_000, "made_at": 4_000}
    office.take_over(
        {
            "subjects": [a_person()],
            "departures": [a_departure(papers="passport")],
            "tickets": [a_ticket(departure="d1", lane="3")],
            "orders": [an_order(state="problem", expected_at=7_000, call=call)],
        }
    )
    assert office.records("departures")[0]["papers"] == "passport"
    assert office.records("tickets")[0]["lane"] == "3"
    order = office.records("orders")[0]
    assert (order["expected_at"], order["fault_at"], order["call"]) == (7_000, 4_000, call)
    office.take_over({"orders": [an_order(state="problem", call={"due_at": 99_000, "made_at": 4_000})]})
    assert office.records("orders")[0]["call"] == call


def test_who_checked_in_at_home_was_told_the_gate_of_that_moment(office: Office) -> None:
    """When the gate moves later, it has moved for them; who has not checked in was told none."""
    office.make_site()
    person, ticket = a_person(), a_ticket(departure="d1", journey={"template": "ferry", "state": "booked"})
    office.take_over({"subjects": [person], "departures": [a_departure()], "tickets": [ticket]})
    assert "gate" not in office.records("journeys")[0]
    checked_in = a_ticket(departure="d1", journey={"template": "ferry", "state": "checked_in"})
    office.take_over({"tickets": [checked_in]})
    office.take_over({"departures": [a_departure(gate="gate-5")], "tickets": [checked_in]})
    assert office.records("journeys")[0]["gate"] == "gate-7"


@pytest.mark.parametrize(
    ("body", "field", "meant"),
    [
        ({"orders": [an_order(place="shopp")]}, "$.orders[0].place", '"shop"'),
        ({"departures": [a_departure(gate="moon")]}, "$.departures[0].gate", "content pack"),
    ],
)
def test_a_place_that_the_sites_pack_does_not_know_is_refused(
    office: Office, body: dict[str, Any], field: str, meant: str
) -> None:
    """Clearly, with the nearest one; what is known already stays importable, and without a pack any place will do."""
    office.make_site()
    office.take_over({"subjects": [a_person()], **body})
    pack = {**small_body(), "site": "harbour"}
    assert office.admin.put("/v1/sites/harbour/pack", content=pack_bytes(pack)).status_code == 200
    office.take_over(body)
    (name, items), *_ = body.items()
    new = {name: [{**items[0], "id": "00000000000000ff"}]}
    answer = office.admin.post("/v1/sites/harbour/import", json=new)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert meant in answer.json()["todo"]


def test_an_import_into_no_site_is_refused(office: Office) -> None:
    """With the way to make one."""
    answer = office.admin.post("/v1/sites/nowhere/import", json={})
    assert answer.status_code == 404
    assert "PUT /v1/sites" in answer.json()["todo"]


def test_a_rotating_ticket_gets_a_secret_for_the_phone_and_nothing_to_print(office: Office) -> None:
    """What the phone draws from it is what a touchpoint with the site's key takes for genuine."""
    key = office.make_site()
    request = everything()
    request["tickets"][0]["rotating"] = True
    code = office.take_over(request)["codes"][1]
    assert (code["kind"], code["id"], "payload" in code) == ("ticket", TICKET, False)
    drawn = issue(
        base64.b64decode(code["secret"]), CodeKind.TICKET, TICKET, site_tag(SiteId("harbour")), EpochMs(5_000)
    )
    trust = Trust(site=site_tag(SiteId("harbour")), rotating_key=rotating_key(key))
    assert isinstance(read_payload(drawn, {}, EpochMs(5_000), trust), Signed)
    assert office.records("tickets")[0]["rotating"] is True
    assert office.take_over(request)["codes"][1] == code
