"""The window's content: a calm first picture, then one screen at a time, each built once."""

from collections.abc import Callable, Mapping
from functools import partial

from kivy.graphics import Color, Rectangle
from kivy.uix.widget import Widget
from kivy.utils import get_color_from_hex

from kiosk.config import Role
from kiosk.model.view import AnswerView, AttractView, BoardView, DeskView, View
from kiosk.screens.answer import AnswerScreen
from kiosk.screens.attract import AttractScreen
from kiosk.screens.board import BoardScreen
from kiosk.screens.desk import DeskScreen
from kiosk.screens.gate import GateScreen
from kiosk.screens.screen import Screen, Tools
from kiosk.screens.strip import Strip
from kiosk.screens.theme import GROUND, INK, NIGHT, NIGHT_INK, Metrics
from kiosk.screens.trouble import TOTAL, TroubleScreen
from kiosk.screens.widgets.cell import Box
from kiosk.screens.widgets.feed import Picture
from kiosk.screens.widgets.words import Words

AnyScreen = Screen[AttractView] | Screen[AnswerView] | Screen[BoardView] | Screen[DeskView] | TroubleScreen
_SCREENS: Mapping[Role, tuple[Callable[[Tools], AnyScreen], ...]] = {
    Role.KIOSK: (AttractScreen, AnswerScreen, TroubleScreen),
    Role.GATE: (partial(AttractScreen, touch=False), GateScreen, TroubleScreen),
    Role.BOARD: (BoardScreen, TroubleScreen),
    Role.DESK: (DeskScreen, TroubleScreen),
}
_OF_VIEW = {AttractView: "attract", AnswerView: "answer", BoardView: "board", DeskView: "desk"}


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
        with self.canvas.before:
            Color(*get_color_from_hex(NIGHT if dark else GROUND))
            self._ground = Rectangle()
        self._calm = Words(text="Opas", px=96, weight="bold", halign="center", ink=NIGHT_INK if dark else INK)
        self.add_widget(self._calm)
        if strip is not None:
            self.add_widget(strip)

    @property
    def shown(self) -> str:
        """The name of the screen that is shown, empty before the first."""
        return "" if self.current is None else self.current.name

    def build(self) -> None:
        """Build the screens of this role, so that the first visitor need not wait for it."""
        if not self._screens:
            for make in _SCREENS[self._role]:
                screen = make(self._tools)
                self._screens[screen.name] = screen

    def show(self, view: View) -> None:
        """Show `view`; a screen that is left forgets all it showed, in the same frame."""
        self.build()
        trouble = None if isinstance(view, AnswerView) else view.trouble
        if trouble in TOTAL and trouble is not None and not isinstance(view, AnswerView):
            self._change("trouble")
            self._scale = 1.0
            self._fill((trouble, view.lang))
        else:
            name = _OF_VIEW[type(view)]
            self._change("gate" if name == "answer" and self._role is Role.GATE else name)
            self._scale = view.text_scale if isinstance(view, (AttractView, AnswerView)) else 1.0
            self._fill(view)
        self.fit()

    def picture(self, picture: Picture) -> None:
        """Show what the camera sees, where that is shown at all."""
        if isinstance(self.current, AttractScreen):
            self.current.preview(picture)

    def tick(self) -> float:
        """Let the shown screen update what depends on the time. When it wants to again, in seconds."""
        if self.current is None or not self.current.ticks:
            return 0.0
        self.current.tick()
        return self.current.ticks

    def fit(self) -> None:
        """Lay everything out for the window as it is now."""
        self._ground.pos, self._ground.size = self.pos, self.size
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
        self.current.turn(landscape=width > height)
        self.current.place(box, metrics)

    def _fill(self, view: object) -> None:
        if self.current is not None:
            self.current.turn(landscape=self.width > self.height)
            self.current.show(view)  # type: ignore[arg-type] - `show` has just chosen the screen for this view

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
