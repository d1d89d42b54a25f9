"""The pickup desk: the queue by time left to the promise, calls for help on top, the last scan's answer beside it."""

from kivy.input.motionevent import MotionEvent

from kiosk.i18n import own_name
from kiosk.model.command import ChooseLanguage, EndVisit
from kiosk.model.ids import ScanId
from kiosk.model.step import Tone
from kiosk.model.view import DeskNotice, DeskView
from kiosk.screens import deskwords as say
from kiosk.screens import timeleft
from kiosk.screens.deskrows import CaseRow, DeskMarks, DoneRow, Hand, OrderRow
from kiosk.screens.screen import Screen, Tools, load_rules
from kiosk.screens.theme import TONES, Metrics
from kiosk.screens.widgets.cell import Box
from kiosk.screens.widgets.mark import Disc, Mark
from kiosk.screens.widgets.wall import Wall

__all__ = ["DeskMarks", "DeskScreen", "Disc", "Mark", "Wall"]

_CASES = 2


class DeskScreen(Screen[DeskView]):
    """For touch and mouse."""

    name = "desk"
    ticks = 20.0

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools)
        self._found: ScanId | None = None
        ids = self.ids
        ids.queue.make, ids.done.make = OrderRow, DoneRow
        ids.close.act = lambda: tools.send(EndVisit())
        ids.language.act = self._next_language
        ids.back.act = lambda: self._turn(-1)
        ids.on.act = lambda: self._turn(1)

    def fill_in(self, view: DeskView) -> None:
        """Put queue, calls and notice into their places."""
        ids, hand = self.ids, Hand(self.tools.texts, view.lang, self.tools.send)
        ids.title.text, ids.clock.text = view.title, view.clock
        ids.language.text, ids.language.shown = own_name(view.lang), len(view.langs) > 1
        ids.queue.fill = lambda row, line: row.tell(hand, line, wide=self.landscape)
        ids.done.fill = lambda row, line: row.tell(hand, line, wide=self.landscape)
        ids.queue.items, ids.done.items = view.lines, view.done
        ids.queue.shown, ids.nothing.shown = bool(view.lines), not view.lines
        ids.done.shown = ids.done_head.shown = bool(view.done)
        ids.rest.shown = not view.done
        for words, msgid in (
            (ids.nothing, say.NOTHING),
            (ids.done_head, say.DONE),
            (ids.scan, say.SCAN),
            (ids.close, say.CLOSE),
            (ids.back, say.EARLIER),
            (ids.on, say.LATER),
        ):
            words.text = hand.word(msgid)
        self._fill_cases(view, hand)
        self._fill_notice(view.notice)
        self._fill_marks(view)

    def turn(self, *, landscape: bool) -> None:
        """The notice beside the queue where the window is wide."""
        super().turn(landscape=landscape)
        self.ids.body.across = landscape
        # Upright there is no room for everything side by side: the buttons stand below.
        self.ids.queue.cell_high = 124 if landscape else 206

    def place(self, box: Box, metrics: Metrics) -> None:
        """Lay out, with buttons to turn pages only where there are several."""
        queue, ids = self.ids.queue, self.ids
        self._place_marks(box.w, metrics)
        ids.pager.shown = False
        super().place(box, metrics)
        if queue.pages == 1:
            return
        ids.pager.shown = True
        super().place(box, metrics)
        self._find_highlighted()
        ids.page.text = f"{queue.page + 1}/{queue.pages}"
        super().place(box, metrics)

    def tick(self) -> bool:
        """Say how old the information is."""
        view = self.view
        if view is None:
            return False
        return self._fill_marks(view)

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """The mouse's wheel turns pages."""
        if touch.is_mouse_scrolling:
            self._turn(1 if touch.button == "scrollup" else -1)
            return True
        return bool(super().on_touch_down(touch))

    def _find_highlighted(self) -> None:
        """Turn to the page of the order whose code was scanned, once."""
        view, queue = self.view, self.ids.queue
        scan = None if view is None or view.notice is None else view.notice.scan
        if view is None or scan is None or scan == self._found:
            return
        self._found = scan
        places = [index for index, line in enumerate(view.lines) if line.highlighted]
        if places:
            queue.page = places[0] // queue.room

    def _back_to_the_most_urgent(self) -> None:
        """Where the queue was turned to an order that is done with."""
        if self._found is not None:
            self._found, self.ids.queue.page = None, 0

    def _fill_cases(self, view: DeskView, hand: Hand) -> None:
        for index in range(_CASES):
            row: CaseRow = self.ids[f"case{index}"].__self__
            row.shown = index < len(view.cases)
            if row.shown:
                row.tell(hand, view.cases[index])
        more = len(view.cases) - _CASES
        self.ids.more_cases.shown = more > 0
        self.ids.more_cases.text = hand.count(say.MORE_CALLS, more) if more > 0 else ""

    def _fill_notice(self, notice: DeskNotice | None) -> None:
        ids = self.ids
        ids.notice.shown, ids.invite.shown = notice is not None, notice is None
        if notice is None:
            self._back_to_the_most_urgent()
            return
        step = notice.step
        colours = TONES[Tone.WAIT if step is None else step.tone]
        ids.notice.fill = ids.disc.ground = colours.ground
        ids.disc.name, ids.disc.ink = colours.icon, colours.ink
        for words in (ids.headline, ids.detail, ids.next):
            words.ink = colours.ink
        ids.headline.text = notice.text if step is None else step.headline
        ids.detail.text = "" if step is None else step.detail
        ids.next.text = "" if step is None else " ".join(part for part in (step.lead, step.place) if part)
        ids.detail.shown, ids.next.shown = bool(ids.detail.text), bool(ids.next.text)

    def _fill_marks(self, view: DeskView) -> bool:
        hand = Hand(self.tools.texts, view.lang, self.tools.send)
        age = timeleft.age(self.tools.texts, view.lang, view.freshness, self.tools.clock)
        changed = [marks.tell(hand, view, age) for marks in (self.ids.beside, self.ids.below)]
        return any(changed)

    def _place_marks(self, width: float, metrics: Metrics) -> None:
        """In the header where they have room beside the title, else below it."""
        beside, below = self.ids.beside, self.ids.below
        beside.shown = self.landscape and beside.told
        left, _, right, _ = self.pad
        if beside.shown and self.ids.head.natural(metrics) > width - metrics.px(left + right):
            beside.shown = False
        below.shown = below.told and not beside.shown

    def _next_language(self) -> None:
        view = self.view
        if view is not None and view.lang in view.langs:
            index = (view.langs.index(view.lang) + 1) % len(view.langs)
            self.tools.send(ChooseLanguage(view.langs[index]))

    def _turn(self, step: int) -> None:
        queue = self.ids.queue
        queue.page = min(max(0, queue.page + step), queue.pages - 1)
        self.tools.refit()


load_rules(__file__)
