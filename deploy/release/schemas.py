"""A JSON Schema for each source file of a pack, generated from what the reader really takes.

The schema of a table describes one line; its `x-columns` keeps their order, for editors.
"""

from collections.abc import Iterable, Mapping
from enum import Enum
from inspect import cleandoc
from pathlib import Path
from typing import Any

import msgspec

from deploy.release.scenarios import ScenarioFile
from deploy.release.source import (
    MESSAGES_EXTRA,
    OFFERS,
    OFFERS_EXTRA,
    PATHWAYS,
    PATHWAYS_EXTRA,
    PICKUPS,
    ROWS,
    ROWS_EXTRA,
    STOPS,
)
from kiosk.model.customer import Purpose
from kiosk.model.floor import Coordinates, PathwayMode, Unreachable
from kiosk.model.ids import Lang, MessageKey, SiteId
from kiosk.model.order import OrderState
from kiosk.model.outcome import Outcome
from kiosk.model.pack import ANSWERING, Experiment, LastResort, Moment, Pickups, Settings, Touchpoint
from kiosk.model.step import Tone

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class PackToml(msgspec.Struct, forbid_unknown_fields=True):
    """The site, its languages and time zone, its touchpoints and settings."""

    id: str
    site: SiteId
    name: MessageKey
    zone: str
    languages: tuple[Lang, ...]
    touchpoints: tuple[Touchpoint, ...]
    last_resort: LastResort
    settings: Settings = msgspec.field(default_factory=Settings)
    experiments: tuple[Experiment, ...] = ()
    unreachable: tuple[Unreachable, ...] = ()


class ShapeToml(msgspec.Struct, forbid_unknown_fields=True):
    """A room, block or area: a rectangle (left, bottom, width, height) or an outline."""

    rect: tuple[float, float, float, float] | None = None
    outline: tuple[Coordinates, ...] = ()
    kind: str = "room"
    label: MessageKey = MessageKey("")


class LevelToml(msgspec.Struct, forbid_unknown_fields=True):
    """One level on the site's one sheet, in metres."""

    id: str
    name: MessageKey
    left: float
    bottom: float
    width_m: float
    height_m: float
    shapes: tuple[ShapeToml, ...] = ()


class FloorToml(msgspec.Struct, forbid_unknown_fields=True):
    """The levels beside each other on one sheet, with their rooms."""

    levels: tuple[LevelToml, ...]


_FLAG = {"enum": ["", "yes", "no", "0", "1", "2"]}
_NUMBER = {"type": "string", "pattern": r"^(-?\d+([.,]\d+)?)?$"}
_TIME = {
    "type": "string",
    "pattern": r"^(\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2})?([+-]\d{2}:\d{2})?)?)?$",
    "description": "A local date and time, 2027-03-28 16:00; with its offset where a clock change makes it two.",
}
_TEXT = {"type": "string"}
_CONDITION = {"type": "string", "description": "A plain expression; empty: always."}


def _one_of(words: type[Enum], *, empty: bool = False) -> dict[str, Any]:
    return {"enum": [*([""] if empty else []), *(str(word.value) for word in words)]}


def _some_of(words: Iterable[Enum]) -> dict[str, Any]:
    """Words separated by blanks, or none for any."""
    any_of = "|".join(str(word.value) for word in words)
    return {"type": "string", "pattern": f"^(({any_of})( ({any_of}))*)?$"}


_COLUMNS: dict[str, dict[str, Any]] = {
    "x": {**_NUMBER, "description": "Metres to the right."},
    "y": {**_NUMBER, "description": "Metres up."},
    "length": {**_NUMBER, "description": "Metres; empty: measured from the stops."},
    "traversal_time": {**_NUMBER, "description": "Seconds; empty: the length at walking speed."},
    "pathway_mode": {"enum": [*map(str, range(1, 8)), *(mode.value for mode in PathwayMode)]},
    **dict.fromkeys(("is_step_free", "is_bidirectional", "is_open", "countdown"), _FLAG),
    **dict.fromkeys(("valid_from", "valid_until", "closed_from", "closed_until"), _TIME),
    "at": _some_of(ANSWERING),
    "outcome": _some_of(Outcome),
    "state": _some_of(OrderState),
    "when": _CONDITION,
    "tone": _one_of(Tone),
    "purpose": _one_of(Purpose),
    "topic": {"type": "string", "description": "What it is for those who like it; empty: for everybody who consented."},
    "takes_min": {**_NUMBER, "description": "Minutes there; empty: 5."},
    "moment": _one_of(Moment, empty=True),
    "pickups": _one_of(Pickups, empty=True),
    "variant": {"type": "string", "description": "experiment/variant; empty: for everybody."},
    "place": {"type": "string", "description": "A stop, or @gate, @order or @here."},
}
_KEYS = frozenset({"stop_id", "pathway_id", "id", "key", "from_stop_id", "to_stop_id", "level_id", "message"})


def schemas() -> dict[str, bytes]:
    """The schema of each source file by its file name, as JSON text."""
    toml: dict[str, type[msgspec.Struct]] = {"pack": PackToml, "floor": FloorToml, "scenarios": ScenarioFile}
    tables = {
        "stops": (STOPS, ()),
        "pathways": (PATHWAYS, PATHWAYS_EXTRA),
        "rows": (ROWS, ROWS_EXTRA),
        "pickups": (PICKUPS, ()),
        "offers": (OFFERS, OFFERS_EXTRA),
        "messages": (("key",), MESSAGES_EXTRA),
    }
    found = {f"{name}.toml.json": _toml(f"{name}.toml", kind) for name, kind in toml.items()}
    found |= {f"{name}.csv.json": _table(f"{name}.csv", *columns) for name, columns in tables.items()}
    return {name: msgspec.json.format(msgspec.json.encode(body), indent=2) + b"\n" for name, body in found.items()}


def write(folder: Path) -> None:
    """Write them all into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in schemas().items():
        (folder / name).write_bytes(body)


def _toml(file: str, kind: type[msgspec.Struct]) -> dict[str, Any]:
    (schema,), parts = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    return {"$schema": _DIALECT, "title": file, **schema, "$defs": {name: _flush(part) for name, part in parts.items()}}


def _flush(part: dict[str, Any]) -> dict[str, Any]:
    """With the docstring's lines flush to the left: Python 3.13 makes them so, those before it leave them indented."""
    return {**part, "description": cleandoc(part["description"])} if "description" in part else part


def _table(file: str, columns: tuple[str, ...], extra: tuple[str, ...]) -> dict[str, Any]:
    described: Mapping[str, Any] = {name: _column(name) for name in (*columns, *extra)}
    body: dict[str, Any] = {
        "$schema": _DIALECT,
        "title": file,
        "description": "One line of the table; every cell is text.",
        "type": "object",
        "properties": described,
        "required": list(columns),
        "x-columns": [*columns, *extra],
    }
    if file.startswith("messages"):
        # The other columns are the pack's languages.
        return {**body, "patternProperties": {"^[a-z]{2,3}$": {"type": "string", "minLength": 1}}}
    return {**body, "additionalProperties": False}


def _column(name: str) -> dict[str, Any]:
    return {**_TEXT, "minLength": 1} if name in _KEYS else _COLUMNS.get(name, _TEXT)
