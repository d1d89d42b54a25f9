"""What is to be drawn: the view that the app on that touchpoint would show, as a scene for the process that draws."""

from deploy.release.preview.situation import Situation
from kiosk.guidance import Facts, Guide
from kiosk.model.ids import Lang, MonotonicMs, ScanId
from kiosk.model.pack import TouchpointKind
from kiosk.model.scene import Room, Scene
from kiosk.model.step import Step
from kiosk.model.view import AnswerView, AttractView, Freshness

UPRIGHT, WIDE = (1080, 1920), (1920, 1080)
_WIDE_KINDS = frozenset({TouchpointKind.DESK, TouchpointKind.BOARD})
_SCAN = ScanId("preview")
_MS = 1000


def is_wide(situation: Situation, kind: TouchpointKind) -> bool:
    """Whether the window is wide: as chosen, else as such devices usually stand."""
    return kind in _WIDE_KINDS if situation.wide is None else situation.wide


def scene_of(situation: Situation, guide: Guide, facts: Facts, step: Step, body: bytes) -> Scene:
    """The scene that shows `step`, or with nobody there the touchpoint's invitation; `body` is the compiled pack."""
    kind = guide.touchpoint.kind
    width, height = WIDE if is_wide(situation, kind) else UPRIGHT
    if kind in _WIDE_KINDS:
        return Scene(kind, width, height, facts.now, room=_room(situation, guide, facts, step, body))
    if situation.quiet:
        title, hint = guide.attract(step.lang, facts.now)
        view = AttractView(title, hint, step.lang, guide.languages, situation.scale, _freshness(facts))
        return Scene(kind, width, height, facts.now, attract=view)
    answer = AnswerView(
        scan=_SCAN,
        step=step,
        langs=guide.languages,
        text_scale=situation.scale,
        shown_for_code_at=MonotonicMs(0),
        clears_at=MonotonicMs(guide.settings.clear_after_s * _MS),
        clears_in_s=guide.settings.clear_after_s,
        freshness=_freshness(facts),
    )
    return Scene(kind, width, height, facts.now, answer=answer)


def _room(situation: Situation, guide: Guide, facts: Facts, step: Step, body: bytes) -> Room:
    """What a board lists, or a desk after its scan."""
    scanned = guide.touchpoint.kind is TouchpointKind.DESK and not situation.quiet
    return Room(
        pack=body,
        device=guide.touchpoint.id,
        lang=step.lang,
        orders=facts.orders,
        departures=tuple(each for each in (facts.departure, facts.next_departure) if each is not None),
        freshness=_freshness(facts),
        name=facts.name,
        step=step if scanned else None,
    )


def _freshness(facts: Facts) -> Freshness:
    """Current data is shown without its time, as on a device."""
    return Freshness(connected=True, as_of=None) if facts.connected else Freshness(connected=False, as_of=facts.as_of)


def spoken(guide: Guide, lang: Lang | None) -> Lang:
    """The language that is shown."""
    return lang if lang in guide.languages and lang is not None else guide.languages[0]
