"""The rows of the desk: an order in the queue, a call for help, an order handed over."""

from collections.abc import Callable

from kiosk.i18n import Texts, own_name
from kiosk.model.case import CaseKind
from kiosk.model.command import CloseCase, Command, TakeCase
from kiosk.model.ids import Lang
from kiosk.model.order import PromiseState
from kiosk.model.step import Tone
from kiosk.model.view import CaseLine, DeskLine, DeskView, OrderAct
from kiosk.screens import deskwords as say
from kiosk.screens.theme import BLUE, CARD, EDGE, INK, MUTED, TONES
from kiosk.screens.widgets.action import Action
from kiosk.screens.widgets.flow import Row
from kiosk.screens.widgets.panel import Panel
from kiosk.screens.widgets.wrapping import unbroken

_QUIET = "#E8ECF3"
_CHIP, _CHIP_UPRIGHT = 19.0, 26.0
_HIGHLIGHT = "#E3EDFF"
_OVER = frozenset({PromiseState.KEPT, PromiseState.KEPT_LATE, PromiseState.WITHDRAWN})


class Hand:
    """What rows need to speak and to act: the words of one language, and where commands go."""

    def __init__(self, texts: Texts, lang: Lang, send: Callable[[Command], None]) -> None:
        self._texts = texts
        self._lang = lang
        self.send = send

    def word(self, msgid: str) -> str:
        """A word."""
        return self._texts.get(self._lang, msgid)

    def count(self, words: tuple[str, str], n: int) -> str:
        """Words for a number."""
        return self._texts.plural(self._lang, *words, n)

    def arm(self, button: Action, act: OrderAct, line: DeskLine) -> None:
        """Make `button` do `act` to an order."""
        msgid, icon, _ = say.ACTS[act]
        command = say.command_for(act, line.order)
        button.text, button.icon = self.word(msgid), icon
        button.key = f"{act.value}-{line.number}"
        button.act = lambda: self.send(command)


class OrderRow(Row, Panel):
    """One order in the queue: time left, number, whose, what, how far, and what can be done."""

    def tell(self, hand: Hand, line: DeskLine, *, wide: bool) -> None:
        """Show `line`, all of it side by side where the window is `wide`."""
        ids = self.ids
        ids.number.text, ids.customer.text = line.number, line.customer
        # A count stays in one line with what is counted.
        ids.articles.text = line.articles.replace(" × ", "\u00a0×\u00a0")
        ids.halves.across = wide
        ids.chip.share = _CHIP if wide else _CHIP_UPRIGHT
        ids.state.text = hand.word(_state(line))
        notes = [hand.word(say.ARRIVED)] if line.arrived else []
        notes += [hand.word(say.READY_LATER) % {"time": line.later}] if line.later else []
        ids.here.shown, ids.arrived.text = bool(notes), " · ".join(notes)
        ids.mark.name = "person" if line.arrived else "time"
        ids.state.valign = "bottom" if notes else "middle"
        self.fill, self.edge = (_HIGHLIGHT, BLUE) if line.highlighted else (CARD, EDGE)
        self.border = 5.0 if line.highlighted else 2.0
        self._tell_time(hand, line)
        self._tell_acts(hand, line, wide=wide)

    def _tell_acts(self, hand: Hand, line: DeskLine, *, wide: bool) -> None:
        ids = self.ids
        forward = [act for act in line.acts if act is not OrderAct.UNDO]
        buttons = ids.forward, ids.beside
        for turn, button in enumerate(buttons):
            button.shown = turn < len(forward)
            if button.shown:
                hand.arm(button, forward[turn], line)
        if wide and ids.beside.shown:
            # Side by side the words need all the room.
            ids.forward.icon = ids.beside.icon = ""
        ids.undo.shown = OrderAct.UNDO in line.acts
        ids.no_undo.shown = not ids.undo.shown
        if ids.undo.shown:
            hand.arm(ids.undo, OrderAct.UNDO, line)
            # The arrow alone says it; the words are for those who have room.
            ids.undo.text = "" if wide else ids.undo.text

    def _tell_time(self, hand: Hand, line: DeskLine) -> None:
        ids = self.ids
        if line.faulty and not line.call:
            # Its customer stands here: it is to be settled at once, or promised.
            ids.chip.fill, ids.left.ink = TONES[Tone.WAIT].ground, TONES[Tone.WAIT].ink
            ids.left.text, ids.promise.text = hand.word(say.NOW), ""
            return
        words, tone = say.PROMISES[line.promise]
        ids.promise.text = unbroken(hand.word(words) % {"time": line.due})
        ids.chip.fill = _QUIET if tone is None else TONES[tone].ground
        ids.left.ink = ids.promise.ink = INK if tone is None else TONES[tone].ink
        if line.promise in _OVER:
            ids.left.text = "✓" if line.promise is not PromiseState.WITHDRAWN else "–"
        elif line.minutes_left > 0:
            ids.left.text = unbroken(hand.count(say.LEFT, line.minutes_left))
        elif line.promise is PromiseState.BROKEN and line.minutes_left < 0:
            ids.left.text = unbroken(hand.count(say.LATE, -line.minutes_left))
        else:
            ids.left.text = hand.word(say.NOW)


def _state(line: DeskLine) -> str:
    if line.call:
        return say.CALL_PROMISED
    return say.FAULTY if line.faulty else say.STATES[line.state]


class CaseRow(Row, Panel):
    """A call for help, or something else that waits for an answer: what, where, since when, and who takes it."""

    def tell(self, hand: Hand, line: CaseLine) -> None:
        """Show `line`."""
        ids, help_called = self.ids, line.kind is CaseKind.QUESTION
        ids.bell.name = "bell" if help_called else "warning"
        what = hand.word(say.CASES.get((line.kind, line.of), say.KINDS[line.kind]))  # type: ignore[arg-type]
        ids.place.text = line.place if help_called else ": ".join(part for part in (what, line.about) if part)
        parts = [] if line.lang is None else [own_name(line.lang)]
        parts += [] if help_called else [line.place]
        ids.since.text = " · ".join([*parts, self._since(hand, line)])
        ids.act.text = hand.word(say.SOLVED if line.in_hand else say.GO_THERE if help_called else say.TAKE_IT)
        ids.act.icon = "check" if line.in_hand else "walk" if help_called else "person"
        ids.act.key = f"case-{line.case}"
        command = CloseCase(line.case) if line.in_hand else TakeCase(line.case)
        ids.act.act = lambda: hand.send(command)

    @staticmethod
    def _since(hand: Hand, line: CaseLine) -> str:
        if line.kind is CaseKind.QUESTION:
            return hand.word(say.ON_THE_WAY) if line.in_hand else hand.count(say.SINCE, line.minutes)
        return hand.word(say.IN_HAND) if line.in_hand else hand.count(say.OPEN_FOR, line.minutes)


class DoneRow(Row, Panel):
    """An order that was handed over: it can still be taken back, or something in it is faulty."""

    def tell(self, hand: Hand, line: DeskLine, *, wide: bool) -> None:
        """Show `line`; where the window is `wide` there is room for one button with words."""
        ids = self.ids
        ids.number.text, ids.customer.text = line.number, line.customer
        ids.customer.ink = MUTED
        for button, act in ((ids.undo, OrderAct.UNDO), (ids.faulty, OrderAct.FAULTY)):
            button.shown = act in line.acts
            if button.shown:
                hand.arm(button, act, line)
        ids.undo.text = "" if wide and ids.faulty.shown else ids.undo.text


class DeskMarks(Row):
    """What is not as it should be: the camera, the way to the hub, the age of the information."""

    @property
    def told(self) -> bool:
        """Whether there is anything to say."""
        return any(mark.text for mark in (self.ids.trouble, self.ids.waiting, self.ids.age))

    def tell(self, hand: Hand, view: DeskView, age: str) -> bool:
        """Show the marks that apply. Whether that changed anything."""
        trouble = "" if view.trouble is None else hand.word(say.TROUBLES.get(view.trouble, ""))
        waiting = hand.count(say.WAITING, view.waiting_events) if view.waiting_events else ""
        words = ((self.ids.trouble, trouble), (self.ids.waiting, waiting), (self.ids.age, age))
        changed = [mark.tell(text) for mark, text in words]
        return any(changed)
