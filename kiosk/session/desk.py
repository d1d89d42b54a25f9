"""The pickup desk: the queue by time left to the promise, and every act with its way back."""

from kiosk.model.command import ChooseLanguage, Command, EndVisit
from kiosk.model.event import EventBody
from kiosk.model.ids import MS_PER_MINUTE, Lang, MonotonicMs
from kiosk.model.order import PickupOrder
from kiosk.model.pack import Settings
from kiosk.model.records import Collection
from kiosk.model.view import DeskLine, DeskNotice, DeskView, Trouble, View
from kiosk.session.answering import Answer, Answerer
from kiosk.session.backlog import Backlog
from kiosk.session.content import Content
from kiosk.session.deskacts import Acts
from kiosk.session.deskcases import BrokenPromises, case_lines
from kiosk.session.desklines import desk_line
from kiosk.session.deskview import DeskLists
from kiosk.session.freshness import freshness_shown
from kiosk.session.parts import Input, Parts, Presented, Shown, Tapped, TroubleIs
from kiosk.session.words import refusal_words
from kiosk.store import ChangeRefused

_NOTICE_MS = 30_000


class Desk:
    """The session of a pickup desk."""

    def __init__(self, parts: Parts, content: Content) -> None:
        self._parts = parts
        self._content = content
        self._answerer = Answerer(parts)
        self._acts = Acts(parts.store)
        self._promises = BrokenPromises(parts.store)
        self._backlog = Backlog(parts.store, parts.clock)
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
        if guide is not None:
            self._promises.count(guide, self._lang, now, self._content.version)
        orders = tuple(each for each in self._parts.store.all(Collection.ORDERS) if isinstance(each, PickupOrder))
        shown = () if self._answer is None else tuple(each.id for each in self._answer.facts.orders)
        lists = DeskLists(orders, now, shown)

        def line(order: PickupOrder) -> DeskLine:
            return desk_line(self._parts.store, guide, order, now, highlighted=order.id in shown)

        return DeskView(
            title="" if guide is None else guide.place_name(guide.touchpoint.place, self._lang, now),
            clock="" if guide is None else guide.local_time(now),
            lang=self._lang,
            langs=self._parts.config.screen.languages,
            lines=lists.queue(line),
            done=lists.done(line),
            cases=case_lines(self._parts.store, guide, self._lang, now),
            waiting_events=self._backlog.told(),
            freshness=freshness_shown(self._parts),
            notice=self._notice(),
            trouble=self._content.trouble or self._source_trouble,
        )

    def wake_at(self) -> MonotonicMs | None:
        """At the next minute, when the notice ends, a promise breaks, something has waited, or the content changes by itself."""
        instant = self._parts.clock.now()
        minute = MonotonicMs(instant.mono_ms + MS_PER_MINUTE - instant.wall_ms % MS_PER_MINUTE)
        due = self._promises.next_due()
        breaks = None if due is None else MonotonicMs(instant.mono_ms + max(0, due - instant.wall_ms))
        moments = (minute, self._notice_ends, breaks, self._backlog.next_look(), self._content.changes_at(instant))
        return min(at for at in moments if at is not None)

    def idle(self) -> bool:
        """Whether no answer is being read."""
        return self._notice_ends is None

    def _obey(self, command: Command) -> None:
        match command:
            case ChooseLanguage(lang=lang):
                self._choose(lang)
            case EndVisit():
                self._clear()
            case _:
                settings = Settings() if self._content.guide is None else self._content.guide.settings
                body = self._acts.reported(command, settings, self._parts.clock.now().wall_ms)
                if body is not None:
                    self._record(body)

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
