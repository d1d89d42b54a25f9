"""What is to be drawn: the view that the app on that touchpoint would show, as a scene for the process that draws."""

from collections.abc import Iterator

from deploy.release.preview.situation import Situation
from kiosk.guidance import Facts, Guide
from kiosk.model.ids import MS_PER_MINUTE, EpochMs, Lang, MonotonicMs, ScanId
from kiosk.model.order import COLLECTABLE, OPEN, WAITING, OrderState, PickupOrder, promise_of
from kiosk.model.pack import TouchpointKind
from kiosk.model.scene import Room, Scene
from kiosk.model.step import Step
from kiosk.model.view import AnswerView, AttractView, DeskLine, DeskNotice, DeskView, Freshness, OrderAct

UPRIGHT, WIDE = (1080, 1920), (1920, 1080)
_WIDE_KINDS = frozenset({TouchpointKind.DESK, TouchpointKind.BOARD})
_SCAN = ScanId("preview")
_MS = 1000


def is_wide(situation: Situation, kind: TouchpointKind) -> bool:
    """Whether the window is wide: as chosen, else as such devices usually stand."""
    return kind in _WIDE_KINDS if situation.wide is None else situation.wide


def board_of(situation: Situation, guide: Guide, facts: Facts, body: bytes) -> Scene:
    """The scene of a board that lists the situation's orders and departures; `body` is the compiled pack."""
    touchpoint = guide.touchpoint
    width, height = WIDE if is_wide(situation, touchpoint.kind) else UPRIGHT
    departures = tuple(each for each in (facts.departure, facts.next_departure) if each is not None)
    lang = spoken(guide, situation.act.lang)
    room = Room(body, touchpoint.id, lang, facts.orders, departures, _freshness(facts))
    return Scene(touchpoint.kind, width, height, facts.now, room=room)


def scene_of(situation: Situation, guide: Guide, facts: Facts, step: Step) -> Scene:
    """The scene that shows `step`, or with nobody there the touchpoint's invitation."""
    kind = guide.touchpoint.kind
    width, height = WIDE if is_wide(situation, kind) else UPRIGHT
    if kind is TouchpointKind.DESK:
        return Scene(kind, width, height, facts.now, desk=_desk(situation, guide, facts, step))
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


def _desk(situation: Situation, guide: Guide, facts: Facts, step: Step) -> DeskView:
    notice = None if situation.quiet else DeskNotice(step, "", _SCAN, MonotonicMs(0))
    queue = sorted(facts.orders, key=lambda order: (order.due_at, order.number))
    return DeskView(
        title=guide.place_name(guide.touchpoint.place, step.lang, facts.now),
        clock=guide.local_time(facts.now),
        lang=step.lang,
        langs=guide.languages,
        lines=tuple(_lines(queue, guide, facts, is_open=True)),
        done=tuple(_lines(queue, guide, facts, is_open=False)),
        cases=(),
        waiting_events=0,
        freshness=_freshness(facts),
        notice=notice,
    )


def _lines(queue: list[PickupOrder], guide: Guide, facts: Facts, *, is_open: bool) -> Iterator[DeskLine]:
    for order in queue:
        if order.state in OPEN if is_open else order.state is OrderState.HANDED_OVER:
            yield DeskLine(
                order=order.id,
                number=order.number,
                customer=facts.name,
                articles=", ".join(f"{line.quantity} × {line.article}" for line in order.lines),
                due=guide.local_time(order.due_at),
                minutes_left=_minutes(order.due_at, facts.now),
                state=order.state,
                promise=promise_of(order, facts.now, guide.settings.due_soon_min),
                arrived=order.arrived_at is not None,
                acts=_acts(order),
                highlighted=True,
            )


def _acts(order: PickupOrder) -> tuple[OrderAct, ...]:
    """What the staff's buttons would offer."""
    if order.state in WAITING:
        return (OrderAct.START, OrderAct.UNDO)
    if order.state in {OrderState.PREPARING, OrderState.PROBLEM}:
        return (OrderAct.READY, OrderAct.UNDO)
    return (OrderAct.HAND_OVER, OrderAct.UNDO) if order.state in COLLECTABLE else (OrderAct.UNDO,)


def _minutes(moment: EpochMs, now: EpochMs) -> int:
    return (moment - now) // MS_PER_MINUTE


def _freshness(facts: Facts) -> Freshness:
    """Current data is shown without its time, as on a device."""
    return Freshness(connected=True, as_of=None) if facts.connected else Freshness(connected=False, as_of=facts.as_of)


def spoken(guide: Guide, lang: Lang | None) -> Lang:
    """The language that is shown."""
    return lang if lang in guide.languages and lang is not None else guide.languages[0]
