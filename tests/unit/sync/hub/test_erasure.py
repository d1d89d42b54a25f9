"""A person who wants to be forgotten: what goes, how devices learn of it, and how it is proved."""

from kiosk.model.event import Health, OrderHandedOver, OrderReadied, OrderStarted
from kiosk.model.ids import DeviceId, HubVersion, OrderId
from sync.wire.messages import Status
from tests.unit.sync.hub.office import ORDER, PERSON, TICKET, Office, a_departure, a_person, a_ticket, an_order
from tests.unit.sync.hub.world import envelope, event

OTHER = "00000000000000c2"
GATE = DeviceId("harbour-gate-1")
KIOSK = DeviceId("harbour-kiosk-1")
PATH = f"/v1/sites/harbour/subjects/{PERSON}"


def furnish(office: Office) -> dict[str, str]:
    """Anna with a ticket, a journey, an order and two cards; another passenger; two devices. A device's headers."""
    office.make_site()
    headers = office.make_device(GATE)
    office.make_device(KIOSK)
    journey = {"journey": {"template": "ferry", "state": "booked"}}
    office.take_over(
        {
            "subjects": [a_person(), a_person(id=OTHER, name="Bo Ek")],
            "departures": [a_departure()],
            "tickets": [a_ticket(**journey), a_ticket(id="00000000000000a2", subject=OTHER, **journey)],
            "orders": [an_order()],
            "cards": [
                {"payload": "CARD-1", "ref": {"kind": "subject", "id": PERSON}},
                {"payload": "CARD-2", "ref": {"kind": "ticket", "id": TICKET}},
                {"payload": "CARD-3", "ref": {"kind": "subject", "id": OTHER}},
            ],
        }
    )
    return headers


def confirm(office: Office, device: DeviceId, version: int) -> None:
    office.world.take(Status(Health.READY, version=HubVersion(version)), device=device)


def test_everything_of_the_person_goes_and_everything_else_stays(office: Office) -> None:
    """Subject, ticket, journey and both credentials; an order that still waits is owed and stays."""
    furnish(office)
    answer = office.admin.delete(PATH)
    assert answer.status_code == 200
    assert answer.json()["erasure"]["records"] == 5
    for collection in ("subjects", "tickets", "journeys", "credentials"):
        left = str(office.records(collection))
        assert PERSON not in left
        assert len(office.records(collection)) == 1
    assert [order["id"] for order in office.records("orders")] == [ORDER]
    assert office.changed[-1] == "harbour"


def test_devices_get_tombstones_in_their_next_delta(office: Office) -> None:
    """Nothing of the person stands in them but the keys that are to be deleted."""
    headers = furnish(office)
    before = office.changes(headers).version
    office.admin.delete(PATH)
    delta = office.changes(headers, before)
    assert delta.kind == "delta"
    assert all(row.deleted for row in delta.rows)
    assert sorted({row.collection.value for row in delta.rows}) == ["credentials", "journeys", "subjects", "tickets"]
    assert {PERSON, TICKET} <= {row.key for row in delta.rows}


def test_a_device_confirms_by_the_version_that_it_tells_and_the_console_shows_who_is_missing(office: Office) -> None:
    """Until the last one has told it; one that falls back behind it is missing again."""
    furnish(office)
    version = office.admin.delete(PATH).json()["erasure"]["version"]
    confirm(office, GATE, version)
    confirm(office, KIOSK, version - 1)
    (proof,) = office.admin.get("/v1/erasures").json()
    assert (proof["confirmed"], proof["missing"]) == ([GATE], [KIOSK])
    page = office.page.get("/").text
    assert "1 of 2 devices have confirmed" in page
    assert "not yet:" in page
    assert PERSON not in page
    confirm(office, KIOSK, version + 3)
    (proof,) = office.admin.get("/v1/erasures").json()
    assert (sorted(proof["confirmed"]), proof["missing"]) == ([GATE, KIOSK], [])
    assert "not yet:" not in office.page.get("/").text
    confirm(office, GATE, version - 1)
    assert office.admin.get("/v1/erasures").json()[0]["missing"] == [GATE]


def test_asked_twice_it_answers_the_same_and_a_finished_order_goes_the_second_time(office: Office) -> None:
    """Then under a version of its own, so that the proof is about that, too."""
    furnish(office)
    first = office.admin.delete(PATH).json()
    assert office.admin.delete(PATH).json() == first
    order = OrderId(ORDER)
    life = (event(1, OrderStarted(order)), event(2, OrderReadied(order)), event(3, OrderHandedOver(order)))
    office.world.take(envelope(*life), device=GATE)
    second = office.admin.delete(PATH).json()["erasure"]
    assert second["version"] > first["erasure"]["version"]
    assert second["records"] == first["erasure"]["records"] + 1
    assert office.records("orders") == []
    assert len(office.admin.get("/v1/erasures").json()) == 1


def test_somebody_who_is_not_there_is_said_so(office: Office) -> None:
    """And nothing is noted, nor without the token."""
    furnish(office)
    assert office.admin.delete("/v1/sites/harbour/subjects/00000000000000ff").status_code == 404
    assert office.admin.delete(f"/v1/sites/nowhere/subjects/{PERSON}").status_code == 404
    assert office.page.delete(PATH).status_code == 401
    assert office.admin.get("/v1/erasures").json() == []
    assert len(office.records("subjects")) == 2
