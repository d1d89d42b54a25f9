"""The choices as a form: it works as it stands, and by itself where scripts run."""

from collections.abc import Iterator

from deploy.release.preview.html import Html, tag, text_of
from deploy.release.preview.offered import SCREEN, Control, Group, Kind, Stretch
from deploy.release.preview.query import write_query
from deploy.release.preview.trial import Shown, moments_told, told_twice
from kiosk.guidance.declared import UNKNOWN

_OPEN = frozenset({SCREEN})
_SUMMARY_PARTS = 3
_DULL = frozenset({UNKNOWN, "yes", "no", "none", ""})


def form(shown: Shown) -> Html:
    """All groups; those that tell nothing are folded."""
    return tag(
        "form",
        tag("h2", "The situation"),
        [_group(group, shown) for group in shown.groups],
        tag("p", tag("button", "Show", type="submit"), " ", tag("a", "Begin anew", href="/"), class_="send"),
        id="choices",
        method="get",
        action="/",
        autocomplete="off",
    )


def _group(group: Group, shown: Shown) -> Html:
    controls = [_control(each, shown) for each in group.controls]
    return tag(
        "details",
        tag("summary", tag("b", group.title), " ", tag("span", _summary(group), class_="soft")),
        tag("div", controls, class_="controls"),
        id=f"group-{group.key}",
        class_="group",
        open=group.title in _OPEN,
    )


def _summary(group: Group) -> str:
    """What is told within, as far as it fits a line."""
    if group.title in _OPEN:
        return ""
    if not group.told:
        return "none" if group.controls[0].value == UNKNOWN else "as usual"
    said = [each.value.replace("_", " ") for each in group.controls if each.kind is not Kind.NUMBER]
    return " · ".join([each for each in said if each not in _DULL][:_SUMMARY_PARTS])


def _control(control: Control, shown: Shown) -> Html:
    key = f"c-{control.name}"
    label = tag("label", _capital(control.label), for_=key)
    code = tag("code", control.name) if "." in control.name else None
    hint = f"From {control.hint}." if control.hint else None
    return tag(
        "div",
        tag("div", label, " ", code, class_="label", title=hint),
        _field(control, key),
        _below(control, shown),
        class_="control",
    )


def _field(control: Control, key: str) -> Html:
    if control.kind is Kind.CHOICE:
        options = [
            tag("option", words, value=value, selected=value == control.value) for value, words in control.options
        ]
        return tag("select", options, id=key, name=control.name)
    kind = {Kind.NUMBER: ("text", "numeric"), Kind.TEXT: ("text", None), Kind.MOMENT: ("datetime-local", None)}
    type_, mode = kind[control.kind]
    value = control.value
    if control.kind is Kind.MOMENT:
        # A time with its offset is none that such a field can hold.
        type_ = "text" if "+" in value or value.endswith("Z") else type_
        value = value.replace(" ", "T") if type_ != "text" else value
    return tag("input", id=key, name=control.name, type=type_, inputmode=mode, value=value, maxlength=200)


def _below(control: Control, shown: Shown) -> Html | None:
    if control.kind is Kind.MOMENT:
        return text_of(_moments(shown))
    if not control.stretches:
        return None
    chips = [_chip(control, each) for each in control.stretches]
    return tag("div", chips, class_="chips", role="group", aria_label=f"Values of {control.label}")


def _chip(control: Control, stretch: Stretch) -> Html:
    """A button that sends the form with another value: of a name that stands twice the last one counts."""
    pressed = "true" if stretch.chosen else "false"
    return tag("button", stretch.words, type="submit", name=control.name, value=stretch.value, aria_pressed=pressed)


def _moments(shown: Shown) -> Iterator[Html]:
    zone = shown.guide.zone
    if told_twice(shown.situation.act.time, zone):
        yield tag("p", "The clocks show it twice that night: the first time is meant.", class_="note")
    links = [
        tag("a", words, href=f"/?{write_query({**shown.choices, 'time': time})}")
        for words, time in moments_told(shown.edges, zone)
    ]
    if links:
        yield tag("p", "The pack changes: ", [[link, " "] for link in links], class_="note moments")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
