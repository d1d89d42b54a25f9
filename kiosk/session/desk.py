"""The pickup desk: the queue by time left to the promise, and every act with its way back."""

from kiosk.model.case import Case, CaseState
from kiosk.model.command import (
    ChooseLanguage,
    CloseCase,
    Command,
    EndVisit,
    HandOver,
    ReadyOrder,
    StartOrder,
    TakeCase,
    UndoOrder,
)
from kiosk.model.event import (
    EventBody,
    HelpGiven,
    HelpTaken,
    OrderHandedOver,
    OrderReadied,
    OrderStarted,
    OrderUndone,
)
from kiosk.model.ids import MS_PER_MINUTE, EpochMs, Lang, MonotonicMs, OrderId
from kiosk.model.order import OPEN, OrderState, PickupOrder
from kiosk.model.records import Collection
from kiosk.model.view import CaseLine, DeskLine, DeskNotice, DeskView, Trouble, View
from kiosk.session.answering import Answer, Answerer
from kiosk.session.content import Content
from kiosk.session.desklines import desk_line
from kiosk.session.freshness import freshness_shown
from kiosk.session.parts import Input, Parts, Presented, Shown, Tapped, TroubleIs
from kiosk.session.words import refusal_words
from kiosk.store import ChangeRefused

_NOTICE_MS = 30_000
_UNDO_MS = 30 * MS_PER_MINUTE
_DONE_LISTED = 5


class Desk:
    """The session of a pickup desk."""

    def __init__(self, parts: Parts, content: Content) -> None:
        self._parts = parts
        self._content = content
        self._answerer = Answerer(parts)
        self._lang = parts.config.screen.language
        self._source_trouble: Trouble | None = None
        self._answer: Answer | None = None
        self._text = ""
        self._notice_ends: MonotonicMs | None = None

    def handle(self, item: Input) -> None:
        """Take one input."""
        match item:
            case Presented(code=code) if self._content.guide is not None:
                self._notify(self._answerer.answer(code, self._content, self._lang, follow=False), "")
            case TroubleIs(trouble=trouble):
                self._source_trouble = trouble
            case Tapped(command=command):
                self._obey(command)
            case Shown(scan=scan, at=at):
                if self._answer is not None and self._answer.scan == scan:
                    self._answerer.shown(self._answer, at, self._content.version)
            case _:
                pass

    def view(self) -> View:
        """The desk as it stands now."""
        if self._notice_ends is not None and self._parts.clock.now().mono_ms >= self._notice_ends:
            self._clear()
        now, guide = self._parts.clock.now().wall_ms, self._content.guide
        orders = [order for order in self._parts.store.all(Collection.ORDERS) if isinstance(order, PickupOrder)]
        queue = sorted((o for o in orders if o.state in OPEN), key=lambda o: (o.due_at, o.number))
        return DeskView(
            title="" if guide is None else guide.place_name(guide.touchpoint.place, self._lang, now),
            clock="" if guide is None else guide.local_time(now),
            lang=self._lang,
            langs=self._parts.config.screen.languages,
            lines=tuple(self._line(order, now) for order in queue),
            done=tuple(self._line(order, now) for order in _recently_done(orders, now)),
            cases=self._cases(now),
            waiting_events=self._parts.store.waiting(),
            freshness=freshness_shown(self._parts),
            notice=self._notice(),
            trouble=self._content.trouble or self._source_trouble,
        )

    def wake_at(self) -> MonotonicMs | None:
        """At the next minute, when the notice ends, or when the content changes by its own clock."""
        instant = self._parts.clock.now()
        minute = MonotonicMs(instant.mono_ms + MS_PER_MINUTE - instant.wall_ms % MS_PER_MINUTE)
        return min(at for at in (minute, self._notice_ends, self._content.changes_at(instant)) if at is not None)

    def idle(self) -> bool:
        """Whether no answer is being read."""
        return self._notice_ends is None

    def _obey(self, command: Command) -> None:
        match command:
            case ChooseLanguage(lang=lang):
                self._choose(lang)
            case EndVisit():
                self._clear()
            case UndoOrder(order=order):
                self._undo(order)
            case _:
                body = _reported(command)
                if body is not None:
                    self._record(body)

    def _undo(self, key: OrderId) -> None:
        order = self._parts.store.get(Collection.ORDERS, key)
        if isinstance(order, PickupOrder) and order.history:
            self._record(OrderUndone(key, order.history[-1].event))

    def _record(self, body: EventBody) -> None:
        try:
            self._parts.store.record((body,), self._content.version)
        except ChangeRefused as refused:
            self._notify(None, refusal_words(self._parts.texts, self._lang, refused.refusal))
        else:
            # What the last scan came to may not hold any more.
            self._clear()

    def _choose(self, lang: Lang) -> None:
        if lang in self._parts.config.screen.languages:
            self._lang = lang
            if self._answer is not None and self._content.guide is not None:
                self._answer = self._answerer.again(self._answer, self._content.guide, lang)

    def _notify(self, answer: Answer | None, text: str) -> None:
        self._answer, self._text = answer, text
        self._notice_ends = MonotonicMs(self._parts.clock.now().mono_ms + _NOTICE_MS)

    def _clear(self) -> None:
        self._answer, self._text, self._notice_ends = None, "", None

    def _notice(self) -> DeskNotice | None:
        if self._answer is not None:
            return DeskNotice(self._answer.step, "", self._answer.scan, self._answer.decoded_at)
        return DeskNotice(None, self._text) if self._text else None

    def _line(self, order: PickupOrder, now: EpochMs) -> DeskLine:
        shown = () if self._answer is None else tuple(each.id for each in self._answer.facts.orders)
        return desk_line(self._parts.store, self._content.guide, order, now, highlighted=order.id in shown)

    def _cases(self, now: EpochMs) -> tuple[CaseLine, ...]:
        waiting = [
            case
            for case in self._parts.store.all(Collection.CASES)
            if isinstance(case, Case) and case.state in {CaseState.OPEN, CaseState.ROUTED, CaseState.IN_HAND}
        ]
        guide = self._content.guide
        return tuple(
            CaseLine(
                case=case.id,
                place=case.place if guide is None else guide.place_name(case.place, self._lang, now),
                lang=case.lang,
                minutes=max(0, (now - case.opened_at) // MS_PER_MINUTE),
                in_hand=case.state is CaseState.IN_HAND,
            )
            for case in sorted(waiting, key=lambda case: case.opened_at)
        )


def _reported(command: Command) -> EventBody | None:
    """The event that carries out a staff command as it stands; None for one that is not the staff's."""
    match command:
        case StartOrder(order=order):
            return OrderStarted(order)
        case ReadyOrder(order=order):
            return OrderReadied(order)
        case HandOver(order=order):
            return OrderHandedOver(order)
        case TakeCase(case=case):
            return HelpTaken(case)
        case CloseCase(case=case):
            return HelpGiven(case)
        case _:
            return None


def _recently_done(orders: list[PickupOrder], now: EpochMs) -> list[PickupOrder]:
    done = [
        order
        for order in orders
        if order.state is OrderState.HANDED_OVER and order.history and now - order.history[-1].at < _UNDO_MS
    ]
    return sorted(done, key=lambda order: -order.history[-1].at)[:_DONE_LISTED]
