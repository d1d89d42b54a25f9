"""The schema's complaints, led back to the file, line and column where the value stands, with the nearest valid word."""

import re
import types
from collections.abc import Iterator
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec

from deploy.release.finding import Finding, nearest
from deploy.release.source import FILES, TABLES, Source
from deploy.release.tomlplaces import Path, Place, place_of
from kiosk.model.pack import Pack

_STEP = re.compile(r"\.([^.\[\]`]+)|\[(\d+)\]|\[\.\.\.\]")
_QUOTED = re.compile(r"'([^']*)'|`([^`]*)`")
_COLUMNS = {"states": "state", "outcomes": "outcome"}
_SHAPES = "Compare it with the packs in assets/packs and the schemas beside them."


def misfit(source: Source, error: str) -> Finding:
    """The finding for msgspec's `error`: "Expected `int`, got `str` - at `$.settings.clear_after_s`"."""
    what, _, at = error.partition(" - at `$")
    path = tuple(_path(at))
    what = f"{what}{f' in {_written(path)}' if path else ''}."
    todo = _todo(error, path)
    table = str(path[0]) if path else "pack"
    name = TABLES.get(table, table)
    part = source.part(table, path[1]) if len(path) > 1 and isinstance(path[1], int) else None
    if name in {"rows", "pickups", "offers", "stops", "pathways"} and isinstance(part, dict):
        line, column = source.place(name, str(part.get("id", "")))
        return Finding(FILES[name], line, column, f"{part.get('id', '')}: {what}", todo, "schema")
    line, column = source.toml_place(FILES.get(name, "pack.toml"), (*path, *_unknown_field(error)))
    return Finding(FILES.get(name, "pack.toml"), line, column, what, todo, "schema")


def misfit_in(file: str, found: dict[Path, Place], error: str, root: Any) -> Finding:
    """The same for a TOML file of its own, whose document is to be a `root`."""
    what, _, at = error.partition(" - at `$")
    path = tuple(_path(at))
    line, column = place_of(found, (*path, *_unknown_field(error)))
    what = f"{what}{f' in {_written(path)}' if path else ''}."
    return Finding(file, line, column, what, _todo(error, path, root), "schema")


def _path(text: str) -> Iterator[str | int]:
    for match in _STEP.finditer(text):
        if match[1]:
            yield match[1]
        elif match[2]:
            yield int(match[2])


def _unknown_field(error: str) -> list[str]:
    found = _QUOTED.search(error) if "unknown field" in error else None
    return [found[1] or found[2]] if found else []


def _written(path: Path) -> str:
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def _todo(error: str, path: Path, root: Any = Pack) -> str:
    known = list(_known(error, path, root))
    found = _QUOTED.search(error)
    if not known or found is None:
        return _SHAPES
    return nearest(found[1] or found[2], known)


def _known(error: str, path: Path, root: Any) -> Iterator[str]:
    """The words that may stand where the error is: of an enum, or the names of fields."""
    there = _type_at(root, path)
    for each in _plain(there):
        if isinstance(each, type) and issubclass(each, Enum):
            yield from (str(member.value) for member in each)
        elif "unknown field" in error and isinstance(each, type) and issubclass(each, msgspec.Struct):
            yield from each.__struct_fields__


def _type_at(there: Any, path: Path) -> Any:
    for part in path:
        options = list(_plain(there))
        if isinstance(part, int):
            there = next((get_args(each)[0] for each in options if get_origin(each) is tuple), object)
        else:
            fields = next((get_type_hints(each) for each in options if hasattr(each, "__struct_fields__")), {})
            there = fields.get(part, object)
    return there


def _plain(there: Any) -> Iterator[Any]:
    if get_origin(there) in {Union, types.UnionType}:
        yield from get_args(there)
    else:
        yield there
