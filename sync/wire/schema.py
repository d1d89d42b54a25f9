"""The contract of the wire as documents, made from the types: JSON Schema 2020-12 and AsyncAPI 3. Pure.

Evolution is additive: a field may come, with a default; a type of event may come; nothing goes, and nothing changes its
meaning. Who reads ignores fields that it does not know. `tests/unit/sync/wire/released` holds what each release wrote.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from kiosk.model.event import Event
from kiosk.model.ids import DeviceId, SiteId
from kiosk.model.records import RECORD_TYPES
from sync.wire import topics
from sync.wire.enrolment import Enrol, Enrolled, Identity, Renewal, Renewed
from sync.wire.messages import (
    LEAST_EVENTS,
    MAX_ENVELOPE_BYTES,
    MAX_EVENTS,
    MAX_PLAIN_BYTES,
    WIRE_VERSION,
    Ack,
    Changes,
    Claims,
    Envelope,
    Hello,
    Notice,
    Row,
    Status,
)

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ANY_DEVICE = DeviceId("{device}")
_ANY_SITE = SiteId("{site}")
_UP = (
    f"Events. The payload is one zstd frame that names its size, {MAX_ENVELOPE_BYTES} bytes at most, of a JSON text of"
    f" {MAX_PLAIN_BYTES} bytes at most with 1 to {MAX_EVENTS} events, {LEAST_EVENTS} unless the last"
    " ack says that the hub takes more. Sent again until it is acked."
)
_CHANNELS: tuple[tuple[str, str, type[msgspec.Struct], str], ...] = (
    ("up", topics.up(_ANY_DEVICE), Envelope, _UP),
    ("hello", topics.hello(_ANY_DEVICE), Hello, "After each connect, before any event. The hub answers with an ack."),
    ("status", topics.status(_ANY_DEVICE), Status, "Health, and the last will."),
    ("ack", topics.ack(_ANY_DEVICE), Ack, "What the hub has committed, after its commit."),
    ("down", topics.down(_ANY_DEVICE), Notice, "There is something new to fetch over HTTP: GET /v1/changes."),
    ("claims", topics.claims(_ANY_SITE), Claims, "What devices of one site tell each other. The hub takes no part."),
)
_OPERATIONS = (
    *(("send", name) for name in ("up", "hello", "status", "claims")),
    *(("receive", name) for name in ("ack", "down", "claims")),
)
_MESSAGES = ("Envelope", "Hello", "Status", "Ack", "Notice", "Claims", "Changes")
_PARAMETERS = {
    "device": "The device's id, which is its user name at the broker.",
    "site": "The id of the device's site.",
}


def json_schema() -> dict[str, Any]:
    """Every message, event and record under `$defs`, and any message at the root."""
    return {
        "$schema": _DIALECT,
        "$id": f"urn:opas:wire:{WIRE_VERSION}",
        "title": f"Opas wire, version {WIRE_VERSION}",
        "description": "What device and hub send each other. Unknown fields are to be ignored.",
        "anyOf": [{"$ref": f"#/$defs/{name}"} for name in _MESSAGES],
        "$defs": _components("#/$defs/{name}"),
    }


def asyncapi() -> dict[str, Any]:
    """The MQTT side as an AsyncAPI 3 document, as a device sees it."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Opas: device and hub",
            "version": f"{WIRE_VERSION}.0.0",
            "description": (
                "MQTT 5, QoS 1, nothing retained. Events are deduplicated on (device, epoch, seq), and freed on the device"
                " only by the hub's ack. A device publishes and reads its own topics and"
                " its site's only."
            ),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {name: _channel(address, says) for name, address, _, says in _CHANNELS},
        "operations": {f"{action}_{name}": _operation(action, name) for action, name in _OPERATIONS},
        "components": {
            "messages": {name: _message(name, kind) for name, _, kind, _ in _CHANNELS},
            "schemas": _components("#/components/schemas/{name}"),
        },
    }


def documents() -> Mapping[str, bytes]:
    """The published files by name."""
    made = {"schema.json": json_schema(), "asyncapi.json": asyncapi()}
    return {
        name: msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n" for name, document in made.items()
    }


def _operation(action: str, name: str) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{name}"},
        "messages": [{"$ref": f"#/channels/{name}/messages/{name}"}],
        "bindings": {"mqtt": {"qos": 1, "retain": False, "bindingVersion": "0.2.0"}},
    }


def _channel(address: str, description: str) -> dict[str, Any]:
    name = address.rpartition("/")[2]
    return {
        "address": address,
        "description": description,
        "parameters": {part: {"description": says} for part, says in _PARAMETERS.items() if f"{{{part}}}" in address},
        "messages": {name: {"$ref": f"#/components/messages/{name}"}},
    }


def _message(name: str, kind: type[msgspec.Struct]) -> dict[str, Any]:
    return {
        "name": kind.__name__,
        "title": kind.__name__,
        "contentType": "application/zstd" if name == "up" else "application/json",
        "payload": {"$ref": f"#/components/schemas/{kind.__name__}"},
    }


def _components(template: str) -> dict[str, Any]:
    types = [Envelope, Hello, Status, Ack, Notice, Claims, _documented_changes(), Event, *RECORD_TYPES.values()]
    types += [Enrol, Enrolled, Renewal, Renewed, Identity]
    _, found = msgspec.json.schema_components(types, ref_template=template)
    for schema in found.values():
        if "description" in schema:
            # The indentation of the source is no part of the text.
            schema["description"] = " ".join(schema["description"].split())
    return dict(sorted(found.items()))


def _documented_changes() -> type[msgspec.Struct]:
    """`Changes` with a row whose body has no default: raw JSON can't be written down as one."""
    row: Any = _copy(Row, {})
    rows: Any = tuple[row, ...]
    return _copy(Changes, {"rows": rows})


def _copy(kind: type[msgspec.Struct], other: Mapping[str, Any]) -> type[msgspec.Struct]:
    fields = [(field.name, other.get(field.name, field.type)) for field in msgspec.structs.fields(kind)]
    return msgspec.defstruct(kind.__name__, fields, namespace={"__doc__": kind.__doc__})
