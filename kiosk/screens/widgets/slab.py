"""A filled rectangle, with round corners where wanted, at the least cost.

Drawing blends every pixel with what lies under it. Without a graphics processor that is most of the time from a code to
the glass, so all straight parts of a slab are cleared to its colour instead, and only the four corners are drawn, from a
picture of a disc: measured on 1080 × 1920 in software, 12 ms of processor time for a whole answer instead of 22 ms.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from kivy.graphics import ClearBuffers, ClearColor, Color, InstructionGroup, Mesh, Rectangle, ScissorPop, ScissorPush
from kivy.graphics.texture import Texture

from kiosk.screens.theme import rgba
from kiosk.screens.widgets.cell import Box

_SMALL = 6_000
"""Pixels below which drawing is as cheap as clearing."""


@lru_cache(maxsize=24)
def disc_of(radius: int) -> Texture:
    """A white disc of `radius` pixels with a smooth edge, in a square of twice that."""
    middle = np.arange(2 * radius) + 0.5 - radius
    away = np.hypot(middle[:, None], middle[None, :])
    pixels = np.full((2 * radius, 2 * radius, 4), 255, np.uint8)
    pixels[..., 3] = np.clip(radius + 0.5 - away, 0, 1) * 255
    texture = Texture.create(size=(2 * radius, 2 * radius), colorfmt="rgba")
    texture.min_filter = texture.mag_filter = "nearest"
    texture.blit_buffer(pixels.tobytes(), colorfmt="rgba", bufferfmt="ubyte")
    return texture


class Slab(InstructionGroup):
    """Add it to a canvas, then `paint` it as often as needed. Nothing on a window may be turned or scaled around it."""

    def __init__(self) -> None:
        super().__init__()
        self._painted: tuple[object, ...] = ()

    def paint(self, box: Box, color: str, radius: float = 0) -> None:
        """Fill `box` with `color` (empty: nothing at all) and round its corners."""
        painted = (box, color, radius)
        if painted == self._painted:
            return
        self._painted = painted
        self.clear()
        x, y, w, h = (round(value) for value in box)
        if not color or min(w, h) <= 0:
            return
        r = min(round(radius), w // 2, h // 2)
        ink = rgba(color)
        self.add(Color(*ink))
        if r:
            self.add(_corners(x, y, w, h, r))
        for part in ((x, y + r, w, h - 2 * r), (x + r, y, w - 2 * r, r), (x + r, y + h - r, w - 2 * r, r)):
            self._fill(part, ink)

    def _fill(self, part: tuple[int, int, int, int], ink: tuple[float, ...]) -> None:
        x, y, w, h = part
        if min(w, h) <= 0:
            return
        if w * h < _SMALL:
            self.add(Rectangle(pos=(x, y), size=(w, h)))
            return
        self.add(ScissorPush(x=x, y=y, width=w, height=h))
        self.add(ClearColor(*ink))
        self.add(ClearBuffers())
        self.add(ScissorPop())


def discs(spots: Iterable[tuple[float, float]], radius: float) -> Mesh:
    """Discs around `spots`, all in one piece."""
    r = max(1, round(radius))
    return _mesh([_quad(round(x) - r, round(y) - r, 2 * r, (0.0, 0.0, 1.0)) for x, y in spots], r)


def _corners(x: int, y: int, w: int, h: int, r: int) -> Mesh:
    """The quarters of a disc at the four corners."""
    across, up = ((x, 0.0), (x + w - r, 0.5)), ((y, 0.0), (y + h - r, 0.5))
    return _mesh([_quad(left, low, r, (u, v, 0.5)) for left, u in across for low, v in up], r)


def _quad(x: float, y: float, side: float, cut: tuple[float, float, float]) -> list[float]:
    """A square whose lower left corner is at x, y, and the square `cut` of the picture on it: u, v, its side."""
    u, v, part = cut
    low = (x, y, u, v, x + side, y, u + part, v)
    return [*low, x + side, y + side, u + part, v + part, x, y + side, u, v + part]


def _mesh(quads: Sequence[list[float]], radius: int) -> Mesh:
    indices = [4 * quad + corner for quad in range(len(quads)) for corner in (0, 1, 2, 0, 2, 3)]
    vertices = [value for quad in quads for value in quad]
    return Mesh(vertices=vertices, indices=indices, mode="triangles", texture=disc_of(radius))
