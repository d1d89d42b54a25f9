"""What the screen says as text, which row said so, and why the others did not."""

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any

import msgspec

from deploy.release.preview.failing import value_told
from deploy.release.preview.html import Child, Html, tag
from deploy.release.preview.trial import Shown
from deploy.release.preview.why import Judged, Judgement, in_force_told
from kiosk.guidance.declared import DECLARED
from kiosk.guidance.guide import LAST_RESORT
from kiosk.model.pack import ANSWERING

_LABELS = {
    "tone": "Tone",
    "headline": "Headline",
    "detail": "Detail",
    "lead": "Lead",
    "place": "Place",
    "when": "Time",
    "why": "Why",
    "way": "The way",
    "pickups": "Pickups",
    "actions": "Offered",
    "offer": "Suggestion",
    "speech": "Read aloud",
}
_INNER = frozenset({"outcome", "lang", "message", "row", "pack", "place_id", "deadline"})
_OF_WAY = ("text", "turns")


def words(shown: Shown) -> Html | None:
    """Everything that the step says."""
    step = shown.step
    if not shown.asked:
        return None
    lines: list[Child] = []
    for name in step.__struct_fields__:
        said = list(_said(getattr(step, name))) if name not in _INNER else []
        if said:
            lines.append(tag("dt", _LABELS.get(name, name.replace("_", " ").capitalize())))
            lines.append([tag("dd", each) for each in said])
    return tag("section", tag("h2", "In words"), tag("dl", lines, class_="words", lang=step.lang), id="words")


def answer(shown: Shown) -> Html:
    """The row that answers: where it stands and what it asks for."""
    judgement, step = shown.judgement, shown.step
    if not shown.asked:
        board = "A board reads no codes: it lists the situation's orders and departures, and no row is asked."
        nobody = "Nobody has scanned anything: the screen invites, and no row is asked."
        body: Child = tag("p", nobody if shown.guide.touchpoint.kind in ANSWERING else board)
    elif judgement.answers is None:
        resort = (
            "The pack declares it for this outcome." if step.outcome in shown.guide.pack.last_resort.outcomes else ""
        )
        body = tag(
            "p", "No row matches: ", tag("b", "the last resort answers"), f" (pack.toml). {resort}", class_="bad"
        )
    else:
        body = _row(judgement.answers, shown.guide.zone, answers=True)
    differs = _differs(judgement, step.row) if shown.asked else None
    return tag("section", tag("h2", "The row that answers"), body, differs, id="answer")


def others(shown: Shown) -> Html | None:
    """Why the rows above did not answer; those below were not reached."""
    if not shown.asked:
        return None
    judgement, zone = shown.judgement, shown.guide.zone
    near = [each for each in judgement.above if not each.apart]
    apart = [each for each in judgement.above if each.apart]
    heading = "Why not the rows above" if near else "No row above is for this touchpoint and outcome"
    return tag(
        "section",
        tag("h2", heading),
        tag("ol", [tag("li", _row(each, zone)) for each in near], class_="rows") if near else None,
        _folded(
            "apart", f"{_rows(len(apart))} above {_are(len(apart))} for other touchpoints or outcomes", apart, zone
        ),
        _folded(
            "below",
            f"{_rows(len(judgement.below))} below {_were(len(judgement.below))} not reached",
            judgement.below,
            zone,
        ),
        id="others",
    )


def facts(shown: Shown) -> Html:
    """Every declared fact with its value, as the conditions saw it."""
    document = shown.guide.situation(shown.facts).document()
    lines = [
        tag(
            "tr",
            tag("td", tag("code", name)),
            tag("td", value_told(name, document)),
            tag("td", fact.source, class_="soft"),
        )
        for name, fact in DECLARED.items()
    ]
    head = tag("tr", [tag("th", title, scope="col") for title in ("Fact", "Value", "Where it comes from")])
    table = tag("table", tag("thead", head), tag("tbody", lines), class_="facts")
    return tag("details", tag("summary", "What the conditions see"), table, id="facts", class_="panel")


def _row(each: Judged, zone: str, *, answers: bool = False) -> Html:
    row = each.row
    time = in_force_told(row, zone)
    return tag(
        "div",
        tag("p", tag("b", row.id), " ", tag("code", each.where, class_="where"), _times(time, each), class_="row-head"),
        tag("p", tag("code", each.condition), class_="condition") if each.condition and not _is_all(each) else None,
        tag("p", f"When {each.words}.", class_="soft") if answers and each.condition else None,
        tag("p", _for(each), class_="soft") if answers else None,
        [tag("p", why, class_="why") for why in each.why],
        None if each.why or answers else tag("p", "It would answer, too.", class_="soft"),
        class_="row answers" if answers else "row",
    )


def _is_all(each: Judged) -> bool:
    """Whether what failed is the whole condition, which then need not be said twice."""
    return len(each.why) == 1 and each.why[0].startswith(f"{each.condition}: ")


def _times(time: str, each: Judged) -> Child:
    if not time:
        return None
    mark = "not in force" if each.timed else "in force"
    return [" ", tag("span", f"{mark}: {time}", class_="tag timed" if each.timed else "tag")]


def _for(each: Judged) -> str:
    at = " or ".join(each.row.at) or "any touchpoint"
    outcomes = " or ".join(each.row.outcomes) or "any outcome"
    always = "" if each.condition else ", whatever else is known"
    return f"At {at}, when the scan comes to {outcomes}{always}."


def _folded(key: str, title: str, rows: Iterable[Judged], zone: str) -> Html | None:
    found = list(rows)
    if not found:
        return None
    items = tag("ol", [tag("li", _row(each, zone)) for each in found], class_="rows")
    return tag("details", tag("summary", title), items, id=key)


def _differs(judgement: Judgement, row: str) -> Html | None:
    """The guide has the last word; should this page ever explain another row, it says so."""
    explained = judgement.answers.row.id if judgement.answers else LAST_RESORT
    return (
        None
        if explained == row
        else tag("p", f'The kiosk takes row "{row}", which is not explained here.', class_="bad")
    )


def _said(value: Any) -> Iterator[str]:
    if isinstance(value, tuple | list):
        if value and all(isinstance(each, str) for each in value):
            yield ", ".join(str(each).replace("_", " ") for each in value)
        else:
            yield from (text for each in value for text in _said(each))
    elif isinstance(value, msgspec.Struct):
        names = (
            [name for name in _OF_WAY if hasattr(value, name)] if hasattr(value, "walking") else value.__struct_fields__
        )
        values = (getattr(value, name) for name in names if name != "id")
        # A tone or the kind of a turn is drawn; here its words suffice.
        parts = [part for each in values if not isinstance(each, Enum) for part in _said(each)]
        yield from parts if hasattr(value, "walking") else (" · ".join(parts),)
    elif isinstance(value, str) and value:
        yield str(value)


def _rows(count: int) -> str:
    return f"{count} row" if count == 1 else f"{count} rows"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
