"""The answer to one scan at a kiosk: what it came to, the one next step, the way there, the time left."""

import math
from functools import partial

from kivy.input.motionevent import MotionEvent

from kiosk.i18n import N2_, N_
from kiosk.model.command import CallHelp, ChooseLanguage, DeclineOffer, EndVisit, EnlargeText, KeepScreen, ReadAloud
from kiosk.model.ids import Lang
from kiosk.model.step import ActionKind, OfferShown, PickupLine, Step
from kiosk.model.view import AnswerView
from kiosk.screens import timeleft
from kiosk.screens.screen import Screen, Tools, load_rules
from kiosk.screens.theme import OFFER, TONES, Metrics
from kiosk.screens.widgets.band import Band
from kiosk.screens.widgets.cell import Box
from kiosk.screens.widgets.floor import Floor
from kiosk.screens.widgets.flow import Row
from kiosk.screens.widgets.languages import LanguageGrid
from kiosk.screens.widgets.mark import Mark
from kiosk.screens.widgets.panel import Card, Panel
from kiosk.screens.widgets.turns import Led, Turns
from kiosk.screens.widgets.wrapping import unbroken

__all__ = ["AnswerScreen", "Band", "Floor", "LanguageGrid", "Led", "Mark", "Turns"]

_PICKUPS = 3
_BIG_TEXT = 1.2
_HERE = N_("You are here")
_CLEARS = N2_("This screen clears in %(n)d s · Touch to keep it", "This screen clears in %(n)d s · Touch to keep it")
_MORE = N2_("and %(n)d more", "and %(n)d more")
_MORE_TURNS = N2_("then %(n)d more turn: see the map", "then %(n)d more turns: see the map")
_HELP, _HELP_COMES = N_("Call for help"), N_("Help is coming")
_READ, _SILENT = N_("Read aloud"), N_("Stop reading")
_LARGER, _NORMAL = N_("Larger text"), N_("Normal text")
_LANGUAGE, _DONE = N_("Language"), N_("Done")
_NOT_FOR_ME = N_("Not for me")
_LARGEST = 1.6
_FEW_TURNS = 2
_HIGH = 1.75
"""Upright windows that are lower, for their width, have room for less."""


class PickupCard(Row, Card):
    """The state of one pickup."""

    def tell(self, line: PickupLine) -> None:
        """Show `line`."""
        colours = TONES[line.tone]
        self.ids.number.text = line.number
        self.ids.state.text, self.ids.state.ink = line.state, colours.on_white
        self.ids.icon.name, self.ids.icon.ink = colours.icon, colours.on_white
        self.ids.detail.text, self.ids.detail.shown = line.detail, bool(line.detail)


class OfferStrip(Row, Panel):
    """A suggestion with its reason, and one button against it; plainly less than the step above."""

    fill = OFFER
    radius = 28.0

    def tell(self, offer: OfferShown | None, not_for_me: str) -> None:
        """Show `offer`."""
        self.shown = offer is not None
        self.ids.text.text = "" if offer is None else offer.text
        self.ids.why.text = "" if offer is None else offer.why
        self.ids.decline.text = not_for_me


class AnswerScreen(Screen[AnswerView]):
    """Colour, icon and words first; then one card with the step, one with the way, and what can be asked for."""

    name = "answer"
    ticks = 1.0

    def __init__(self, tools: Tools) -> None:
        self._choosing = self._low = False
        super().__init__(tools)
        send, ids = tools.send, self.ids
        ids.help.act = lambda: send(CallHelp())
        ids.read.act = lambda: send(ReadAloud())
        ids.larger.act = lambda: send(EnlargeText())
        ids.language.act = self._open_languages
        ids.strip.ids.decline.act = lambda: send(DeclineOffer())
        ids.done.act = lambda: send(EndVisit())

    def changes_person(self, before: AnswerView, after: AnswerView) -> bool:
        """Another scan is another person."""
        return before.scan != after.scan

    def fill_in(self, view: AnswerView) -> None:
        """Put the step's words into their places."""
        step = view.step
        self.ids.band.answer(step.tone, step.headline, step.detail)
        self._fill_next(step, view.text_scale)
        self._fill_route(step, view.text_scale)
        self.ids.strip.tell(step.offer, self.say(step.lang, _NOT_FOR_ME))
        self._fill_actions(view)
        self._arrange(view)
        self.tick()

    def turn(self, *, landscape: bool) -> None:
        """Side by side where the window is wide."""
        super().turn(landscape=landscape)
        self.ids.middle.across = landscape
        self.ids.actions.columns = self.ids.languages.columns = 4 if landscape else 2

    def place(self, box: Box, metrics: Metrics) -> None:
        """Lay out, with as many pickups as the window has room for."""
        self._low = box.h < _HIGH * box.w
        if self.view is not None:
            self._fill_pickups(self.view.step, self.view.text_scale)
        super().place(box, metrics)

    def tick(self) -> bool:
        """Count down to the deadline and to the clearing of the screen."""
        view = self.view
        if view is None:
            return False
        lang, texts, now = view.step.lang, self.tools.texts, self.tools.clock.now()
        seconds = max(0, math.ceil((view.clears_at - now.mono_ms) / 1000))
        left = "" if view.step.deadline is None else timeleft.until(texts, lang, view.step.deadline - now.wall_ms)
        changed = (texts.plural(lang, *_CLEARS, seconds), left) != (self.ids.clears.text, self.ids.left.text)
        self.ids.clears.text = texts.plural(lang, *_CLEARS, seconds)
        self.ids.left.text, self.ids.left.shown = left, bool(left)
        return self.ids.mark.tell(timeleft.age(texts, lang, view.freshness, self.tools.clock)) or changed

    def leave(self) -> None:
        """Forget the person."""
        self._choosing = False
        super().leave()

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """A touch beside all buttons means: I am still reading."""
        if super().on_touch_down(touch):
            return True
        if not self.collide_point(*touch.pos):
            return False
        self.tools.send(KeepScreen())
        return True

    def _fill_next(self, step: Step, scale: float) -> None:
        ids = self.ids
        ids.lead.text, ids.place.text, ids.when.text, ids.why.text = (
            step.lead,
            unbroken(step.place),
            step.when,
            step.why,
        )
        ids.when.shown, ids.lead.shown = bool(step.when), bool(step.lead)
        ids.told.shown = bool(step.lead or step.when)
        ids.goal.shown = bool(step.place or step.deadline is not None)
        ids.because.shown = bool(step.why) and not (self.landscape and scale > _BIG_TEXT and step.pickups)
        ids.next.shown = bool(step.lead or step.place or step.when or step.why)

    def _fill_pickups(self, step: Step, scale: float) -> None:
        big = scale > _BIG_TEXT
        room = _PICKUPS - self.landscape - big
        if _long(step) and not self.landscape and (big or self._low):
            # With more of them nothing on the map could be read.
            room = 1
        for index in range(_PICKUPS):
            card: PickupCard = self.ids[f"pickup{index}"].__self__
            card.shown = index < min(room, len(step.pickups))
            if card.shown:
                card.tell(step.pickups[index])
        more = len(step.pickups) - room
        self.ids.more.shown = more > 0
        self.ids.more.text = self.tools.texts.plural(step.lang, *_MORE, more) if more > 0 else ""

    def _fill_route(self, step: Step, scale: float) -> None:
        ids = self.ids
        ids.route.shown = step.way is not None
        ids.floor.way = step.way
        turns = () if step.way is None else step.way.turns
        # Side by side with the map the step has room below itself, unless more than it is to be told, or in large type.
        more_told = step.pickups or step.why or step.offer
        beside = self.landscape and not more_told and scale <= _BIG_TEXT
        more = partial(self.tools.texts.plural, step.lang, *_MORE_TURNS)
        ids.turns.tell(() if beside else turns, more)
        ids.beside.tell(turns if beside else (), more)
        ids.way.text = "" if step.way is None else unbroken(step.way.text)
        ids.floor.here = self.say(step.lang, _HERE)
        ids.floor.there = unbroken(step.place)

    def _fill_actions(self, view: AnswerView) -> None:
        ids, lang, offered = self.ids, view.step.lang, view.step.actions
        ids.help.text = self.say(lang, _HELP_COMES if view.help_called else _HELP)
        ids.help.style = "going" if view.help_called else "outline"
        ids.help.icon = "done" if view.help_called else "help"
        ids.read.text = self.say(lang, _SILENT if view.speaking else _READ)
        ids.read.icon = "silent" if view.speaking else "speak"
        ids.read.style = "going" if view.speaking else "outline"
        ids.larger.text = self.say(lang, _NORMAL if view.text_scale >= _LARGEST else _LARGER)
        ids.language.text, ids.done.text = self.say(lang, _LANGUAGE), self.say(lang, _DONE)
        for kind, button in (
            (ActionKind.CALL_HELP, ids.help),
            (ActionKind.READ_ALOUD, ids.read),
            (ActionKind.LARGER_TEXT, ids.larger),
            (ActionKind.LANGUAGE, ids.language),
        ):
            button.shown = kind in offered
        ids.languages.offer(view.langs, lang, self._choose)
        ids.languages.shown, ids.actions.shown = self._choosing, bool(offered) and not self._choosing

    def _arrange(self, view: AnswerView) -> None:
        """With a way the map takes the spare room; without one the words do, and are larger for it."""
        ids, calm = self.ids, view.step.way is None
        big = view.text_scale > _BIG_TEXT
        ids.band.grow, ids.middle.grow = (2.0, 1.0) if calm else (0.0, 1.0)
        ids.facts.share, ids.facts.grow = 1.0, 1.0 if calm else 0.0
        ids.next.grow = 1.0 if calm or self.landscape else 0.0
        # A long way is told in more words: what stands above gives them the room that its own do not need.
        long = _long(view.step)
        ids.band.high = 240 if self.landscape else 320 if long else 440
        ids.floor.lowest = 280 if long and not self.landscape else 200
        ids.place.px = 96 if (self.landscape and not calm) or (big and long) else 120
        ids.left.px = 44 if big and long else 52
        ids.band.headline_px, ids.band.detail_px = (128.0, 60.0) if calm else (92.0, 48.0)
        ids.band.stack(down=calm and not self.landscape)
        ids.band.disc.px = 150 if big and (self.landscape or long) else 208

    def _open_languages(self) -> None:
        self._choosing = True
        self.tools.send(KeepScreen())
        self._refill()

    def _choose(self, lang: Lang) -> None:
        self._choosing = False
        self.tools.send(ChooseLanguage(lang))
        self._refill()

    def _refill(self) -> None:
        if self.view is not None:
            self.fill_in(self.view)
            self.tools.refit()


def _long(step: Step) -> bool:
    """Whether the way is told in more turns than fit beside everything else."""
    return step.way is not None and len(step.way.turns) > _FEW_TURNS


load_rules(__file__)
