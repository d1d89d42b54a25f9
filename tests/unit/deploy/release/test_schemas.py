"""The published schemas are those of the reader, and the demo's packs fit them."""

import csv
import io
import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploy.release.pack import build_pack, main
from deploy.release.schemas import schemas
from deploy.release.tables import read_table

PACKS = Path(__file__).resolve().parents[4] / "assets" / "packs"
SOURCES = ("shop", "terminal")
TABLES = ("stops", "pathways", "rows", "pickups", "messages")
_TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


def _wrong(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> list[str]:
    """What of `value` does not fit: the part of JSON Schema that ours use."""
    if "$ref" in schema:
        return _wrong(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    if "anyOf" in schema:
        return [] if any(not _wrong(value, each, root) for each in schema["anyOf"]) else [f"{value!r} is none of them"]
    if "enum" in schema:
        return [] if value in schema["enum"] else [f"{value!r} is not listed"]
    return _wrong_kind(value, schema, root)


def _wrong_kind(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> list[str]:
    if not isinstance(value, _TYPES[schema.get("type", "object")]):
        return [f"{value!r} is no {schema['type']}"]
    if isinstance(value, str):
        short = len(value) < schema.get("minLength", 0)
        return [value] if short or not re.search(schema.get("pattern", ""), value) else []
    if isinstance(value, list):
        parts = schema.get("prefixItems") or [schema["items"]] * len(value)
        return [flaw for item, part in zip(value, parts, strict=True) for flaw in _wrong(item, part, root)]
    return _wrong_fields(value, schema, root) if isinstance(value, dict) else []


def _wrong_fields(value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any]) -> list[str]:
    known = schema.get("properties", {})
    flaws = [f"{name} is missing" for name in schema.get("required", []) if name not in value]
    for name, inner in value.items():
        pattern = next(
            (part for form, part in schema.get("patternProperties", {}).items() if re.match(form, name)), None
        )
        if name in known or pattern:
            flaws += [f"{name}: {flaw}" for flaw in _wrong(inner, known.get(name, pattern), root)]
        elif schema.get("additionalProperties", True) is False:
            flaws.append(f"{name} is unknown")
    return flaws


def _schema(file: str) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(schemas()[f"{file}.json"])
    return found


def test_the_published_schemas_are_the_generated_ones(tmp_path: Path) -> None:
    assert main(["schema", str(tmp_path / "new")]) == 0
    written = {path.name: path.read_bytes() for path in (tmp_path / "new").iterdir()}
    assert written == {path.name: path.read_bytes() for path in (PACKS / "schema").iterdir()}
    assert written == schemas()


@pytest.mark.parametrize("pack", SOURCES)
@pytest.mark.parametrize("file", ["pack.toml", "floor.toml", "scenarios.toml"])
def test_the_demo_documents_fit(pack: str, file: str) -> None:
    schema = _schema(file)
    document = tomllib.loads((PACKS / pack / file).read_text(encoding="utf-8"))
    if file == "scenarios.toml":
        # What a step takes over from the one before is not written again.
        document["scenarios"] = [{**each, "steps": each["steps"][:1]} for each in document["scenarios"]]
    assert _wrong(document, schema, schema) == []


@pytest.mark.parametrize("pack", SOURCES)
@pytest.mark.parametrize("table", TABLES)
def test_the_demo_tables_fit_line_by_line(pack: str, table: str) -> None:
    schema = _schema(f"{table}.csv")
    columns = tuple(schema["x-columns"])
    extra = ("fi", "sv", "en", "et") if table == "messages" else ()
    lines = read_table(PACKS / pack / f"{table}.csv", tuple(schema["required"]), (*columns, *extra))
    assert lines
    assert [(line.number, flaw) for line in lines for flaw in _wrong(line.cells, schema, schema)] == []


@pytest.mark.parametrize(
    ("file", "value", "flaw"),
    [
        ("rows.csv", {"id": "x", "at": "kisk", "outcome": "", "when": "", "tone": "go", "message": "m"}, "at: kisk"),
        ("rows.csv", {"id": "", "at": "", "outcome": "", "when": "", "tone": "go", "message": "m"}, "id: "),
        ("stops.csv", {"stop_id": "a"}, "stop_name is missing"),
        ("pickups.csv", {"id": "a", "colour": "red"}, "colour is unknown"),
        ("pack.toml", {"id": 1}, "site is missing"),
    ],
)
def test_a_schema_refuses_what_the_reader_refuses(file: str, value: dict[str, Any], flaw: str) -> None:
    schema = _schema(file)
    assert flaw in _wrong(value, schema, schema)


def _saved(text: str, delimiter: str, end: str, *, quote_all: bool, mark: bool) -> bytes:
    """A table as a spreadsheet saves it again."""
    rows = list(csv.reader(io.StringIO(text, newline="")))
    width = max(map(len, rows))
    out = io.StringIO(newline="")
    style: Any = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=style)
    writer.writerows([*row, *[""] * (width - len(row))] for row in rows)
    return out.getvalue().encode("utf-8-sig" if mark else "utf-8")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    ("end", "quote_all", "mark"), [("\r\n", False, True), ("\n", True, False), ("\r\n", True, True)]
)
def test_a_pack_goes_through_a_spreadsheet_without_loss(
    tmp_path: Path, delimiter: str, end: str, quote_all: bool, mark: bool
) -> None:
    folder = Path(shutil.copytree(PACKS / "shop", tmp_path / "shop"))
    for table in TABLES:
        path = folder / f"{table}.csv"
        text = path.read_text(encoding="utf-8")
        path.write_bytes(_saved(text, delimiter, end, quote_all=quote_all, mark=mark))
    assert build_pack(folder) == build_pack(PACKS / "shop")


_CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12).map(str.strip)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
@given(st.lists(st.tuples(_CELLS.map(lambda cell: f"k{cell}"), _CELLS), max_size=6), st.sampled_from(",;\t"))
def test_whatever_stands_in_a_cell_comes_back(tmp_path: Path, rows: list[tuple[str, str]], delimiter: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows([("key", "text"), *rows])
    (tmp_path / "t.csv").write_bytes(out.getvalue().encode("utf-8-sig"))
    lines = read_table(tmp_path / "t.csv", ("key", "text"))
    assert [(line.cells["key"], line.cells["text"]) for line in lines] == rows
