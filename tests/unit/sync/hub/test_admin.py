"""The admin API: sites, devices, packs, events and state."""

import pytest

from kiosk.model.event import CodeScanned
from tests.fakes.packs import pack_bytes, small_body
from tests.unit.sync.hub.office import Office
from tests.unit.sync.hub.world import GATE, SECOND_GATE, envelope, event, redeemed


def test_a_site_is_made_once_and_keeps_its_key(office: Office) -> None:
    """Whoever repeats it renames it."""
    key = office.make_site()
    assert len(key) == 32
    answer = office.admin.put("/v1/sites/harbour", json={"name": "Renamed"})
    assert office.make_site() == key
    assert answer.json()["site"] == "harbour"
    assert office.changed == ["harbour"] * 3
    assert [record["id"] for record in office.records("keys")] == ["1"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/v1/sites/harbour"),
        ("PUT", "/v1/devices/d"),
        ("PUT", "/v1/sites/harbour/pack"),
        ("POST", "/v1/sites/harbour/import"),
        ("GET", "/v1/events"),
        ("GET", "/v1/devices"),
        ("GET", "/v1/state"),
        ("GET", "/v1/sites/harbour/records/orders"),
    ],
)
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}])
def test_every_route_asks_for_the_admin_token(office: Office, method: str, path: str, headers: dict[str, str]) -> None:
    """A device's token opens none either."""
    assert office.page.request(method, path, headers=headers).status_code == 401
    office.make_site()
    assert office.page.request(method, path, headers=office.make_device()).status_code == 401


@pytest.mark.parametrize(
    ("path", "body", "status", "word"),
    [
        ("/v1/sites/Big Site", b'{"name":"x"}', 422, "lower-case"),
        ("/v1/sites/harbour", b'{"nam":"x"}', 422, "$"),
        ("/v1/sites/harbour", b'{"name":', 400, "JSON"),
        ("/v1/sites/harbour", b'{"name":"' + b"x" * 20_000 + b'"}', 413, "parts"),
        ("/v1/devices/d", b'{"site":"nowhere","role":"kiosk"}', 404, "PUT /v1/sites"),
        ("/v1/devices/d", b'{"site":"terminal","role":"toaster"}', 422, "$.role"),
        ("/v1/devices/A", b'{"site":"terminal","role":"kiosk"}', 422, "lower-case"),
        ("/v1/sites/nowhere/pack", b"{}", 404, "PUT /v1/sites"),
        ("/v1/sites/terminal/pack", b"{}", 422, "app"),
    ],
)
def test_what_is_wrong_is_refused_with_what_to_do(
    office: Office, path: str, body: bytes, status: int, word: str
) -> None:
    """In the answer, in words."""
    answer = office.admin.put(path, content=body)
    assert answer.status_code == status
    assert word in answer.json()["todo"]


def test_a_pack_of_another_site_is_refused(office: Office) -> None:
    """Its touchpoints would be strangers here."""
    answer = office.admin.put("/v1/sites/terminal/pack", content=pack_bytes(small_body()))
    assert answer.status_code == 422
    assert answer.json()["field"] == "$.site"


def test_publishing_a_pack_twice_changes_nothing(office: Office) -> None:
    """The same bytes are the same version."""
    office.make_site()
    body = pack_bytes(small_body())
    first = office.admin.put("/v1/sites/harbour/pack", content=body)
    assert first.status_code == 200
    assert office.admin.put("/v1/sites/harbour/pack", content=body).json() == first.json()


def test_events_are_listed_for_verification(office: Office) -> None:
    """In the order of their commits, a page at a time, each with the whole event and its conflict."""
    office.world.take(envelope(event(1), event(2, redeemed())))
    office.world.take(envelope(event(1, redeemed())), device=SECOND_GATE)
    first = office.admin.get("/v1/events", params={"limit": 2}).json()
    rest = office.admin.get("/v1/events", params={"after": first[-1]["rowid"]}).json()
    assert [(item["device"], item["seq"], item["type"], item["conflict"]) for item in first + rest] == [
        (GATE, 1, CodeScanned.__name__, None),
        (GATE, 2, "TicketRedeemed", None),
        (SECOND_GATE, 1, "TicketRedeemed", "already_used"),
    ]
    assert {"epoch", "received_at", "committed_at", "id", "at", "body", "pack"} <= set(first[0])
    assert first[0]["body"]["outcome"] == "admitted"


@pytest.mark.parametrize("query", ["after=-1", "limit=0", "limit=100000", f"after={2**70}"])
def test_a_page_out_of_range_is_refused(office: Office, query: str) -> None:
    """Not answered with everything."""
    assert office.admin.get(f"/v1/events?{query}").status_code == 422


def test_a_query_that_is_no_number_is_refused_in_our_words(office: Office) -> None:
    """Every error has the same form."""
    answer = office.admin.get("/v1/events?after=x")
    assert answer.status_code == 422
    assert answer.json()["todo"]


def test_the_state_counts_what_each_device_sent(office: Office) -> None:
    """Kept, put aside, refused as held already."""
    office.world.take(envelope(event(1), b"{}", first=1))
    office.world.take(envelope(event(1)))
    state = office.admin.get("/v1/state").json()
    assert state["devices"] == [
        {
            "device": GATE,
            "epoch": "0192-aaaa",
            "seq": 2,
            "version": state["version"],
            "events": 1,
            "quarantined": 1,
            "duplicates": 1,
            "cloned_at": None,
        }
    ]
    assert state["counts"] == {"events": 1, "conflicts": 0, "quarantined": 1}
    assert state["refused"] == {"bad": 0, "strangers": 0, "overflow": 0, "failed": 0}


def test_devices_and_records_can_be_read(office: Office) -> None:
    """As JSON of the model's own form."""
    devices = office.admin.get("/v1/devices").json()
    assert {device["id"] for device in devices} == {"terminal-gate-1", "terminal-gate-2", "shop-desk-1"}
    assert [order["number"] for order in office.records("orders", "shop")] == ["A17"]
    assert office.admin.get("/v1/sites/shop/records/secrets").status_code == 404
    assert office.admin.get("/v1/sites/nowhere/records/orders").status_code == 404
