"""The way turn by turn: as many instructions as there is room for, the first one largest, each with its sign."""

from collections.abc import Callable

from kivy.graphics import Color, InstructionGroup, Line, Triangle

from kiosk.model.step import Turn, TurnKind
from kiosk.screens.theme import BLUE, INK, MUTED, Metrics, rgba
from kiosk.screens.widgets.cell import Box, Cell
from kiosk.screens.widgets.flow import Column, Row
from kiosk.screens.widgets.words import Words

_MOST = 4
"""More at once nobody remembers; the rest is on the map and in the spoken answer."""
_MAP_KEEPS, _MAP_ALONE_KEEPS = 0.75, 0.88
"""Of the height that the map wants: where all turns can be told for it, and where it alone shows the rest of the way."""
_FIRST_PX, _REST_PX, _MORE_PX = 44.0, 36.0, 34.0
_Spots = tuple[tuple[float, float], ...]
_LINES: dict[TurnKind, tuple[_Spots, ...]] = {
    TurnKind.START: (((0.5, 0.08), (0.5, 0.6)),),
    TurnKind.AHEAD: (((0.5, 0.08), (0.5, 0.6)),),
    TurnKind.LEFT: (((0.78, 0.1), (0.78, 0.6), (0.42, 0.6)),),
    TurnKind.RIGHT: (((0.22, 0.1), (0.22, 0.6), (0.58, 0.6)),),
    TurnKind.BACK: (((0.76, 0.1), (0.76, 0.72), (0.62, 0.86), (0.42, 0.86), (0.28, 0.72), (0.28, 0.46)),),
    TurnKind.LIFT: (((0.14, 0.06), (0.86, 0.06), (0.86, 0.94), (0.14, 0.94), (0.14, 0.06)),),
    TurnKind.STAIRS: (
        ((0.06, 0.12), (0.3, 0.12), (0.3, 0.36), (0.54, 0.36), (0.54, 0.6), (0.78, 0.6), (0.78, 0.84), (0.96, 0.84)),
    ),
    TurnKind.ESCALATOR: (((0.04, 0.16), (0.26, 0.16), (0.7, 0.78), (0.96, 0.78)), ((0.2, 0.5), (0.5, 0.92))),
}
_HEADS: dict[TurnKind, tuple[_Spots, ...]] = {
    TurnKind.START: (((0.5, 0.96), (0.2, 0.56), (0.8, 0.56)),),
    TurnKind.AHEAD: (((0.5, 0.96), (0.2, 0.56), (0.8, 0.56)),),
    TurnKind.LEFT: (((0.04, 0.6), (0.44, 0.9), (0.44, 0.3)),),
    TurnKind.RIGHT: (((0.96, 0.6), (0.56, 0.9), (0.56, 0.3)),),
    TurnKind.BACK: (((0.28, 0.1), (0.02, 0.48), (0.54, 0.48)),),
    TurnKind.LIFT: (((0.5, 0.84), (0.3, 0.56), (0.7, 0.56)), ((0.5, 0.16), (0.3, 0.44), (0.7, 0.44))),
}


class TurnSign(Cell):
    """An arrow, a lift or stairs, `px` design pixels wide and high."""

    kind: TurnKind | None = None
    px = 56.0

    def __init__(self, **settings: object) -> None:
        self._paint = InstructionGroup()
        self._drawn: tuple[object, ...] = ()
        super().__init__(**settings)
        self.canvas.add(self._paint)

    def wanted(self, width: float, metrics: Metrics) -> float:
        """As high as wide."""
        return float(metrics.font(self.px, 1.3))

    def natural(self, metrics: Metrics) -> float:
        """As wide as high."""
        return self.wanted(0, metrics)

    def place(self, box: Box, metrics: Metrics) -> None:
        """Draw it in the middle."""
        super().place(box, metrics)
        drawn = (self.kind, tuple(self.pos), tuple(self.size), metrics)
        if drawn != self._drawn:
            self._drawn = drawn
            self._redraw(min(self.wanted(0, metrics), self.height, self.width))

    def clear(self) -> None:
        """Forget which."""
        self.kind, self._drawn = None, ()
        self._paint.clear()

    def _redraw(self, side: float) -> None:
        self._paint.clear()
        if self.kind is None or side <= 0:
            return
        left, low = self.x + (self.width - side) / 2, self.y + (self.height - side) / 2

        def flat(spots: _Spots) -> list[float]:
            return [value for x, y in spots for value in (left + x * side, low + y * side)]

        self._paint.add(Color(*rgba(BLUE)))
        for spots in _LINES[self.kind]:
            self._paint.add(Line(points=flat(spots), width=max(1.2, side * 0.055), joint="round", cap="round"))
        for spots in _HEADS.get(self.kind, ()):
            self._paint.add(Triangle(points=flat(spots)))


class TurnRow(Row):
    """One instruction."""

    gap = 18

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings)
        self._heights: dict[tuple[float, Metrics], float] = {}
        self.sign = TurnSign()
        self.words = Words(share=1, lines=3, ink=INK)
        self.add_widget(self.sign)
        self.add_widget(self.words)

    def tell(self, turn: Turn, *, first: bool) -> None:
        """Show `turn`."""
        self._heights.clear()
        self.sign.kind, self.words.text = turn.kind, turn.text
        self.words.px, self.words.weight = (_FIRST_PX, "semibold") if first else (_REST_PX, "regular")
        self.words.smallest = 0.75 if first else 0.85

    def tell_more(self, text: str) -> None:
        """Show `text` about the turns that have no row, without a sign."""
        if text != self.words.text:
            self._heights.clear()
        self.words.text, self.words.px, self.words.ink, self.words.smallest = text, _MORE_PX, MUTED, 0.85

    def wanted(self, width: float, metrics: Metrics) -> float:
        """The height of its words, or of its sign; rows are asked again and again while it is found out how many fit."""
        key = (width, metrics)
        if key not in self._heights:
            self._heights[key] = super().wanted(width, metrics)
        return self._heights[key]

    def clear(self) -> None:
        """Forget how high it was."""
        self._heights.clear()


class Led(Column):
    """The turns above the map. What is left over is the map's.

    A way whose turns all fit takes some of the map's room for them. Where turns must be left out, only the map shows
    the rest of the way: it keeps nearly all the height that it wants, and the first turns have what remains.
    """

    gap = 18

    def _place_down(self, box: Box, metrics: Metrics) -> None:
        shown = self._shown()
        turns = next((cell for cell in shown if isinstance(cell, Turns)), None)
        if turns is None or len(shown) == 1:
            super()._place_down(box, metrics)
            return
        gap, below = metrics.px(self.gap), shown[-1]
        height = self._height_of(turns, below, Box(box.x, box.y, box.w, box.h - gap), metrics)
        turns.place(Box(box.x, box.y + box.h - height, box.w, height), metrics)
        below.place(Box(box.x, box.y, box.w, max(0.0, box.h - height - gap)), metrics)

    def _height_of(self, turns: "Turns", below: Cell, both: Box, metrics: Metrics) -> float:
        full, least = below.wanted(both.w, metrics), below.least(both.w, metrics)
        height = turns.wanted(both.w, metrics)
        if turns.whole and height <= both.h - max(least, full * _MAP_KEEPS):
            return height
        room = both.h - max(least, full * _MAP_ALONE_KEEPS)
        height = min(turns.fitting(both.w, room, metrics), max(turns.least_told(both.w, metrics, counted=True), room))
        if both.h - height >= full * _MAP_KEEPS:
            return height
        # Room is so short that the map matters more than a line that says to look at it.
        alone = turns.least_told(both.w, metrics, counted=False)
        return min(turns.fitting(both.w, room, metrics), max(alone, room))


class Turns(Column):
    """The first few turns of a way; those that have no room are left out from the end, and counted in a last line."""

    gap = 12
    alone = False
    """Whether no map stands below, for whose sake the last line may be left out."""

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings)
        self._rows = tuple(TurnRow() for _ in range(_MOST))
        self._more = TurnRow(shown=False)
        self._more.tell_more("")
        for cell in (*self._rows, self._more):
            self.add_widget(cell)
        self._told = self._all = 0
        self._say_more: Callable[[int], str] = str
        self.counted = True
        """Whether those that are left out are counted in a last line."""

    @property
    def first(self) -> Words:
        """The words of the first turn."""
        return self._rows[0].words

    @property
    def whole(self) -> bool:
        """Whether the way has no more turns than are ever shown."""
        return self._told == self._all

    def tell(self, turns: tuple[Turn, ...], say_more: Callable[[int], str]) -> None:
        """Show `turns`, as far as there is room; `say_more` puts the number of those left out into words."""
        self._told, self._all, self._say_more = min(len(turns), _MOST), len(turns), say_more
        for row, turn in zip(self._rows, turns, strict=False):
            row.tell(turn, first=row is self._rows[0])
        self._show_first(self._told)
        self.shown = self._told > 0

    def wanted(self, width: float, metrics: Metrics) -> float:
        """Room for as many as are ever shown."""
        self.counted = True
        self._show_first(self._told)
        return super().wanted(width, metrics)

    def least(self, width: float, metrics: Metrics) -> float:
        """Room for the first alone, and for counting the others where nothing else is as good at that."""
        return self.least_told(width, metrics, counted=self.alone)

    def least_told(self, width: float, metrics: Metrics, *, counted: bool) -> float:
        """Room for the first, and from now on for counting the others, or not."""
        self.counted = counted
        if not self._told:
            return 0.0
        self._show_first(1)
        return super().least(width, metrics)

    def fitting(self, width: float, room: float, metrics: Metrics) -> float:
        """The height of those that fit into `room` at their full size, the first one in any case."""
        return self._fit(width, room, metrics)

    def place(self, box: Box, metrics: Metrics) -> None:
        """Show as many as fit."""
        self._fit(box.w, box.h, metrics)
        super().place(box, metrics)

    def _fit(self, width: float, room: float, metrics: Metrics) -> float:
        """Show the first ones that fit into `room`. The height that they want."""
        rows = [row.wanted(width, metrics) for row in self._rows[: self._told]]
        for count in range(self._told, 0, -1):
            self._show_first(count)
            shown = [*rows[:count], *([self._more.wanted(width, metrics)] if self._more.shown else [])]
            height = sum(shown) + self._gaps(metrics, len(shown))
            if count == 1 or height <= room + 1:
                return height
        return 0.0

    def _show_first(self, count: int) -> None:
        self.keep(count)
        left = self._all - count
        self._more.shown = left > 0 and self.counted
        self._more.tell_more(self._say_more(left) if self._more.shown else "")

    def clear(self) -> None:
        """Forget the way."""
        self._told, self._all, self._say_more = 0, 0, str
