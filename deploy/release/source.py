"""From a pack's source folder to the body of the compiled pack.

pack.toml       id, site, name, zone, languages; [settings], [last_resort], [[touchpoints]]
floor.toml      [[levels]] with [[levels.shapes]]
stops.csv       the places, as in GTFS
pathways.csv    the ways between them, as in GTFS
rows.csv        the decision table: the first row that holds wins
offers.csv      suggestions for those who consented, if there are any
pickups.csv     how an open order reads in the list of pickups
messages.csv    every text in every language; key|one, key|other are plural forms
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path as Folder
from typing import Any

from deploy.release.cells import Cells
from deploy.release.finding import Finding, PackRefused, nearest
from deploy.release.numbers import plain, tidy, with_outlines
from deploy.release.tables import Line, read_table, read_toml
from deploy.release.tomlplaces import Path, Place, place_of
from kiosk.model.pack import FORMAT

STOPS = ("stop_id", "stop_name", "level_id", "x", "y", "zone_id")
PATHWAYS = ("pathway_id", "from_stop_id", "to_stop_id", "pathway_mode")
PATHWAYS_EXTRA = (
    *("length", "traversal_time", "is_step_free", "is_bidirectional"),
    *("is_open", "signposted_as", "reversed_signposted_as", "closed_from", "closed_until"),
)
ROWS = ("id", "at", "outcome", "when", "tone", "message")
ROWS_EXTRA = ("lead", "place", "moment", "time", "countdown", "pickups", "valid_from", "valid_until", "variant")
MESSAGES_EXTRA = ("valid_from", "valid_until")
OFFERS = ("id", "purpose", "message")
OFFERS_EXTRA = ("when", "topic", "place", "takes_min", "valid_from", "valid_until")
PICKUPS = ("id", "state", "when", "tone", "word", "detail")

FILES = {
    "pack": "pack.toml",
    "touchpoints": "pack.toml",
    "settings": "pack.toml",
    "last_resort": "pack.toml",
    "experiments": "pack.toml",
    "unreachable": "pack.toml",
    "levels": "floor.toml",
    **{table: f"{table}.csv" for table in ("stops", "pathways", "rows", "pickups", "offers", "messages")},
}
"""The file of each table."""
TABLES = {"places": "stops", "pickup_rows": "pickups"}
"""Parts of the compiled pack whose table has another name."""

PACK = (
    "id",
    "site",
    "name",
    "zone",
    "languages",
    "settings",
    "last_resort",
    "touchpoints",
    "experiments",
    "unreachable",
)
"""What stands in pack.toml."""

_Body = dict[str, Any]


@dataclass(slots=True)
class Source:
    """A compiled body without its version, and where each part of it was written."""

    body: _Body
    lines: dict[tuple[str, str], Line] = field(default_factory=dict)
    """By table and key, as `kiosk.guidance.references.Flaw` names them."""
    toml: dict[str, dict[Path, Place]] = field(default_factory=dict)
    """By file: where each value of a TOML document stands."""
    findings: list[Finding] = field(default_factory=list)

    def part(self, table: str, number: int) -> Any:
        """One part of a table of the compiled body, None when there is none."""
        parts = self.body.get(table)
        return parts[number] if isinstance(parts, list) and number < len(parts) else None

    def place(self, table: str, key: str) -> Place:
        """Line and column of what a flaw names; zeros where it has no line of its own."""
        line = self.lines.get((table, key))
        if line is not None:
            return line.number, 0
        file = FILES.get(table, "")
        path: Path = (key,) if table == "pack" else (table,)
        parts = self.body.get(table)
        if isinstance(parts, list):
            ids = [part.get("id") if isinstance(part, dict) else None for part in parts]
            path = (table, ids.index(key)) if key in ids else path
        return self.toml_place(file, path) if key else (0, 0)

    def toml_place(self, file: str, path: Path) -> Place:
        """Line and column of a value in a TOML file."""
        return place_of(self.toml.get(file, {}), path)


def read_source(folder: Folder) -> Source:
    """Read and compile the folder. Raises `PackRefused` when a file or a cell can't be read."""
    toml: dict[str, dict[Path, Place]] = {}
    pack, floor = (read_toml(folder / name, toml) for name in ("pack.toml", "floor.toml"))
    _refuse_unknown(pack, toml)
    body = {"format": FORMAT, **tidy(pack), "levels": with_outlines(tidy(floor.get("levels")))}
    source = Source(body, toml=toml)
    zone = str(pack.get("zone", ""))
    source.body["places"] = _table(source, "stops", read_table(folder / "stops.csv", STOPS), _place)
    points = {
        place.get("id", ""): (place.get("x", 0), place.get("y", 0), place.get("level", ""))
        for place in source.body["places"]
    }
    pathways = read_table(folder / "pathways.csv", PATHWAYS, PATHWAYS_EXTRA)
    source.body["pathways"] = _table(source, "pathways", pathways, lambda cells: _pathway(cells, points, zone))
    rows = read_table(folder / "rows.csv", ROWS, ROWS_EXTRA)
    source.body["rows"] = _table(source, "rows", rows, lambda cells: _row(cells, zone))
    source.body["pickup_rows"] = _table(source, "pickups", read_table(folder / "pickups.csv", PICKUPS), _pickup)
    if (folder / FILES["offers"]).exists():
        offers = read_table(folder / FILES["offers"], OFFERS, OFFERS_EXTRA)
        source.body["offers"] = _table(source, "offers", offers, lambda cells: _offer(cells, zone))
    named = pack.get("languages")
    languages = tuple(str(lang) for lang in named) if isinstance(named, list) else ()
    texts = read_table(folder / "messages.csv", ("key", *languages), MESSAGES_EXTRA)
    source.body["messages"] = _messages(source, texts, languages)
    changes = _changes(source, texts, languages, zone)
    source.body |= {"changes": changes} if changes else {}
    if source.findings:
        raise PackRefused(source.findings)
    return source


def _refuse_unknown(pack: dict[str, Any], toml: dict[str, dict[Path, Place]]) -> None:
    """What stands in other files, or is made by the build, can't be slipped in by pack.toml."""
    findings = [
        Finding("pack.toml", *place_of(toml["pack.toml"], (name,)), f'"{name}" is no part of it.', nearest(name, PACK))
        for name in pack
        if name not in PACK
    ]
    if findings:
        raise PackRefused(findings)


def _table(source: Source, table: str, lines: Iterable[Line], build: Callable[[Cells], _Body]) -> list[_Body]:
    bodies: list[_Body] = []
    for line in lines:
        cells = Cells(line)
        body = build(cells)
        key = str(body["id"])
        if (table, key) in source.lines:
            before = source.lines[table, key].number
            cells.note(next(iter(line.cells)), f'The id "{key}" stands in line {before} too.', "Give each its own id.")
        source.lines.setdefault((table, key), line)
        source.findings += cells.findings
        bodies.append({name: value for name, value in body.items() if value not in ("", None, (), [])})
    return bodies


def _place(cells: Cells) -> _Body:
    return {
        "id": cells.text("stop_id"),
        "name": cells.text("stop_name"),
        "level": cells.text("level_id"),
        "x": cells.number("x"),
        "y": cells.number("y"),
        "zone": cells.text("zone_id"),
    }


def _pathway(cells: Cells, points: dict[str, tuple[float, float, str]], zone: str) -> _Body:
    start, end = cells.text("from_stop_id"), cells.text("to_stop_id")
    length = cells.number("length", optional=True)
    if length is None and start in points and end in points:
        (x, y, _), (other_x, other_y, _) = points[start], points[end]
        length = plain(((x - other_x) ** 2 + (y - other_y) ** 2) ** 0.5)
    seconds = cells.number("traversal_time", optional=True)
    return {
        "id": cells.text("pathway_id"),
        "start": start,
        "end": end,
        "mode": cells.mode("pathway_mode"),
        "length_m": 0 if length is None else length,
        "traversal_s": None if seconds is None else round(seconds),
        "step_free": cells.flag("is_step_free", default=True),
        "both_ways": cells.flag("is_bidirectional", default=True),
        "open": cells.flag("is_open", default=True),
        "signs": cells.text("signposted_as"),
        "signs_back": cells.text("reversed_signposted_as"),
        "closed_from": cells.moment("closed_from", zone),
        "closed_until": cells.moment("closed_until", zone),
    }


def _row(cells: Cells, zone: str) -> _Body:
    return {
        "id": cells.text("id"),
        "at": cells.words("at"),
        "outcomes": cells.words("outcome"),
        "when": cells.condition("when"),
        "tone": cells.text("tone"),
        "message": cells.text("message"),
        "lead": cells.text("lead"),
        "place": cells.text("place"),
        "moment": cells.text("moment"),
        "time": cells.text("time"),
        "countdown": cells.flag("countdown", default=False),
        "pickups": cells.text("pickups"),
        "valid_from": cells.moment("valid_from", zone),
        "valid_until": cells.moment("valid_until", zone),
        "variant": cells.text("variant"),
    }


def _pickup(cells: Cells) -> _Body:
    return {
        "id": cells.text("id"),
        "states": cells.words("state"),
        "when": cells.condition("when"),
        "tone": cells.text("tone"),
        "word": cells.text("word"),
        "detail": cells.text("detail"),
    }


def _offer(cells: Cells, zone: str) -> _Body:
    takes = cells.number("takes_min", optional=True)
    return {
        "id": cells.text("id"),
        "purpose": cells.text("purpose"),
        "message": cells.text("message"),
        "when": cells.condition("when"),
        "topic": cells.text("topic"),
        "place": cells.text("place"),
        "takes_min": None if takes is None else round(takes),
        "valid_from": cells.moment("valid_from", zone),
        "valid_until": cells.moment("valid_until", zone),
    }


def _messages(source: Source, lines: Iterable[Line], languages: Iterable[str]) -> dict[str, dict[str, str]]:
    messages: dict[str, dict[str, str]] = {lang: {} for lang in languages}
    for line in lines:
        key = line.cells["key"]
        if _is_timed(line):
            continue
        if ("messages", key) in source.lines:
            before = source.lines["messages", key].number
            source.findings.append(
                line.finding(f'The key "{key}" stands in line {before} too.', "Keep one of the two.")
            )
        source.lines.setdefault(("messages", key), line)
        for lang, texts in messages.items():
            if line.cells[lang]:
                texts[key] = line.cells[lang]
            else:
                source.findings.append(line.finding(f'The text "{key}" is missing in {lang}.', "Write it there."))
    return messages


def _changes(source: Source, lines: Iterable[Line], languages: Iterable[str], zone: str) -> list[_Body]:
    """The lines of the messages that hold for a time."""
    changes: list[_Body] = []
    for line in lines:
        if not _is_timed(line):
            continue
        cells = Cells(line)
        texts = {lang: line.cells[lang] for lang in languages}
        times = {name: cells.moment(name, zone) for name in MESSAGES_EXTRA}
        source.findings += cells.findings
        changes.append(
            {
                "key": line.cells["key"],
                "texts": {lang: text for lang, text in texts.items() if text},
                **{name: time for name, time in times.items() if time is not None},
            }
        )
        source.lines.setdefault(("messages", line.cells["key"]), line)
    return changes


def _is_timed(line: Line) -> bool:
    return any(line.cells.get(name) for name in MESSAGES_EXTRA)
