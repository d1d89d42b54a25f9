"""The floor map: rooms, the blue line from here to there, and what the two ends are called."""

import math

from kivy.graphics import Color, InstructionGroup, Mesh, SmoothLine, Triangle
from kivy.graphics.tesselator import TYPE_POLYGONS, WINDING_ODD, Tesselator

from kiosk.model.step import Way
from kiosk.screens.theme import BLUE, CARD, FLOOR, INK, MUTED, PIN, ROOM, Metrics, rgba
from kiosk.screens.widgets.cell import Box, Cell
from kiosk.screens.widgets.plan import Plan, Rect, beside, crossed, meet
from kiosk.screens.widgets.slab import Slab, discs
from kiosk.screens.widgets.words import Icon, Words

_MARGIN = 28.0
_LINE = 7.0
_DOT = 22.0
_PIN = 76.0
_LEAST_NAME = 28.0
"""A room too small for its name in this size goes without."""
_ROOM_EDGE = 3.0
_PLANS_KEPT = 8
_NAMES_KEPT = 60


class Floor(Cell):
    """Draws `way`; `here` and `there` are the words at its two ends. It is `lowest` design pixels high at least."""

    way: Way | None = None
    here = ""
    there = ""
    lowest = 200.0
    grow = 1.0

    def __init__(self, **settings: object) -> None:
        self._drawn: tuple[object, ...] = ()
        self._paint = InstructionGroup()
        self._pin_icon = Icon(name="pin", px=_PIN, ink=PIN, cap=1.0)
        self._there, self._here = _chip_words(lasting=False), _chip_words(lasting=True)
        # The rooms and their names are the same for everybody. Only the way through them is somebody's own.
        self._plans: dict[tuple[object, ...], InstructionGroup] = {}
        self._labels: dict[tuple[int, str], Words] = {}
        super().__init__(**settings)
        self.canvas.add(self._paint)

    def wanted(self, width: float, metrics: Metrics) -> float:
        """High enough for the map's own shape, within reason."""
        if self.way is None:
            return 0.0
        margins = 2 * metrics.px(_MARGIN)
        by_shape = max(0.0, width - margins) * self.way.height_m / max(self.way.width_m, 0.1) + margins
        return min(max(by_shape, metrics.px(300)), metrics.px(560))

    def least(self, width: float, metrics: Metrics) -> float:
        """Below this nobody finds anything on it."""
        return metrics.px(self.lowest)

    def place(self, box: Box, metrics: Metrics) -> None:
        """Draw the map if it or its room has changed."""
        super().place(box, metrics)
        drawn = (self.way, self.here, self.there, tuple(self.pos), tuple(self.size), metrics)
        if drawn != self._drawn:
            self._drawn = drawn
            self._redraw(metrics)

    def clear(self) -> None:
        """Forget the way and both ends."""
        self.way, self.here, self.there = None, "", ""
        self._drawn = ()
        self._paint.clear()
        self.clear_widgets()
        self._there.clear()

    def _redraw(self, metrics: Metrics) -> None:
        self._paint.clear()
        self.clear_widgets()
        if self.way is None:
            return
        margin = metrics.px(_MARGIN)
        whole: Rect = (self.x, self.y, self.width, self.height)
        room = (self.x + margin, self.y + margin, self.width - 2 * margin, self.height - 2 * margin)
        plan = Plan.of(self.way, room)
        self._paint.add(self._rooms(self.way, plan, whole, metrics))
        taken = self._ends(self.way, plan, whole, metrics)
        self._names(self.way, plan, taken, metrics)

    def _rooms(self, way: Way, plan: Plan, whole: Rect, metrics: Metrics) -> InstructionGroup:
        # Without their names, which are drawn apart: the rooms are the same in every language.
        key = (tuple(shape.outline for shape in way.shapes), plan, whole, metrics)
        rooms = self._plans.get(key)
        if rooms is None:
            while len(self._plans) >= _PLANS_KEPT:
                del self._plans[next(iter(self._plans))]
            rooms = self._plans[key] = InstructionGroup()
            ground = Slab()
            ground.paint(Box(*whole), FLOOR, metrics.px(20))
            rooms.add(ground)
            rooms.add(Color(*rgba(ROOM)))
            for shape in way.shapes:
                _add_polygon(rooms, plan.flat(shape.outline))
        return rooms

    def _ends(self, way: Way, plan: Plan, whole: Rect, metrics: Metrics) -> list[Rect]:
        if not way.line:
            return []
        line = [(float(round(x)), float(round(y))) for x, y in map(plan.at, way.line)]
        self._line(line, "#FFFFFF", metrics.px(_LINE) + metrics.px(4))
        self._line(line, BLUE, metrics.px(_LINE))
        start, end = line[0], line[-1]
        self._dot(start, "#FFFFFF", metrics.px(_DOT + 6))
        self._dot(start, BLUE, metrics.px(_DOT))
        if self.way is not None and self.way.facing is not None:
            self._looks(start, self.way.facing, metrics.px(_DOT))
        pin = self._pin(end, whole, metrics)
        dot = (start[0] - metrics.px(_DOT), start[1] - metrics.px(_DOT), 2 * metrics.px(_DOT), 2 * metrics.px(_DOT))
        taken = [pin, dot]
        middle = (pin[0] + pin[2] / 2, pin[1] + pin[3] / 2)
        self._there.text, self._here.text = self.there, self.here
        taken += self._chip(self._there, middle, [*taken], whole, metrics)
        taken += self._chip(self._here, start, [*taken], whole, metrics)
        return taken

    def _pin(self, spot: tuple[float, float], whole: Rect, metrics: Metrics) -> Rect:
        size = metrics.px(_PIN)
        x = min(max(spot[0] - size / 2, whole[0]), whole[0] + whole[2] - size)
        y = min(spot[1], whole[1] + whole[3] - size * 0.92)
        self.add_widget(self._pin_icon)
        # The glyph's tip stands a twelfth above its box.
        self._pin_icon.place(Box(x, y - size / 12, size, size), metrics)
        return (x, y, size, size * 0.9)

    def _chip(
        self, words: Words, spot: tuple[float, float], taken: list[Rect], whole: Rect, metrics: Metrics
    ) -> list[Rect]:
        if not words.text:
            return []
        width = min(words.natural(metrics) + metrics.px(36), whole[2] * 0.6)
        height = words.wanted(width, metrics) + metrics.px(12)
        places = beside(spot, (width, height), whole, metrics.px(46))
        way = self.way
        line = [] if way is None else [Plan.of(way, self._room(metrics)).at(point) for point in way.line]
        free = [rect for rect in places if not any(meet(rect, other) for other in taken)]
        clear = [rect for rect in free if not crossed(rect, line, 0)]
        if not free:
            return []
        rect = (clear or free)[0]
        ground = Slab()
        ground.paint(Box(*rect), CARD, height / 2)
        self._paint.add(ground)
        self.add_widget(words)
        words.place(Box(*rect), metrics)
        return [rect]

    def _room(self, metrics: Metrics) -> Rect:
        margin = metrics.px(_MARGIN)
        return (self.x + margin, self.y + margin, self.width - 2 * margin, self.height - 2 * margin)

    def _names(self, way: Way, plan: Plan, taken: list[Rect], metrics: Metrics) -> None:
        line = [plan.at(point) for point in way.line]
        for index, shape in enumerate(way.shapes):
            if not shape.label:
                continue
            x, y, width, height = plan.bounds(shape.outline)
            words = self._label(index, shape.label)
            inner = Box(x, y, width, height).inset(*[metrics.px(_ROOM_EDGE)] * 4)
            needed = words.wanted(inner.w, metrics)
            rect = (inner.x, inner.y + (inner.h - needed) / 2, inner.w, needed)
            hidden = any(meet(rect, other) for other in taken) or crossed(rect, line, metrics.px(4))
            if needed <= inner.h and words.natural(metrics) <= inner.w * 2 and not hidden:
                self.add_widget(words)
                words.place(inner, metrics)
                if words.drawn_size < metrics.px(_LEAST_NAME):
                    self.remove_widget(words)

    def _label(self, index: int, text: str) -> Words:
        if len(self._labels) >= _NAMES_KEPT:
            self._labels.clear()
        words = self._labels.get((index, text))
        if words is None:
            words = Words(text=text, px=28, halign="center", lines=2, ink=MUTED, cap=1.0, lasting=True)
            self._labels[index, text] = words
        return words

    def _line(self, points: list[tuple[float, float]], color: str, width: float) -> None:
        self._paint.add(Color(*rgba(color)))
        self._paint.add(SmoothLine(points=[value for point in points for value in point], width=width))
        # Round joints and ends, which a smooth line does not have.
        self._paint.add(discs(points, width))

    def _looks(self, spot: tuple[float, float], facing: float, radius: float) -> None:
        """A tip at the dot, towards where one looks who stands there."""
        across, up = math.sin(math.radians(facing)), math.cos(math.radians(facing))
        ahead = (1.9, 0.0), (1.05, 0.75), (1.05, -0.75)
        points = [
            (spot[0] + radius * (a * across + b * up), spot[1] + radius * (a * up - b * across)) for a, b in ahead
        ]
        self._paint.add(Color(*rgba(BLUE)))
        self._paint.add(Triangle(points=[value for point in points for value in point]))

    def _dot(self, spot: tuple[float, float], color: str, radius: float) -> None:
        self._paint.add(Color(*rgba(color)))
        self._paint.add(discs([spot], radius))


def _chip_words(*, lasting: bool) -> Words:
    return Words(px=32, weight="semibold", halign="center", lines=1, ink=INK, cap=1.0, lasting=lasting)


def _add_polygon(group: InstructionGroup, outline: list[float]) -> None:
    tesselator = Tesselator()
    tesselator.add_contour(outline)
    if not tesselator.tesselate(WINDING_ODD, TYPE_POLYGONS):
        return
    for vertices, indices in tesselator.meshes:
        group.add(Mesh(vertices=vertices, indices=indices, mode="triangle_fan"))
    group.add(SmoothLine(points=outline, width=1.2, close=True))
