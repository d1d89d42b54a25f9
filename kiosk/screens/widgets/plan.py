"""Where things lie on a floor map: from metres to pixels, and which labels have room. Pure."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from kiosk.model.step import Point, Way

Rect = tuple[float, float, float, float]
"""x, y, width, height in pixels."""


class Plan(NamedTuple):
    """The scale of a map that is drawn as large as fits, in the middle of its room."""

    x: float
    y: float
    scale: float
    """Pixels for a metre."""

    @classmethod
    def of(cls, way: Way, room: Rect) -> "Plan":
        """The plan of `way` in `room`."""
        x, y, width, height = room
        scale = min(width / max(way.width_m, 0.1), height / max(way.height_m, 0.1))
        return cls(x + (width - way.width_m * scale) / 2, y + (height - way.height_m * scale) / 2, scale)

    def at(self, point: Point) -> tuple[float, float]:
        """Where a point lies in pixels."""
        return self.x + point.x * self.scale, self.y + point.y * self.scale

    def flat(self, points: Iterable[Point]) -> list[float]:
        """Points as one list x, y, x, y, …"""
        return [value for point in points for value in self.at(point)]

    def bounds(self, points: Sequence[Point]) -> Rect:
        """The rectangle around points in pixels."""
        placed = [self.at(point) for point in points]
        left, right = min(x for x, _ in placed), max(x for x, _ in placed)
        low, high = min(y for _, y in placed), max(y for _, y in placed)
        return left, low, right - left, high - low


def meet(one: Rect, other: Rect) -> bool:
    """Whether two rectangles share any area."""
    return (
        one[0] < other[0] + other[2]
        and other[0] < one[0] + one[2]
        and one[1] < other[1] + other[3]
        and other[1] < one[1] + one[3]
    )


def crossed(rect: Rect, line: Sequence[tuple[float, float]], margin: float) -> bool:
    """Whether a line of axis-parallel or slanting pieces comes nearer to `rect` than `margin`."""
    grown = rect[0] - margin, rect[1] - margin, rect[2] + 2 * margin, rect[3] + 2 * margin
    return any(_cuts(grown, start, end) for start, end in pairwise(line))


def _cuts(rect: Rect, start: tuple[float, float], end: tuple[float, float]) -> bool:
    """Liang-Barsky: whether the piece from `start` to `end` passes through `rect`."""
    enter, leave = 0.0, 1.0
    for axis in (0, 1):
        low, high = rect[axis], rect[axis] + rect[axis + 2]
        way = end[axis] - start[axis]
        if way == 0:
            if not low <= start[axis] <= high:
                return False
            continue
        first, last = sorted(((low - start[axis]) / way, (high - start[axis]) / way))
        enter, leave = max(enter, first), min(leave, last)
    return enter < leave


def beside(spot: tuple[float, float], size: tuple[float, float], room: Rect, distance: float) -> list[Rect]:
    """Places for a label of `size` near `spot`, the best first, all within `room`: below, above, right, left."""
    (x, y), (width, height) = spot, size
    spots = [
        (x - width / 2, y - distance - height),
        (x - width / 2, y + distance),
        (x + distance, y - height / 2),
        (x - distance - width, y - height / 2),
    ]
    left, low, right, high = room[0], room[1], room[0] + room[2], room[1] + room[3]
    held = [(min(max(px, left), right - width), min(max(py, low), high - height)) for px, py in spots]
    kept = [(px, py, width, height) for px, py in held]
    point = (x - 1, y - 1, 2.0, 2.0)
    return sorted(kept, key=lambda rect: meet(rect, point))
