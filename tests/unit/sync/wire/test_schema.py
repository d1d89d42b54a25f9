"""The published contract is made from the types, and the published files are up to date."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from kiosk.model.event import EventBody
from kiosk.model.ids import DeviceId, SiteId
from kiosk.model.records import RECORD_TYPES
from sync.hub.contract.__main__ import main
from sync.wire import topics
from sync.wire.schema import asyncapi, documents, json_schema

_PUBLISHED = Path("assets/docs/wire")


def refs(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for part in value.values():
            yield from refs(part)
    elif isinstance(value, list):
        for part in value:
            yield from refs(part)


def at(document: dict[str, Any], ref: str) -> Any:
    here: Any = document
    for name in ref.removeprefix("#/").split("/"):
        here = here[name]
    return here


@pytest.mark.parametrize("name", sorted(documents()))
def test_the_published_file_is_what_the_types_say(name: str) -> None:
    """After a change: opas wire schema assets/docs/wire."""
    assert (_PUBLISHED / name).read_bytes() == documents()[name]


@pytest.mark.parametrize("document", [json_schema(), asyncapi()])
def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    """Also those from union to union."""
    found = set(refs(document))
    assert len(found) > 30
    assert all(at(document, ref) for ref in found)


def test_every_message_event_and_record_is_in_the_schema() -> None:
    """Nothing travels that is not written down, and every event is told from the others by its type."""
    defs = json_schema()["$defs"]
    events = {kind.__name__ for kind in get_args(EventBody)}
    assert events | {kind.__name__ for kind in RECORD_TYPES.values()} <= set(defs)
    assert {"Envelope", "Hello", "Status", "Ack", "Notice", "Claims", "Changes", "Row", "Event"} <= set(defs)
    body = defs["Event"]["properties"]["body"]
    assert set(body["discriminator"]["mapping"]) == events
    assert all("additionalProperties" not in schema or schema["additionalProperties"] for schema in defs.values())


def test_every_channel_has_its_topic_its_message_and_its_direction() -> None:
    """What AsyncAPI 3 asks for, seen from the device."""
    document = asyncapi()
    assert document["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= set(document["info"])
    device, claims = DeviceId("{device}"), topics.claims(SiteId("{site}"))
    sends = {topics.up(device), topics.hello(device), topics.status(device), claims}
    hears = {topics.ack(device), topics.down(device), claims}
    ways = set()
    for operation in document["operations"].values():
        channel = at(document, operation["channel"]["$ref"])
        assert all(at(document, message["$ref"]) for message in operation["messages"])
        assert [name for name in channel["parameters"] if f"{{{name}}}" in channel["address"]]
        ways.add((operation["action"], channel["address"]))
    assert ways == {("send", topic) for topic in sends} | {("receive", topic) for topic in hears}


def test_the_command_writes_the_files_or_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Into a folder that it makes."""
    assert main(["schema", str(tmp_path / "new")]) == 0
    for name in ("schema.json", "asyncapi.json"):
        assert (tmp_path / "new" / name).read_bytes() == documents()[name]
    (tmp_path / "file").write_text("")
    assert main(["schema", str(tmp_path / "file")]) == 73
    assert "What to do" in capsys.readouterr().err
