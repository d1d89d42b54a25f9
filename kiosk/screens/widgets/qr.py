"""A QR code, drawn in whole pixels, on white with the quiet zone that readers need."""

from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture

from kiosk.screens.theme import Metrics
from kiosk.screens.widgets.cell import Box, Cell

_QUIET = 4


class QrCode(Cell):
    """Shows `text` as a code; nothing for an empty one. It is as wide as it is high, in the middle of its room."""

    text = ""
    px = 560.0

    def __init__(self, **settings: object) -> None:
        self._drawn = ""
        super().__init__(**settings)
        with self.canvas:
            Color(1, 1, 1, 1)
            self._picture = Rectangle(size=(0, 0))

    def wanted(self, width: float, metrics: Metrics) -> float:
        """As high as it is meant to be, or as wide as there is room."""
        return min(width, float(metrics.px(self.px)))

    def least(self, width: float, metrics: Metrics) -> float:
        """Half of that can still be read by a phone."""
        return self.wanted(width, metrics) / 2

    def natural(self, metrics: Metrics) -> float:
        """Square."""
        return float(metrics.px(self.px))

    def place(self, box: Box, metrics: Metrics) -> None:
        """Draw it as large as fits, a whole number of pixels for each module."""
        super().place(box, metrics)
        if self.text != self._drawn:
            self._drawn = self.text
            self._picture.texture = _texture_of(self.text) if self.text else None
        if not self.text:
            self._picture.size = (0, 0)
            return
        modules = self._picture.texture.width
        side = modules * max(1, int(min(self.width, self.height)) // modules)
        self._picture.size = side, side
        self._picture.pos = round(self.center_x - side / 2), round(self.center_y - side / 2)

    def clear(self) -> None:
        """Forget the code."""
        self.text = self._drawn = ""
        self._picture.texture = None
        self._picture.size = (0, 0)


def _texture_of(text: str) -> Texture:
    # Wanted once in a device's life: no start needs to wait for it.
    import segno  # noqa: PLC0415

    code = segno.make_qr(text, error="m")
    rows = [bytes(0 if dark else 255 for dark in row) for row in code.matrix_iter(border=_QUIET)]
    texture = Texture.create(size=(len(rows[0]), len(rows)), colorfmt="luminance")
    texture.mag_filter = texture.min_filter = "nearest"
    # The texture's origin is at the lower left.
    texture.blit_buffer(b"".join(reversed(rows)), colorfmt="luminance", bufferfmt="ubyte")
    return texture
