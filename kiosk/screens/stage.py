"""The window's content: a calm first picture, then one screen at a time, each built once."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import cast

from kivy.uix.widget import Widget

from kiosk.config import Role
from kiosk.model.view import AnswerView, AttractView, BoardView, ClaimView, DeskView, View
from kiosk.screens.answer import AnswerScreen
from kiosk.screens.attract import AttractScreen
from kiosk.screens.board import BoardScreen
from kiosk.screens.claim import ClaimScreen
from kiosk.screens.desk import DeskScreen
from kiosk.screens.environment import STRIP_SHARE
from kiosk.screens.gate import GateScreen
from kiosk.screens.screen import Screen, Tools
from kiosk.screens.strip import Strip
from kiosk.screens.theme import GROUND, INK, NIGHT, NIGHT_INK, Metrics
from kiosk.screens.trouble import TOTAL, TroubleScreen
from kiosk.screens.widgets.cell import Box
from kiosk.screens.widgets.feed import Picture
from kiosk.screens.widgets.words import Words

AnyScreen = (
    Screen[AttractView] | Screen[AnswerView] | Screen[BoardView] | Screen[DeskView] | ClaimScreen | TroubleScreen
)
_SCREENS: Mapping[Role, tuple[Callable[[Tools], AnyScreen], ...]] = {
    Role.KIOSK: (AttractScreen, AnswerScreen, TroubleScreen),
    Role.GATE: (partial(AttractScreen, touch=False), GateScreen, TroubleScreen),
    Role.BOARD: (BoardScreen, TroubleScreen),
    Role.DESK: (DeskScreen, TroubleScreen),
}
_OF_VIEW: Mapping[type[View], str] = {AttractView: "attract", BoardView: "board", DeskView: "desk"}


class Stage(Widget):
    """Holds the screens of one role and shows the one that a view belongs to; a strip may stand beside it."""

    def __init__(self, role: Role, tools: Tools, strip: Strip | None) -> None:
        super().__init__()
        self._role = role
        self._tools = tools
        self._strip = strip
        self._screens: dict[str, AnyScreen] = {}
        self._scale = 1.0
        self.current: AnyScreen | None = None
        dark = role is Role.BOARD
        tools.clear(NIGHT if dark else GROUND)
        self._calm = Words(text="Opas", px=96, weight="bold", halign="center", ink=NIGHT_INK if dark else INK)
        self.add_widget(self._calm)
        if strip is not None:
            self.add_widget(strip)

    @property
    def shown(self) -> str:
        """The name of the screen that is shown, empty before the first."""
        return "" if self.current is None else self.current.name

    @property
    def screens(self) -> list[AnyScreen]:
        """All screens that are built."""
        return list(self._screens.values())

    def build(self) -> None:
        """Build the screens of this role, so that the first visitor need not wait for it."""
        if not self._screens:
            for make in _SCREENS[self._role]:
                screen = make(self._tools)
                self._screens[screen.name] = screen

    def show(self, view: View) -> None:
        """Show `view`; a screen that is left forgets all it showed, in the same frame."""
        self.build()
        if isinstance(view, ClaimView) and ClaimScreen.name not in self._screens:
            self._screens[ClaimScreen.name] = ClaimScreen(self._tools)
        name, shown = self._belongs(view)
        self._change(name)
        self._scale = view.text_scale if isinstance(view, (AttractView, AnswerView)) else 1.0
        if self.current is not None:
            self.current.turn(landscape=self._wide())
            # `_belongs` has just found the screen for this kind of view.
            cast(Screen[object], self.current).show(shown)
            self._tools.clear(self.current.ground)
        self.fit()

    def picture(self, picture: Picture) -> None:
        """Show what the camera sees, where that is shown at all."""
        if isinstance(self.current, AttractScreen):
            self.current.preview(picture)

    def tick(self) -> float:
        """Let the shown screen update what depends on the time. When it wants to again, in seconds."""
        if self.current is not None and self.current.tick():
            self.fit()
        return self.ticks

    @property
    def ticks(self) -> float:
        """How often the shown screen wants to update, in seconds; 0 for never."""
        return 0.0 if self.current is None else self.current.ticks

    def fit(self) -> None:
        """Lay everything out for the window as it is now."""
        width, height = self.size
        if self._strip is not None:
            width -= self._strip.take(Box(self.x, self.y, width, height))
        if min(width, height) <= 0:
            return
        metrics = Metrics.of(width, height, self._scale)
        box = Box(self.x, self.y, width, height)
        if self.current is None:
            self._calm.place(box, metrics)
            return
        self.current.turn(landscape=self._wide())
        self.current.place(box, metrics)

    def _belongs(self, view: View) -> tuple[str, object]:
        """The screen that a view belongs to, and what that screen shows of it."""
        if isinstance(view, AnswerView):
            return "gate" if self._role is Role.GATE else "answer", view
        if isinstance(view, ClaimView):
            return ClaimScreen.name, view
        if view.trouble in TOTAL:
            return "trouble", (view.trouble, view.lang)
        return _OF_VIEW[type(view)], view

    def _wide(self) -> bool:
        left = self.width * (1 - STRIP_SHARE) if self._strip is not None else self.width
        return bool(left > self.height)

    def _change(self, name: str) -> None:
        screen = self._screens[name]
        if screen is self.current:
            return
        left, self.current = self.current, screen
        self._calm.clear()
        self.remove_widget(self._calm if left is None else left)
        if left is not None:
            left.leave()
        self.add_widget(screen, index=len(self.children))
