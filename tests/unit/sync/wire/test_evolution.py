"""An older and a newer end understand this one: what every release wrote is read for ever, what is new is no trouble."""

import json
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from kiosk.model.event import Event, OrderStarted
from kiosk.model.ids import EpochMs, HubVersion, SiteId
from kiosk.model.records import Collection, decode_record, encode_record
from sync.wire.codec import (
    WireError,
    checksum,
    compress,
    decode,
    decode_changes,
    decode_claims,
    decode_envelope,
    decode_event,
    encode,
    encode_changes,
    encode_event,
)
from sync.wire.messages import Ack, Changes, ChangesKind, Claims, Envelope, Hello, Notice, Row, Status

_RELEASED = sorted((Path(__file__).parent / "released").glob("*.jsonl"))
_LINES = [(path.stem, line) for path in _RELEASED for line in path.read_text(encoding="utf-8").splitlines()]
_MAPS = {"classes"}
_MESSAGES: dict[str, Any] = {kind.__name__: kind for kind in (Hello, Status, Ack, Notice, Claims)}


def read_and_write(kind: str, body: bytes) -> bytes:
    """As this release reads `body`, and writes what it read."""
    if kind == "Event":
        return encode_event(decode_event(body))
    if kind == "Envelope":
        envelope = decode_envelope(compress(body))
        return msgspec.json.encode(envelope)
    if kind in _MESSAGES:
        return encode(decode(body, _MESSAGES[kind]))
    return encode_record(decode_record(Collection(kind), body))


def grown(value: object) -> object:
    """The same from a newer release: every object in it has a field more, that nobody here knows; not so a map."""
    if isinstance(value, dict):
        kept = {name: part if name in _MAPS else grown(part) for name, part in value.items()}
        return {**kept, "of_2030": {"a": [1, None, "x"]}}
    return [grown(part) for part in value] if isinstance(value, list) else value


def without_news(value: object) -> object:
    if isinstance(value, dict):
        return {name: without_news(part) for name, part in value.items() if name != "of_2030"}
    return [without_news(part) for part in value] if isinstance(value, list) else value


def holds(after: object, before: object) -> bool:
    """Whether everything in `before` stands in `after` as it was; more may stand there, defaults may be left out."""
    if isinstance(before, dict) and isinstance(after, dict):
        return all(holds(after[name], part) for name, part in before.items() if name in after)
    if isinstance(before, list) and isinstance(after, list):
        return len(after) == len(before) and all(map(holds, after, before))
    return after == before


def test_there_is_a_file_of_every_kind() -> None:
    """Each type of message and record, and more than a dozen types of events."""
    kinds = {json.loads(line)["kind"] for _, line in _LINES}
    assert kinds == {*_MESSAGES, "Event", "Envelope", *(collection.value for collection in Collection)}
    assert len({json.loads(line)["body"]["body"]["type"] for _, line in _LINES if '"kind": "Event"' in line}) > 12


@pytest.mark.parametrize(("release", "line"), _LINES)
def test_what_a_release_wrote_is_read_and_means_the_same(release: str, line: str) -> None:
    """With fields that it did not know yet at their defaults."""
    item = json.loads(line)
    again = json.loads(read_and_write(item["kind"], json.dumps(item["body"]).encode()))
    assert holds(again, item["body"])
    lost = {name for name in item["body"] if name not in again}
    # Only what stands at its default may be left out, and reading it again changes nothing.
    assert json.loads(read_and_write(item["kind"], json.dumps(again).encode())) == again
    assert not lost & {"id", "seq", "epoch", "body", "state", "events"}


@pytest.mark.parametrize(("release", "line"), _LINES)
def test_fields_of_a_newer_release_are_passed_over(release: str, line: str) -> None:
    """At every depth, and the rest is read as if they were not there."""
    item = json.loads(line)
    old = read_and_write(item["kind"], json.dumps(item["body"]).encode())
    new = read_and_write(item["kind"], json.dumps(grown(item["body"])).encode())
    assert without_news(json.loads(new)) == json.loads(old)


def test_an_event_of_a_newer_type_does_not_take_its_neighbours_with_it() -> None:
    """The envelope opens; only the event itself can't be read, and its bytes are still there to be put aside."""
    known = json.loads(next(line for _, line in _LINES if '"OrderStarted"' in line and '"kind": "Event"' in line))[
        "body"
    ]
    newer = {**known, "seq": 2, "body": {"type": "OrderWrapped", "order": "o"}}
    plain = json.dumps({"v": 1, "epoch": "e", "from_seq": 1, "events": [known, newer]}).encode()
    envelope = decode_envelope(compress(plain))
    first = decode_event(bytes(envelope.events[0]))
    assert isinstance(first.body, OrderStarted)
    with pytest.raises(WireError):
        decode_event(bytes(envelope.events[1]))
    assert json.loads(bytes(envelope.events[1])) == newer


def test_a_claim_of_a_newer_type_does_not_take_its_neighbours_with_it() -> None:
    """The rest of the message counts; what the newer one means comes with the hub's data."""
    known = json.loads(next(line for _, line in _LINES if '"OrderStarted"' in line and '"kind": "Event"' in line))[
        "body"
    ]
    newer = {**known, "seq": 2, "body": {"type": "OrderWrapped", "order": "o"}}
    told = {"v": 1, "device": "gate-2", "epoch": "e", "acked": 0, "version": 7, "events": [newer, known], "ask": True}
    claims = decode_claims(json.dumps(told).encode())
    assert [event.seq for event in claims.events] == [known["seq"]]
    assert (claims.version, claims.ask) == (7, True)


def test_records_of_a_newer_collection_do_not_take_the_others_with_them() -> None:
    """They are kept under its name, and the checksum covers them."""
    newer = Row(cast("Collection", "parkings"), "p1", HubVersion(2), msgspec.Raw(b'{"id":"p1"}'))
    rows = (Row(Collection.ORDERS, "o", HubVersion(2)), newer)
    site, since, at = SiteId("harbour"), HubVersion(1), EpochMs(1)
    sent = Changes(1, ChangesKind.DELTA, site, since, HubVersion(2), checksum(rows), None, at, rows)
    assert decode_changes(encode_changes(sent)).rows == rows
    with pytest.raises(WireError, match="checksum"):
        decode_changes(encode_changes(msgspec.structs.replace(sent, checksum=checksum(rows[:1]))))


def test_a_newer_version_of_the_envelope_is_refused_in_words() -> None:
    """It may mean something else by the same names; the device keeps its events."""
    plain = b'{"v":2,"epoch":"e","from_seq":1,"events":[{}]}'
    with pytest.raises(WireError, match="wire version 2 is not known here"):
        decode_envelope(compress(plain))


def test_this_release_writes_what_the_last_one_reads() -> None:
    """Every field that was required stays there, whatever its value."""
    required = {"Hello": {"v", "epoch", "last_seq", "release", "since"}, "Ack": {"epoch", "seq", "version"}}
    for _, line in _LINES:
        item = json.loads(line)
        if item["kind"] in required:
            assert required[item["kind"]] <= set(
                json.loads(read_and_write(item["kind"], json.dumps(item["body"]).encode()))
            )
    fields = {kind: {field.name for field in msgspec.structs.fields(kind)} for kind in (Event, Envelope)}
    assert fields[Event] >= {"id", "seq", "at", "mono", "boot", "pack", "body"}
    assert fields[Envelope] >= {"v", "epoch", "from_seq", "events"}
