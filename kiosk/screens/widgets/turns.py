"""The way turn by turn: as many instructions as there is room for, the first one largest, each with its sign."""

from kivy.graphics import Color, InstructionGroup, Line, Triangle

from kiosk.model.step import Turn, TurnKind
from kiosk.screens.theme import BLUE, INK, Metrics, rgba
from kiosk.screens.widgets.cell import Box, Cell
from kiosk.screens.widgets.flow import Column, Row
from kiosk.screens.widgets.words import Words

_MOST = 4
"""More at once nobody remembers; the rest is on the map and in the spoken answer."""
_MAP_KEEPS = 0.75
_FIRST_PX, _REST_PX = 44.0, 36.0
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
        self.sign = TurnSign()
        self.words = Words(share=1, lines=3, ink=INK)
        self.add_widget(self.sign)
        self.add_widget(self.words)

    def tell(self, turn: Turn, *, first: bool) -> None:
        """Show `turn`."""
        self.sign.kind, self.words.text = turn.kind, turn.text
        self.words.px, self.words.weight = (_FIRST_PX, "semibold") if first else (_REST_PX, "regular")
        self.words.smallest = 0.75 if first else 0.85


class Led(Column):
    """The turns above the map. The map keeps most of what it wants, the turns that fit above it are shown, and what is
    left over is the map's again.
    """

    gap = 18

    def _place_down(self, box: Box, metrics: Metrics) -> None:
        shown = self._shown()
        turns = next((cell for cell in shown if isinstance(cell, Turns)), None)
        if turns is None or len(shown) == 1:
            super()._place_down(box, metrics)
            return
        gap, below = metrics.px(self.gap), shown[-1]
        kept = max(below.least(box.w, metrics), below.wanted(box.w, metrics) * _MAP_KEEPS)
        room = box.h - gap - kept
        height = min(turns.fitting(box.w, room, metrics), max(turns.least(box.w, metrics), room))
        turns.place(Box(box.x, box.y + box.h - height, box.w, height), metrics)
        below.place(Box(box.x, box.y, box.w, max(0.0, box.h - height - gap)), metrics)


class Turns(Column):
    """The first few turns of a way; those that have no room are left out from the end."""

    gap = 12

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings)
        self._rows = tuple(TurnRow() for _ in range(_MOST))
        for row in self._rows:
            self.add_widget(row)
        self._told = 0

    @property
    def first(self) -> Words:
        """The words of the first turn."""
        return self._rows[0].words

    def tell(self, turns: tuple[Turn, ...]) -> None:
        """Show `turns`, as far as there is room."""
        self._told = min(len(turns), _MOST)
        for row, turn in zip(self._rows, turns, strict=False):
            row.tell(turn, first=row is self._rows[0])
        self.keep(self._told)
        self.shown = self._told > 0

    def wanted(self, width: float, metrics: Metrics) -> float:
        """Room for all of them."""
        self.keep(self._told)
        return super().wanted(width, metrics)

    def least(self, width: float, metrics: Metrics) -> float:
        """Room for the first."""
        return self._rows[0].least(width, metrics) if self._told else 0.0

    def fitting(self, width: float, room: float, metrics: Metrics) -> float:
        """The height of those that fit into `room` at their full size, the first one in any case."""
        return self._fit(width, room, metrics)[1]

    def place(self, box: Box, metrics: Metrics) -> None:
        """Show as many as fit."""
        self.keep(self._fit(box.w, box.h, metrics)[0])
        super().place(box, metrics)

    def _fit(self, width: float, room: float, metrics: Metrics) -> tuple[int, float]:
        used, kept = 0.0, 0
        for row in self._rows[: self._told]:
            more = row.wanted(width, metrics) + (metrics.px(self.gap) if kept else 0)
            if kept and used + more > room + 1:
                break
            used, kept = used + more, kept + 1
        return kept, used

    def clear(self) -> None:
        """Forget the way."""
        self._told = 0
