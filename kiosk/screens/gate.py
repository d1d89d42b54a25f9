"""The answer at a gate: one colour, one icon, a few words, to be read while walking, from 3 m away."""

import math

from kiosk.i18n import N2_
from kiosk.model.view import AnswerView
from kiosk.screens import timeleft
from kiosk.screens.screen import Screen, load_rules
from kiosk.screens.theme import TONES
from kiosk.screens.widgets.mark import Disc, Mark
from kiosk.screens.widgets.wrapping import unbroken

__all__ = ["Disc", "GateScreen", "Mark"]

_NEXT_IN = N2_("Next person in %(n)d second", "Next person in %(n)d seconds")


class GateScreen(Screen[AnswerView]):
    """A full screen of the tone's colour."""

    name = "gate"
    ticks = 1.0

    def changes_person(self, before: AnswerView, after: AnswerView) -> bool:
        """Another scan is another person."""
        return before.scan != after.scan

    def fill_in(self, view: AnswerView) -> None:
        """Put the step's words into their places."""
        step, ids = view.step, self.ids
        colours = TONES[step.tone]
        self.ground = ids.disc.ground = colours.ground
        ids.disc.name, ids.disc.ink = colours.icon, colours.ink
        for words in (ids.headline, ids.detail, ids.next, ids.clears):
            words.ink = colours.ink
        ids.headline.text, ids.detail.text = step.headline, step.detail
        ids.detail.shown = bool(step.detail)
        ids.headline.valign = "bottom" if step.detail else "middle"
        ids.next.text = " ".join(part for part in (step.lead, unbroken(step.place)) if part)
        ids.next.shown = bool(ids.next.text)
        self.tick()

    def turn(self, *, landscape: bool) -> None:
        """The icon beside the words, or above them."""
        super().turn(landscape=landscape)
        ids = self.ids
        ids.told.across = landscape
        ids.disc.px = 460 if landscape else 520
        for words in (ids.headline, ids.detail):
            words.halign = "left" if landscape else "center"

    def tick(self) -> bool:
        """Count down to the next person."""
        view = self.view
        if view is None:
            return False
        texts, clock, lang = self.tools.texts, self.tools.clock, view.step.lang
        seconds = max(0, math.ceil((view.clears_at - clock.now().mono_ms) / 1000))
        words = texts.plural(lang, *_NEXT_IN, seconds)
        changed, self.ids.clears.text = words != self.ids.clears.text, words
        aged = self.ids.mark.tell(timeleft.age(texts, lang, view.freshness, clock))
        self.ids.age.shown = self.ids.mark.shown
        return bool(aged or changed)


load_rules(__file__)
