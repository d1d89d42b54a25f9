"""What every screen is: built once, filled with a view, wiped when left."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from kivy.lang import Builder

from kiosk.i18n import Texts
from kiosk.model.clock import Clock
from kiosk.model.command import Command
from kiosk.model.ids import Lang
from kiosk.screens.theme import GROUND
from kiosk.screens.widgets.cell import wipe
from kiosk.screens.widgets.panel import Panel

V = TypeVar("V")


@dataclass(frozen=True)
class Tools:
    """What screens work with. `refit` asks for a new layout of the shown screen, `clear` sets the window's own ground."""

    texts: Texts
    clock: Clock
    send: Callable[[Command], None]
    refit: Callable[[], None]
    clear: Callable[[str], None]


class Screen(Panel, Generic[V]):
    """One screen. `name` is what pilots and pictures call it.

    `ticks` is how often, in seconds, `tick` wants to be called while the screen is shown; 0 is never.
    """

    name = ""
    ticks = 0.0
    radius = 0.0
    fill = ""
    ground = GROUND
    """What the window is cleared with before the screen is drawn: that costs nothing, painting it does."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools
        self.view: V | None = None
        self.landscape = False
        super().__init__()

    def show(self, view: V) -> None:
        """Take up a view. The stage lays the screen out afterwards."""
        if self.view is not None and self.changes_person(self.view, view):
            self.leave()
        self.view = view
        self.fill_in(view)

    def changes_person(self, before: V, after: V) -> bool:
        """Whether `after` may be for somebody else, who must find nothing of the one before."""
        return False

    def fill_in(self, view: V) -> None:
        """Put the view's words into their places."""

    def turn(self, *, landscape: bool) -> None:
        """Be arranged for a wide or a high window."""
        self.landscape = landscape

    def tick(self) -> bool:
        """Update what depends on the time. Whether that changed anything."""
        return False

    def leave(self) -> None:
        """Forget everything of the view."""
        self.view = None
        wipe(self)

    def say(self, lang: Lang, msgid: str) -> str:
        """A word of the house in `lang`."""
        return self.tools.texts.get(lang, msgid)


def load_rules(module: str) -> None:
    """Load the .kv file beside a module, given its `__file__`."""
    Builder.load_file(str(Path(module).with_suffix(".kv")))
