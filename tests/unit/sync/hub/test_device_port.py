"""What a device may fetch: its own site's data and packs, nothing else."""

import hashlib

import pytest

from kiosk.model.customer import IssuerKey
from kiosk.model.records import Collection, decode_record
from sync.hub.api.answers import Answers
from sync.wire.messages import ChangesKind
from tests.fakes.packs import pack_bytes, small_body
from tests.unit.sync.hub.office import ORDER, PERSON, Office, a_person, an_order


def test_the_first_fetch_is_a_snapshot_and_the_next_a_delta(office: Office) -> None:
    """The snapshot holds the public keys; the delta only what came since."""
    office.make_site()
    headers = office.make_device()
    first = office.changes(headers)
    assert first.kind is ChangesKind.SNAPSHOT
    assert first.site == "harbour"
    assert [row.collection for row in first.rows] == [Collection.KEYS]
    key = decode_record(Collection.KEYS, bytes(first.rows[0].body))
    assert isinstance(key, IssuerKey)
    assert key == office.issuer.public[0]
    version = office.take_over({"subjects": [a_person()], "orders": [an_order()]})["version"]
    second = office.changes(headers, first.version)
    assert (second.kind, second.version, second.since) == (ChangesKind.DELTA, version, first.version)
    assert {row.key for row in second.rows} == {PERSON, ORDER}
    third = office.changes(headers, second.version)
    assert (third.kind, third.rows, third.version) == (ChangesKind.DELTA, (), version)


def test_a_version_that_the_hub_does_not_know_gets_a_snapshot(office: Office) -> None:
    """As after a restored backup."""
    office.make_site()
    headers = office.make_device()
    known = office.changes(headers).version
    assert office.changes(headers, known + 1000).kind is ChangesKind.SNAPSHOT
    assert office.changes(headers, 1).kind is ChangesKind.SNAPSHOT


def test_another_sites_records_and_packs_stay_out_of_reach(office: Office) -> None:
    """Whatever the device asks."""
    office.make_site()
    office.make_site("other")
    office.take_over({"subjects": [a_person()]})
    pack = pack_bytes(small_body())
    version = office.admin.put("/v1/sites/harbour/pack", content=pack).json()["version"]
    stranger = office.make_device("other-kiosk-1", "other")
    assert [row.collection for row in office.changes(stranger).rows] == [Collection.KEYS]
    assert office.devices.get(f"/v1/packs/{version}", headers=stranger).status_code == 404


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic abc"}])
@pytest.mark.parametrize("path", ["/v1/changes?since=0", "/v1/packs/p1"])
def test_without_a_known_token_nothing_is_told(office: Office, headers: dict[str, str], path: str) -> None:
    """Only what to do."""
    answer = office.devices.get(path, headers=headers)
    assert answer.status_code == 401
    assert set(answer.json()) == {"error", "todo"}


def test_a_new_token_ends_the_old_one(office: Office) -> None:
    """A lost device is locked out by registering it again."""
    office.make_site()
    old = office.make_device()
    new = office.make_device()
    assert office.devices.get("/v1/changes", headers=old).status_code == 401
    assert office.changes(new).site == "harbour"


@pytest.mark.parametrize("since", ["-1", "x", "1e9", "９", str(2**53), "9" * 30, ""])
def test_a_version_that_is_none_is_refused_in_words(office: Office, since: str) -> None:
    """Never with a stack trace."""
    office.make_site()
    answer = office.devices.get("/v1/changes", params={"since": since}, headers=office.make_device())
    assert answer.status_code == 422
    assert answer.json()["field"] == "since"


def test_a_pack_is_served_byte_for_byte_and_resumed(office: Office) -> None:
    """With its checksum as the tag, and in parts for a bad line."""
    office.make_site()
    headers = office.make_device()
    body = pack_bytes(small_body())
    made = office.admin.put("/v1/sites/harbour/pack", content=body).json()
    digest = hashlib.sha256(body).hexdigest()
    assert made["sha256"] == digest
    assert office.changes(headers).pack == made["version"]
    path = f"/v1/packs/{made['version']}"
    whole = office.devices.get(path, headers=headers)
    assert (whole.content, whole.headers["etag"]) == (body, f'"{digest}"')
    tail = office.devices.get(path, headers={**headers, "Range": "bytes=100-"})
    assert (tail.status_code, tail.content) == (206, body[100:])
    assert tail.headers["content-range"] == f"bytes 100-{len(body) - 1}/{len(body)}"
    part = office.devices.get(path, headers={**headers, "Range": "bytes=5-9", "If-Range": f'"{digest}"'})
    assert part.content == body[5:10]
    end = office.devices.get(path, headers={**headers, "Range": "bytes=-7"})
    assert end.content == body[-7:]
    assert office.devices.get(path, headers={**headers, "Range": "bytes=5-9", "If-Range": '"old"'}).content == body
    assert office.devices.get(path, headers={**headers, "Range": "bytes=9-5,1-2"}).content == body
    beyond = office.devices.get(path, headers={**headers, "Range": f"bytes={len(body)}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(body)}")
    assert office.devices.get(path, headers={**headers, "If-None-Match": f'"{digest}"'}).status_code == 304


def test_a_snapshot_is_resumed_as_long_as_it_is_the_same(office: Office) -> None:
    """The same bytes under one tag, and all of the new ones after a change."""
    office.make_site()
    headers = office.make_device()
    path = "/v1/changes?since=0"
    whole = office.devices.get(path, headers=headers)
    tag = whole.headers["etag"]
    assert tag == f'"{hashlib.sha256(whole.content).hexdigest()}"'
    rest = office.devices.get(path, headers={**headers, "Range": "bytes=20-", "If-Range": tag})
    assert (rest.status_code, rest.content) == (206, whole.content[20:])
    assert rest.headers["content-type"] == "application/zstd"
    office.take_over({"subjects": [a_person()]})
    other = office.devices.get(path, headers={**headers, "Range": "bytes=20-", "If-Range": tag})
    assert other.status_code == 200
    assert other.headers["etag"] != tag


def test_kept_answers_stay_within_their_room() -> None:
    """The least used go first, and the first answer under a key stays."""
    answers = Answers(most_bytes=10)
    answers.put("a", (b"12345", "1"))
    answers.put("a", (b"other", "2"))
    answers.put("b", (b"12345", "3"))
    assert answers.get("a") == (b"12345", "1")
    answers.put("c", (b"1", "4"))
    assert (answers.get("a"), answers.get("b")) == ((b"12345", "1"), None)


def test_the_admin_api_is_not_on_the_device_port(office: Office) -> None:
    """Nor is the console."""
    for path in ("/", "/v1/events", "/v1/devices", "/docs", "/openapi.json"):
        answer = office.devices.get(path)
        assert answer.status_code == 404
        assert answer.json()["todo"]
