"""This device belongs to no fleet: a code for those who may let it in, and a word for everybody else."""

from kiosk.i18n import N_
from kiosk.model.command import ChooseLanguage
from kiosk.model.identity import Standing
from kiosk.model.view import ClaimView
from kiosk.screens.screen import Screen, load_rules
from kiosk.screens.widgets.languages import LanguageGrid
from kiosk.screens.widgets.qr import QrCode

__all__ = ["ClaimScreen", "LanguageGrid", "QrCode"]

_TITLE = {
    Standing.UNCLAIMED: N_("This screen is new here"),
    Standing.CLAIMED: N_("This screen is new here"),
    Standing.REMOVED: N_("This screen was taken out of service"),
    Standing.EXPIRED: N_("This screen was away for too long"),
}
_VISITOR = N_("Please go to the desk or use another screen.")
_STAFF = N_("For staff: let it in with this code, in the hub's console or with “opas fleet claim”.")
_KEPT = N_("What happened here is kept and sent once it is let in again.")
_GOOD_FOR = N_("The code changes every quarter of an hour.")
_WAIT = N_("For staff: it is asking the hub for a code. If this lasts, check that the agent runs.")
_TROUBLE = N_("For staff: no code can be had from the hub at present.")
_HUB, _KEY = N_("Hub"), N_("Key")


class ClaimScreen(Screen[ClaimView]):
    """Title, QR code and code, what to do."""

    name = "claim"

    def fill_in(self, view: ClaimView) -> None:
        """Put the code and the words into their places."""
        ids, lang = self.ids, view.lang
        ids.title.text = self.say(lang, _TITLE[view.standing])
        ids.visitor.text = self.say(lang, _VISITOR)
        ids.qr.text, ids.code.text = view.scanned, view.code
        ids.qr.shown = ids.code.shown = ids.shown_code.shown = bool(view.code)
        ids.staff.text = self._for_staff(view)
        ids.problem.text = f"{view.problem} {view.todo}".strip()
        ids.problem.shown = bool(view.problem)
        told = [f"{self.say(lang, _HUB)} {view.hub}"] if view.hub else []
        told += [f"{self.say(lang, _KEY)} {view.key}"] if view.key else []
        ids.facts.text = " · ".join(told)
        ids.languages.offer(view.langs, lang, lambda chosen: self.tools.send(ChooseLanguage(chosen)))
        ids.languages.shown = len(view.langs) > 1

    def turn(self, *, landscape: bool) -> None:
        """The code beside the words where the window is wide."""
        super().turn(landscape=landscape)
        self.across = landscape
        self.gap = 80 if landscape else 36
        self.ids.top.shown = self.ids.bottom.shown = not landscape

    def _for_staff(self, view: ClaimView) -> str:
        if not view.code:
            return self.say(view.lang, _TROUBLE if view.problem else _WAIT)
        texts = [_STAFF, _GOOD_FOR, *([] if view.standing is Standing.UNCLAIMED else [_KEPT])]
        return " ".join(self.say(view.lang, text) for text in texts)


load_rules(__file__)
