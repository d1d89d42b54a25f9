"""Nobody is here: invite to hold up a code, in the language that is chosen here."""

from kiosk.i18n import N_
from kiosk.model.command import CallHelp, ChooseLanguage, EnlargeText
from kiosk.model.hint import Hint
from kiosk.model.view import AttractView, Trouble
from kiosk.screens import timeleft
from kiosk.screens.screen import Screen, Tools, load_rules
from kiosk.screens.widgets.feed import Picture
from kiosk.screens.widgets.languages import LanguageGrid
from kiosk.screens.widgets.preview import Preview

__all__ = ["AttractScreen", "LanguageGrid", "Preview"]

_LARGER, _NORMAL, _HELP, _HELP_COMES = N_("Larger text"), N_("Normal text"), N_("Call for help"), N_("Help is coming")
_LARGEST = 1.6
_PROBLEMS = {
    Trouble.NO_CAMERA: (
        N_("The camera does not work"),
        N_("Use the scanner if there is one here, or go to the desk. The staff can see that this camera needs help."),
    ),
    Trouble.CAMERA_FROZEN: (
        N_("The camera has stopped"),
        N_("It is being started again. Wait a moment, use another kiosk, or go to the desk."),
    ),
    Trouble.CAMERA_BLIND: (
        N_("The camera sees nothing"),
        N_("Something covers it, or it is too dark here. Uncover it, use another kiosk, or go to the desk."),
    ),
    Trouble.NO_SCANNER: (
        N_("The scanner does not work"),
        N_("Use another kiosk, or go to the desk. The staff can see that this scanner needs help."),
    ),
}

_ADVICE = {
    Hint.TOO_FAR: ("closer", N_("Hold it closer")),
    Hint.TOO_NEAR: ("farther", N_("Hold it further away")),
    Hint.TOO_DARK: ("light", N_("Too dark: turn to the light")),
    Hint.GLARE: ("glare", N_("Light is reflected: tip it a little")),
    Hint.TILTED: ("upright", N_("Turn it to face the camera")),
    Hint.TURN_UP: ("brighter", N_("Turn up your screen's brightness")),
    Hint.MOVING: ("still", N_("Hold it still")),
}


class AttractScreen(Screen[AttractView]):
    """Title, preview with an aim frame, hint, languages."""

    name = "attract"
    ticks = 20.0

    def __init__(self, tools: Tools, *, touch: bool = True) -> None:
        """Without `touch` there are no buttons: a gate is passed, not used."""
        super().__init__(tools)
        self._touch = touch
        self.ids.actions.shown = touch
        self.ids.larger.act = lambda: tools.send(EnlargeText())
        self.ids.help.act = lambda: tools.send(CallHelp())

    def fill_in(self, view: AttractView) -> None:
        """Put the invitation into its place."""
        ids = self.ids
        ids.title.text = ids.title_beside.text = view.title
        ids.hint.text = view.hint
        problem = None if view.trouble is None else _PROBLEMS.get(view.trouble)
        ids.glass.shown, ids.trouble.shown = problem is None, problem is not None
        advice = None if view.advice is None or problem is not None else _ADVICE[view.advice]
        ids.invitation.shown = bool(view.hint) and problem is None and advice is None
        ids.advice.shown = advice is not None
        if advice is not None:
            ids.what.name, ids.advised.text = advice[0], self.say(view.lang, advice[1])
        if problem is not None:
            ids.problem.text, ids.todo.text = (self.say(view.lang, text) for text in problem)
        ids.languages.offer(view.langs, view.lang, lambda lang: self.tools.send(ChooseLanguage(lang)))
        ids.languages.shown = self._touch and len(view.langs) > 1
        ids.larger.text = self.say(view.lang, _NORMAL if view.text_scale >= _LARGEST else _LARGER)
        ids.help.text = self.say(view.lang, _HELP_COMES if view.help_called else _HELP)
        ids.help.style, ids.help.icon = ("going", "done") if view.help_called else ("outline", "help")
        self.tick()

    def turn(self, *, landscape: bool) -> None:
        """The preview beside the words where the window is wide."""
        super().turn(landscape=landscape)
        self.across, self.gap = landscape, 57 if landscape else 30
        self.ids.above.shown = self.ids.title_beside.shown = landscape
        self.ids.title.shown = not landscape

    def tick(self) -> bool:
        """Say how old the information is."""
        view = self.view
        if view is None:
            return False
        return bool(self.ids.mark.tell(timeleft.age(self.tools.texts, view.lang, view.freshness, self.tools.clock)))

    def preview(self, picture: Picture) -> None:
        """Show what the camera sees."""
        self.ids.preview.show(picture)


load_rules(__file__)
