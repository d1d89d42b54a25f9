"""The whole page: what stands around the choices, the picture and the reasons, or the findings of a broken pack."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from deploy.release.finding import Finding
from deploy.release.preview.folder import Reading
from deploy.release.preview.form import form
from deploy.release.preview.html import Child, Html, tag, text_of
from deploy.release.preview.proving import Proved
from deploy.release.preview.query import Choices, write_query
from deploy.release.preview.snippet import as_step
from deploy.release.preview.told import answer, facts, others, words
from deploy.release.preview.trial import Shown, starting_points

_MOST_FINDINGS = 200


def shown_page(shown: Shown, reading: Reading, folder: Path) -> Html:
    """A situation, its picture and its reasons."""
    result: Child = [
        tag("div", _picture(shown), words(shown), class_="seen"),
        tag("div", answer(shown), others(shown), facts(shown), _snippet(shown), class_="reasons"),
    ]
    address = f"/?{write_query(shown.choices)}"
    body: Child = [tag("div", form(shown), _starts(reading), class_="chosen"), result]
    return _page(reading, folder, body, address, wide=shown.wide)


def broken_page(reading: Reading, folder: Path) -> Html:
    """A pack that can't be read: what is wrong stands in place of the picture."""
    found = reading.findings
    title = f"{len(found)} to correct" if len(found) > 1 else "One thing to correct"
    lead = "This page shows the screen again as soon as the folder is mended."
    body = tag(
        "section", tag("h2", title), tag("p", lead, class_="soft"), _findings(found), id="findings", class_="wide"
    )
    return _page(reading, folder, body, "")


def proved_page(proved: Proved, reading: Reading, folder: Path) -> Html:
    """What the check of the whole pack finds."""
    # What can be looked at comes first.
    found = sorted(proved.report.findings, key=lambda each: not each.counterexample)
    title = f"{len(found)} to correct" if found else "Nothing wrong"
    body = [
        tag("p", tag("a", "Back to the preview", href="/")),
        [tag("p", line) for line in proved.lines],
        _findings(tuple(found), proved.situations),
        _last_resort(proved),
    ]
    return _page(reading, folder, tag("section", tag("h2", title), body, id="checked", class_="wide"), "")


def refused_page(problems: Iterable[tuple[str, str]], reading: Reading, folder: Path) -> Html:
    """An address that asks for what can't be shown."""
    items = [tag("li", tag("b", what), tag("br"), f"What to do: {todo}") for what, todo in problems]
    back = tag("p", tag("a", "Begin anew", href="/"), " · Or go back and choose something else.")
    body = tag(
        "section", tag("h2", "That can't be shown"), tag("ul", items), back, id="refused", class_="wide", role="alert"
    )
    return _page(reading, folder, [body, _starts(reading)], "")


def _page(reading: Reading, folder: Path, body: Child, address: str, *, wide: bool = False) -> Html:
    version = reading.pack.version if reading.pack else "broken"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", f"Opas preview: {folder.name}"),
        tag("link", rel="icon", href="/static/icon.svg", type="image/svg+xml"),
        tag("link", rel="stylesheet", href="/static/preview.css"),
        tag("script", "", src="/static/preview.js", defer=True),
    )
    top = tag(
        "header",
        tag("h1", "Opas preview"),
        tag(
            "p",
            tag("b", folder.name),
            " ",
            tag("code", version),
            id="version",
            class_="good" if reading.pack else "bad",
        ),
        tag("p", "", id="link", role="status"),
        class_="top",
    )
    main = tag("main", body, id="page", class_="broad" if wide else "", data_stamp=reading.stamp, data_address=address)
    skip = tag("a", "To the picture", href="#picture", class_="skip")
    return text_of([Html("<!doctype html>\n"), tag("html", head, tag("body", skip, top, main), lang="en")])


def _picture(shown: Shown) -> Html:
    picture, step = shown.picture, shown.step
    if picture is None:
        told = tag("p", tag("b", "There is no picture. "), shown.no_picture, class_="bad", role="alert")
        return tag("section", told, id="picture")
    alt = (
        "The screen while nobody is there"
        if shown.situation.quiet
        else f"The screen says: {step.speech or step.headline}"
    )
    image = tag("img", src=f"/picture/{picture.name}.png", width=picture.width, height=picture.height, alt=alt)
    by = f"{shown.guide.touchpoint.id}, {picture.width} × {picture.height}, drawn by the kiosk's own screens"
    note = tag("p", picture.note, class_="note bad", role="alert") if picture.note else None
    large = tag("a", image, href=f"/picture/{picture.name}.png", title="The picture alone, in its own size")
    return tag("section", note, tag("figure", large, tag("figcaption", by)), id="picture")


def _last_resort(proved: Proved) -> Child:
    if not proved.last_resort:
        return None
    items = [tag("li", told, " ", _open(choices)) for told, choices in proved.last_resort]
    return [tag("h2", "On the last resort, as declared"), tag("ul", items, class_="stories")]


def _open(choices: Choices | None) -> Html | None:
    return None if choices is None else tag("a", "Open this situation", href=f"/?{write_query(choices)}")


def _findings(found: tuple[Finding, ...], situations: Mapping[str, Choices] = MappingProxyType({})) -> Html:
    items = [
        tag(
            "li",
            tag("code", ":".join(str(part) for part in (each.file, each.line, each.column) if part)),
            tag("p", tag("b", each.what)),
            tag("p", f"For example: {each.counterexample} ", _open(situations.get(each.counterexample)))
            if each.counterexample
            else None,
            tag("p", f"What to do: {each.todo}"),
        )
        for each in found[:_MOST_FINDINGS]
    ]
    more = tag("p", f"And {len(found) - _MOST_FINDINGS} more.") if len(found) > _MOST_FINDINGS else None
    return text_of([tag("ul", items, class_="findings"), more])


def _starts(reading: Reading) -> Html:
    """Where to begin: the scenarios, and what the check of the whole pack finds."""
    told = [
        tag("li", name, tag("ol", [tag("li", tag("a", said, href=f"/?{write_query(each)}")) for said, each in steps]))
        for name, steps in starting_points(reading)
    ]
    stories = tag("details", tag("summary", "The pack's scenarios"), tag("ul", told, class_="stories"), id="scenarios")
    whole = tag("p", tag("a", "Check the whole pack", href="/check"), " (takes some seconds)")
    return tag("div", stories if told else None, whole, class_="panel")


def _snippet(shown: Shown) -> Html | None:
    if not shown.asked:
        return None
    code = tag("pre", as_step(shown.situation.act, shown.step), tabindex=0)
    return tag("details", tag("summary", "As a step of a scenario"), code, id="snippet", class_="panel")
