"""What counts at once: a lift is closed for a whole site, and a consent is taken back."""

from typing import Any

import pytest

from kiosk.model.event import OfferDeclined
from kiosk.model.ids import SubjectId
from kiosk.model.records import Collection
from tests.fakes.clock import NOON
from tests.fakes.packs import pack_bytes, small_body
from tests.unit.sync.hub.office import PERSON, Office, a_person
from tests.unit.sync.hub.world import envelope, event

_GRANTED = {"purpose": "personalisation", "state": "granted", "text_version": "2026-1"}
_PROFILING = {"purpose": "profiling", "state": "granted", "text_version": "2026-1"}
_COFFEE = {"topic": "coffee", "basis": "stated"}
_GAMES = {"topic": "games", "basis": "inferred"}


@pytest.fixture
def site(office: Office) -> Office:
    """The harbour with its content pack."""
    office.make_site()
    assert office.admin.put("/v1/sites/harbour/pack", content=pack_bytes(small_body())).status_code == 200
    office.changed.clear()
    return office


def _said(office: Office) -> dict[str, Any]:
    found = office.admin.get("/v1/sites/harbour/pathways").json()
    return {each["id"]: each["said"] for each in found["pathways"] if each["said"] is not None}


def _person(office: Office) -> dict[str, Any]:
    return office.records("subjects")[0]


def test_a_closed_lift_goes_down_to_the_devices_and_back_when_it_is_taken_back(site: Office) -> None:
    """As a record of its own, told at once; the tombstone says that the pack's word holds again."""
    headers = site.make_device()
    site.changed.clear()
    before = site.changes(headers).version
    now = site.world.clock.now().wall_ms
    answer = site.admin.put("/v1/sites/harbour/pathways/lift", json={"open": False, "until": now + 60_000})
    assert answer.status_code == 200
    assert _said(site) == {"lift": answer.json()}
    assert answer.json() == {"id": "lift", "site": "harbour", "open": False, "at": now, "until": now + 60_000}
    (row,) = site.changes(headers, before).rows
    assert (row.collection, row.key, row.deleted) == (Collection.PATHWAYS, "lift", False)
    assert site.admin.delete("/v1/sites/harbour/pathways/lift").json()["version"] > row.version
    (gone,) = site.changes(headers, row.version).rows
    assert (gone.collection, gone.key, gone.deleted) == (Collection.PATHWAYS, "lift", True)
    assert _said(site) == {}
    assert site.changed == ["harbour"] * 2


def test_why_a_way_is_closed_is_kept_for_colleagues(site: Office) -> None:
    """With the record, in one line; without a reason the record is as it always was."""
    path = "/v1/sites/harbour/pathways/lift"
    assert site.admin.put(path, json={"open": False, "why": "Door stuck"}).json()["why"] == "Door stuck"
    assert site.records("pathways")[0]["why"] == "Door stuck"
    assert site.admin.put(path, json={"open": False, "why": "two\nlines"}).json()["field"] == "$.why"
    assert "why" not in site.admin.put(path, json={"open": False}).json()


def test_every_way_of_the_pack_is_listed_with_the_sites_time_zone(site: Office) -> None:
    """Also those of which nothing is said."""
    found = site.admin.get("/v1/sites/harbour/pathways").json()
    assert found["zone"] == "Europe/Helsinki"
    assert [each["id"] for each in found["pathways"]] == [each["id"] for each in small_body()["pathways"]]
    assert found["pathways"][4] == {
        "id": "lift",
        "mode": "lift",
        "start": "core",
        "end": "upstairs",
        "step_free": True,
        "said": None,
    }


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "word"),
    [
        ("PUT", "/v1/sites/harbour/pathways/lifft", {"open": False}, 404, 'Did you mean "lift"?'),
        ("PUT", "/v1/sites/harbour/pathways/moon", {"open": False}, 404, "lists them"),
        ("PUT", "/v1/sites/harbour/pathways/lift", {"open": False, "until": 1}, 422, "later"),
        ("PUT", "/v1/sites/harbour/pathways/lift", {"open": "no"}, 422, "$.open"),
        ("PUT", "/v1/sites/nowhere/pathways/lift", {"open": False}, 404, "PUT /v1/sites"),
        ("DELETE", "/v1/sites/harbour/pathways/lift", None, 404, "tells what is said"),
        ("PUT", f"/v1/sites/harbour/subjects/{PERSON}/consents", _GRANTED, 404, "subjects"),
        ("PUT", f"/v1/sites/harbour/subjects/{PERSON}/consents", {**_GRANTED, "purpose": "fun"}, 422, "$.purpose"),
        ("GET", f"/v1/sites/harbour/subjects/{PERSON}/consents", None, 404, "subjects"),
        ("DELETE", f"/v1/sites/harbour/subjects/{PERSON}/consents", None, 404, "subjects"),
        ("DELETE", f"/v1/sites/nowhere/subjects/{PERSON}/consents/marketing", None, 404, "PUT /v1/sites"),
        ("DELETE", f"/v1/sites/harbour/subjects/{PERSON}/consents/fun", None, 422, "purpose"),
    ],
)
def test_what_can_not_be_said_is_refused_with_what_to_do(
    site: Office, method: str, path: str, body: dict[str, Any] | None, status: int, word: str
) -> None:
    """Nothing is changed then, and nobody told."""
    answer = site.admin.request(method, path, json=body)
    assert answer.status_code == status
    assert word in answer.json()["todo"]
    assert site.changed == []


def test_without_a_pack_nobody_knows_a_way(office: Office) -> None:
    """So nothing can be said of any."""
    office.make_site()
    answer = office.admin.put("/v1/sites/harbour/pathways/lift", json={"open": False})
    assert answer.status_code == 409
    assert "pack" in answer.json()["todo"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/sites/harbour/pathways"),
        ("PUT", "/v1/sites/harbour/pathways/lift"),
        ("DELETE", "/v1/sites/harbour/pathways/lift"),
        ("PUT", f"/v1/sites/harbour/subjects/{PERSON}/consents"),
        ("GET", f"/v1/sites/harbour/subjects/{PERSON}/consents"),
        ("DELETE", f"/v1/sites/harbour/subjects/{PERSON}/consents"),
        ("DELETE", f"/v1/sites/harbour/subjects/{PERSON}/consents/profiling"),
    ],
)
def test_only_an_administrator_says_what_counts_at_once(site: Office, method: str, path: str) -> None:
    """A page without the token, and a device with its own, do not."""
    assert site.page.request(method, path).status_code == 401
    assert site.page.request(method, path, headers=site.make_device()).status_code == 401


def test_consents_and_interests_come_with_an_import(office: Office) -> None:
    """Interests that no consent permits are not even stored."""
    office.make_site()
    office.take_over({"subjects": [a_person(consents=[_GRANTED], interests=[_COFFEE, _GAMES])]})
    assert (_person(office)["consents"], _person(office)["interests"]) == ([_GRANTED], [_COFFEE])
    office.take_over({"subjects": [a_person(consents=[_PROFILING], interests=[_COFFEE, _GAMES])]})
    assert _person(office)["consents"] == [_GRANTED, _PROFILING]
    assert _person(office)["interests"] == [_COFFEE, _GAMES]
    office.take_over({"subjects": [a_person()]})
    assert _person(office)["interests"] == [_COFFEE, _GAMES]
    office.take_over({"subjects": [a_person(interests=[])]})
    assert "interests" not in _person(office)


def test_a_consent_taken_back_drops_what_it_permitted_at_once(office: Office) -> None:
    """On the hub and, by the changed record, on every device of the site."""
    office.make_site()
    headers = office.make_device()
    office.take_over({"subjects": [a_person(consents=[_GRANTED, _PROFILING], interests=[_COFFEE, _GAMES])]})
    path = f"/v1/sites/harbour/subjects/{PERSON}/consents"
    before = office.changes(headers).version
    office.changed.clear()
    assert office.admin.put(path, json={**_PROFILING, "state": "revoked"}).status_code == 200
    assert _person(office)["interests"] == [_COFFEE]
    answer = office.admin.put(path, json={**_GRANTED, "state": "revoked"})
    assert [each["state"] for each in answer.json()["consents"]] == ["revoked", "revoked"]
    assert "interests" not in _person(office)
    (row,) = office.changes(headers, before).rows
    assert b"coffee" not in bytes(row.body)
    assert office.changed == ["harbour"] * 2
    same = office.changes(headers).version
    office.admin.put(path, json={**_GRANTED, "state": "revoked"})
    assert office.changes(headers).version == same


def test_a_withdrawal_ends_what_was_granted_and_makes_up_no_other_answer(office: Office) -> None:
    """One purpose or all of them, under the text that the person was shown; asked again it changes nothing."""
    office.make_site()
    headers = office.make_device()
    denied = {"purpose": "marketing", "state": "denied", "text_version": "2026-1"}
    office.take_over({"subjects": [a_person(consents=[_GRANTED, _PROFILING, denied], interests=[_COFFEE, _GAMES])]})
    path = f"/v1/sites/harbour/subjects/{PERSON}/consents"
    assert office.admin.get(path).json()["interests"] == [_COFFEE, _GAMES]
    assert office.admin.delete(f"{path}/profiling").json() == {
        "subject": PERSON,
        "consents": [denied, _GRANTED, {**_PROFILING, "state": "revoked", "at": NOON}],
        "interests": [_COFFEE],
        "declined": [],
    }
    before = office.changes(headers).version
    ended = office.admin.delete(path).json()
    assert ended["consents"] == [denied, *({**each, "state": "revoked", "at": NOON} for each in (_GRANTED, _PROFILING))]
    assert ended["interests"] == []
    (row,) = office.changes(headers, before).rows
    assert (row.collection, row.key) == (Collection.SUBJECTS, PERSON)
    same = office.changes(headers).version
    assert office.admin.delete(path).json() == ended == office.admin.get(path).json()
    assert office.changes(headers).version == same


def test_an_import_does_not_bring_back_a_consent_that_was_taken_back(office: Office) -> None:
    """Unless the person granted it again after that; the other system is told what does not count any more."""
    office.make_site()
    granted = {"subjects": [a_person(consents=[_GRANTED, _PROFILING], interests=[_COFFEE])]}
    assert "ungranted" not in office.take_over(granted)
    office.admin.delete(f"/v1/sites/harbour/subjects/{PERSON}/consents/personalisation")
    assert office.take_over(granted)["ungranted"] == [{"subject": PERSON, "purpose": "personalisation"}]
    assert [each["state"] for each in _person(office)["consents"]] == ["revoked", "granted"]
    assert "interests" not in _person(office)
    before = {"subjects": [a_person(consents=[{**_GRANTED, "at": NOON - 1}])]}
    assert office.take_over(before)["ungranted"] == [{"subject": PERSON, "purpose": "personalisation"}]
    again = {"subjects": [a_person(consents=[{**_GRANTED, "at": NOON + 1}], interests=[_COFFEE])]}
    assert "ungranted" not in office.take_over(again)
    assert _person(office)["interests"] == [_COFFEE]


@pytest.mark.parametrize("state", ["denied", "revoked"])
def test_a_no_counts_however_old_it_is_and_stays_as_young_as_what_it_answers(office: Office, state: str) -> None:
    """To ask once more costs less than to have suggested something to somebody who did not want it."""
    office.make_site()
    office.take_over({"subjects": [a_person()]})
    office.admin.put(f"/v1/sites/harbour/subjects/{PERSON}/consents", json=_GRANTED)
    office.take_over({"subjects": [a_person(consents=[{**_GRANTED, "state": state}])]})
    office.take_over({"subjects": [a_person(consents=[{**_GRANTED, "at": NOON - 1}])]})
    assert _person(office)["consents"] == [{**_GRANTED, "state": state, "at": NOON}]


def test_an_import_does_not_bring_back_an_offer_that_somebody_declined(office: Office) -> None:
    """What was said on a screen stays."""
    office.take_over({"subjects": [a_person(consents=[_GRANTED], interests=[_COFFEE])]}, site="terminal")
    office.world.take(envelope(event(1, OfferDeclined(SubjectId(PERSON), "coffee-deal"))))
    assert office.records("subjects", "terminal")[0]["declined"] == ["coffee-deal"]
    office.take_over({"subjects": [a_person(interests=[_COFFEE])]}, site="terminal")
    assert office.records("subjects", "terminal")[0]["declined"] == ["coffee-deal"]
