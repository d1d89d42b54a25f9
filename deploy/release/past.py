"""Past events against a difference: how many people would have seen something else, with examples.

The events are what the hub gives out: a list, or one JSON object a line, with `device` and the event under `event`, or
all in one object. An answer (`AnswerShown`) is joined with its scan (`CodeScanned`) by the scan's number.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from deploy.release.difference import RESORT, Difference
from deploy.release.finding import Finding, PackRefused
from kiosk.model.ids import Lang
from kiosk.model.pack import Pack

_MOST_BYTES = 500_000_000
_MOST_TOLD = 10


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer that was shown: at which device, on which outcome, by which row, in which language."""

    device: str
    outcome: str
    row: str
    lang: str


def read_events(path: Path) -> list[Shown]:
    """The answers in a file of events. Raises `PackRefused` when it is none."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise _refused(path, 0, "The file is too large.", "Give the events of a shorter time.")
        found = list(_events(path))
    except OSError as error:
        raise _refused(path, 0, f"The file can't be read ({error.strerror}).", "Name a file of events.") from error
    outcomes = {str(event.get("scan")): str(event.get("outcome")) for event in found if _type(event) == "CodeScanned"}
    return [
        Shown(str(each.get("device", "")), outcomes.get(str(each.get("scan")), ""), str(each["row"]), str(each["lang"]))
        for each in found
        if _type(each) == "AnswerShown" and {"row", "lang"} <= each.keys()
    ]


def would_have_seen(shown: list[Shown], difference: Difference, old: Pack, new: Pack) -> Iterator[str]:
    """How many answers would have been others, the most frequent first, each with what was said and would be."""
    sure: Counter[tuple[str, str, str]] = Counter()
    perhaps: Counter[tuple[str, str, str]] = Counter()
    langs: dict[tuple[str, str, str], str] = {}
    kinds = {touchpoint.id: touchpoint.kind for touchpoint in old.touchpoints}
    for each in shown:
        moves = [
            move for move in difference.moves if move.old == each.row and _same_place(each, move.cell.fixed, kinds)
        ]
        if not moves:
            continue
        key = (each.row, moves[0].new, moves[0].cell.where)
        stays = any(difference.stays[move.cell.where, each.row] for move in moves)
        (perhaps if stays else sure)[key] += 1
        langs.setdefault(key, each.lang)
    yield f"{sum(sure.values())} of {len(shown)} people would have seen something else" + (
        f", {sum(perhaps.values())} more perhaps." if perhaps else "."
    )
    for counter, how in ((sure, ""), (perhaps, "up to ")):
        for key, count in counter.most_common(_MOST_TOLD):
            row, instead, where = key
            lang = Lang(langs[key])
            yield f"  {how}{count} at {where}: {_said(new, instead, lang)} instead of {_said(old, row, lang)}"


def _events(path: Path) -> Iterator[dict[str, Any]]:
    body = path.read_bytes()
    if body.lstrip().startswith(b"["):
        yield from (_flat(event) for event in _decode(path, 0, body, list[dict[str, Any]]))
        return
    for number, line in enumerate(body.splitlines(), 1):
        if line.strip():
            yield _flat(_decode(path, number, line, dict[str, Any]))


def _decode(path: Path, line: int, body: bytes, kind: Any) -> Any:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _refused(path, line, f"It is no event: {error}.", "Give what the hub gives out as events.") from error


def _flat(event: dict[str, Any]) -> dict[str, Any]:
    """The event's own fields beside those of its envelope."""
    for inner in ("event", "body", "data"):
        part = event.get(inner)
        if isinstance(part, dict):
            event = {**event, **_flat(part)}
    return event


def _type(event: dict[str, Any]) -> str:
    return str(event.get("type", "")).rpartition(".")[2]


def _same_place(each: Shown, fixed: Any, kinds: dict[Any, Any]) -> bool:
    place = not each.device or kinds.get(each.device) == fixed.get("touchpoint.kind")
    return place and each.outcome in {"", fixed.get("outcome")}


def _said(pack: Pack, row: str, lang: Lang) -> str:
    lang = lang if lang in pack.languages else pack.languages[0]
    if row == RESORT:
        message = pack.last_resort.message
    else:
        message = next((each.message for each in pack.rows if each.id == row), pack.last_resort.message)
    texts = pack.messages[lang]
    parts = (texts.get(f"{message}.{part}", "") for part in ("headline", "detail"))
    return "“" + " · ".join(part for part in parts if part) + "”"


def _refused(path: Path, line: int, what: str, todo: str) -> PackRefused:
    return PackRefused([Finding(path.name, line, 0, what, todo, "events")])
