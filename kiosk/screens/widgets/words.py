"""Text that always fits its room, and icons. Markup is never read: what comes from outside is only ever text."""

from functools import lru_cache, partial

from kivy.core.text import Label
from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture

from kiosk.screens.theme import ICONS, INK, Metrics, rgba
from kiosk.screens.widgets.cell import Box, Cell
from kiosk.screens.widgets.wrapping import Room, Setting, set_text

_RULERS: dict[tuple[str, int], Label] = {}
"""One label for each font and size in use, to measure with. None of them ever holds a text."""


def extent_of(font: str, text: str, size: int) -> tuple[int, int]:
    """Width and height of `text` in one line."""
    ruler = _RULERS.get((font, size))
    if ruler is None:
        ruler = _RULERS[font, size] = Label(font_name=font, font_size=size)
        ruler.resolve_font_name()
    width, height = ruler.get_extents(text)
    return int(width), int(height)


def _set_in(text: str, font: str, size: int, room: Room) -> Setting:
    return set_text(text, size, room, partial(extent_of, font))


def _picture_of(setting: Setting, font: str, halign: str) -> Texture:
    label = Label(text="\n".join(setting.lines), font_size=setting.size, font_name=font, halign=halign)
    label.refresh()
    return label.texture


# What the house says to everybody is set and drawn once for each language and size. Nobody's own words come in here.
_natural_of_house = lru_cache(maxsize=256)(extent_of)
_set_of_house = lru_cache(maxsize=256)(_set_in)
_picture_of_house = lru_cache(maxsize=128)(_picture_of)


class Words(Cell):
    """Text of `px` design pixels that wraps to its width, and shrinks where it would not fit otherwise.

    It takes at most `lines` lines (0: as many as it needs) and gives way to `smallest` of its size when room is short;
    only a box too small even for that makes it smaller still, because a clipped word is worse than a small one.
    """

    text = ""
    px = 40.0
    weight = "regular"
    ink = INK
    halign = "left"
    valign = "middle"
    lines = 0
    smallest = 0.6
    cap = 1.6
    """How much larger it becomes at most when larger text is asked for; 1 is not at all."""
    lasting = False
    """A word of the house that says nothing of anybody: it stays when the screen is wiped, and need not be drawn anew."""
    sign = False
    """A sign that is the same for everybody: it goes when the screen is wiped, but its picture is kept."""

    def __init__(self, **settings: object) -> None:
        self._settings: dict[tuple[object, ...], Setting] = {}
        self._widths: dict[tuple[str, int], int] = {}
        self._set_text = ""
        self._drawn: tuple[object, ...] = ()
        self._inked = ""
        super().__init__(**settings)
        with self.canvas:
            self._color = Color()
            self._picture = Rectangle(size=(0, 0))

    @property
    def drawn(self) -> tuple[float, float]:
        """Width and height of the drawn text in pixels, to be checked against the room it has."""
        width, height = self._picture.size
        return float(width), float(height)

    @property
    def drawn_size(self) -> int:
        """The font size of the drawn text in pixels."""
        setting = self._drawn[0] if self._drawn else None
        return setting.size if isinstance(setting, Setting) else 0

    def wanted(self, width: float, metrics: Metrics) -> float:
        """The height of the text at its full size, wrapped."""
        return float(self._set(self._font(metrics), Room(int(width), 0, self.lines)).height) if self.text else 0.0

    def least(self, width: float, metrics: Metrics) -> float:
        """The height of the text at its smallest size, wrapped."""
        if not self.text:
            return 0.0
        size = max(1, round(self._font(metrics) * self.smallest))
        return float(self._set(size, Room(int(width), 0, self.lines)).height)

    def natural(self, metrics: Metrics) -> float:
        """The width of the text in one line."""
        return self._width(self._font(metrics)) + 1.0 if self.text else 0.0

    def place(self, box: Box, metrics: Metrics) -> None:
        """Draw the text as large as fits."""
        super().place(box, metrics)
        if self.ink != self._inked:
            self._color.rgba, self._inked = rgba(self.ink), self.ink
        if not self.text or min(self.size) <= 0:
            self._show(None)
            return
        setting = self._set(self._font(metrics), Room(int(box.w), self.height, self.lines))
        drawn = (setting, self.weight, self.halign)
        if drawn != self._drawn:
            draw = _picture_of_house if self.lasting or self.sign else _picture_of
            self._show(draw(*drawn))
            self._drawn = drawn
        self._settle()

    def turned(self, *, across: bool) -> None:
        """To the right in a row, to the left in a column."""
        self.halign = "right" if across else "left"

    def clear(self) -> None:
        """Forget the text, also as a picture."""
        if self.lasting:
            return
        self.text = self._set_text = ""
        self._settings.clear()
        self._widths.clear()
        self._show(None)

    def _show(self, texture: Texture | None) -> None:
        self._drawn = ()
        self._picture.texture = texture
        self._picture.size = (0, 0) if texture is None else texture.size

    def _settle(self) -> None:
        (left, bottom), (width, height) = self.pos, self._picture.size
        across = {"left": 0.0, "center": 0.5, "right": 1.0}[self.halign]
        up = {"top": 1.0, "middle": 0.5, "bottom": 0.0}[self.valign]
        self._picture.pos = round(left + (self.width - width) * across), round(bottom + (self.height - height) * up)

    def _font(self, metrics: Metrics) -> int:
        return metrics.font(self.px, self.cap)

    def _width(self, size: int) -> int:
        if self.lasting:
            return _natural_of_house(self.weight, self.text, size)[0]
        self._forget_other()
        key = (self.weight, size)
        width = self._widths.get(key)
        if width is None:
            width = self._widths[key] = extent_of(self.weight, self.text, size)[0]
        return width

    def _forget_other(self) -> None:
        """Keep nothing of a text that this is no longer."""
        if self.text != self._set_text:
            self._settings.clear()
            self._widths.clear()
            self._set_text = self.text

    def _set(self, size: int, room: Room) -> Setting:
        """Set the text, or remember how it was set: rows ask for the same several times while they are laid out."""
        if room.height:
            free = self._set(size, room._replace(height=0))
            if free.height <= room.height:
                return free
        if self.lasting or self.sign:
            return _set_of_house(self.text, self.weight, size, room)
        self._forget_other()
        key = (self.weight, size, room)
        setting = self._settings.get(key)
        if setting is None:
            setting = self._settings[key] = _set_in(self.text, self.weight, size, room)
        return setting


class Icon(Words):
    """One icon, `px` design pixels wide and high, named as in `theme.ICONS`."""

    weight = "icons"
    halign = "center"
    px = 48.0
    lines = 1
    cap = 1.3
    name = ""
    sign = True

    def wanted(self, width: float, metrics: Metrics) -> float:
        """As high as wide."""
        return float(self._font(metrics))

    def least(self, width: float, metrics: Metrics) -> float:
        """An icon gives way to three quarters."""
        return self.wanted(width, metrics) * 0.75

    def natural(self, metrics: Metrics) -> float:
        """As wide as high."""
        return self.wanted(0, metrics)

    def place(self, box: Box, metrics: Metrics) -> None:
        """Draw the icon."""
        self.text = ICONS.get(self.name, "")
        super().place(box, metrics)
