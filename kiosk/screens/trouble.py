"""Nothing can be answered here at present: say so, and what to do instead."""

from kiosk.i18n import N_
from kiosk.model.ids import Lang
from kiosk.model.view import Trouble
from kiosk.screens.screen import Screen, load_rules

_ELSEWHERE = N_("Please go to the desk or use another screen.")
_WORDS = {
    Trouble.NO_CONTENT: (
        N_("This screen is not ready yet"),
        N_("For staff: no content has arrived. Check that the agent runs and that the hub has published a pack."),
    ),
    Trouble.NOT_IN_PACK: (
        N_("This screen is not set up"),
        N_("For staff: the content pack does not name this device. Add it as a touchpoint and publish the pack anew."),
    ),
    Trouble.NO_CAMERA: (N_("The camera does not work"), N_("For staff: check the camera's plug, then restart.")),
    Trouble.CAMERA_FROZEN: (N_("The camera has stopped"), N_("For staff: check the camera's plug, then restart.")),
    Trouble.CAMERA_BLIND: (
        N_("The camera sees nothing"),
        N_("For staff: uncover the camera or switch the light on."),
    ),
    Trouble.NO_SCANNER: (N_("The scanner does not work"), N_("For staff: check the scanner's plug.")),
}
TOTAL = frozenset({Trouble.NO_CONTENT, Trouble.NOT_IN_PACK})
"""Troubles that leave nothing to show at all."""


class TroubleScreen(Screen[tuple[Trouble, Lang]]):
    """What is wrong, what a visitor does, and what the staff do."""

    name = "trouble"

    def fill_in(self, view: tuple[Trouble, Lang]) -> None:
        """Put the words for a trouble into their places."""
        trouble, lang = view
        problem, staff = _WORDS[trouble]
        self.ids.problem.text = self.say(lang, problem)
        self.ids.todo.text = self.say(lang, _ELSEWHERE)
        self.ids.staff.text = self.say(lang, staff)


load_rules(__file__)
