"""The rows of the desk: an order in the queue, a call for help, an order handed over."""

from collections.abc import Callable

from kiosk.i18n import Texts, own_name
from kiosk.model.command import CloseCase, Command, TakeCase
from kiosk.model.ids import Lang
from kiosk.model.order import PromiseState
from kiosk.model.view import CaseLine, DeskLine, DeskView, OrderAct
from kiosk.screens import deskwords as say
from kiosk.screens.theme import BLUE, CARD, EDGE, INK, MUTED, TONES
from kiosk.screens.widgets.action import Action
from kiosk.screens.widgets.flow import Row
from kiosk.screens.widgets.panel import Panel

_QUIET = "#E8ECF3"
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

    def tell(self, hand: Hand, line: DeskLine) -> None:
        """Show `line`."""
        ids = self.ids
        ids.number.text, ids.customer.text = line.number, line.customer
        # A count stays in one line with what is counted.
        ids.articles.text = line.articles.replace(" × ", "\u00a0×\u00a0")
        ids.state.text = hand.word(say.STATES[line.state])
        ids.here.shown, ids.arrived.text = line.arrived, hand.word(say.ARRIVED) if line.arrived else ""
        ids.state.valign = "bottom" if line.arrived else "middle"
        self.fill, self.edge = (_HIGHLIGHT, BLUE) if line.highlighted else (CARD, EDGE)
        self.border = 5.0 if line.highlighted else 2.0
        self._tell_time(hand, line)
        forward = [act for act in line.acts if act is not OrderAct.UNDO]
        ids.forward.shown, ids.undo.shown = bool(forward), OrderAct.UNDO in line.acts
        ids.no_undo.shown = not ids.undo.shown
        if forward:
            hand.arm(ids.forward, forward[0], line)
        if ids.undo.shown:
            hand.arm(ids.undo, OrderAct.UNDO, line)

    def _tell_time(self, hand: Hand, line: DeskLine) -> None:
        ids = self.ids
        words, tone = say.PROMISES[line.promise]
        ids.promise.text = hand.word(words) % {"time": line.due}
        ids.chip.fill = _QUIET if tone is None else TONES[tone].ground
        ids.left.ink = ids.promise.ink = INK if tone is None else TONES[tone].ink
        if line.promise in _OVER:
            ids.left.text = "✓" if line.promise is not PromiseState.WITHDRAWN else "–"
        elif line.minutes_left > 0:
            ids.left.text = hand.count(say.LEFT, line.minutes_left)
        elif line.promise is PromiseState.BROKEN and line.minutes_left < 0:
            ids.left.text = hand.count(say.LATE, -line.minutes_left)
        else:
            ids.left.text = hand.word(say.NOW)


class CaseRow(Row, Panel):
    """A call for help: where, in which language, since when, and who goes."""

    def tell(self, hand: Hand, line: CaseLine) -> None:
        """Show `line`."""
        ids = self.ids
        ids.place.text = line.place
        since = hand.word(say.ON_THE_WAY) if line.in_hand else hand.count(say.SINCE, line.minutes)
        ids.since.text = " · ".join([*([] if line.lang is None else [own_name(line.lang)]), since])
        ids.act.text = hand.word(say.SOLVED if line.in_hand else say.GO_THERE)
        ids.act.icon = "check" if line.in_hand else "walk"
        ids.act.key = f"case-{line.case}"
        command = CloseCase(line.case) if line.in_hand else TakeCase(line.case)
        ids.act.act = lambda: hand.send(command)


class DoneRow(Row, Panel):
    """An order that was handed over and can still be taken back."""

    def tell(self, hand: Hand, line: DeskLine) -> None:
        """Show `line`."""
        ids = self.ids
        ids.number.text, ids.customer.text = line.number, line.customer
        ids.customer.ink = MUTED
        ids.undo.shown = OrderAct.UNDO in line.acts
        if ids.undo.shown:
            hand.arm(ids.undo, OrderAct.UNDO, line)


class DeskMarks(Row):
    """What is not as it should be: the camera, the way to the hub, the age of the information."""

    def tell(self, hand: Hand, view: DeskView, age: str) -> bool:
        """Show the marks that apply. Whether that changed anything."""
        trouble = "" if view.trouble is None else hand.word(say.TROUBLES.get(view.trouble, ""))
        waiting = hand.count(say.WAITING, view.waiting_events) if view.waiting_events else ""
        words = ((self.ids.trouble, trouble), (self.ids.waiting, waiting), (self.ids.age, age))
        changed = [mark.tell(text) for mark, text in words]
        self.shown = any(text for _, text in words)
        return any(changed)
