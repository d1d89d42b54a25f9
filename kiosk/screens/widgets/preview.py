"""What the camera sees, mirrored as people expect of a picture of themselves, with a frame to aim for."""

from kivy.graphics import Color, InstructionGroup, RoundedRectangle, SmoothLine
from kivy.graphics.texture import Texture

from kiosk.screens.theme import INK, Metrics, rgba
from kiosk.screens.widgets.cell import Box, Cell
from kiosk.screens.widgets.feed import Picture
from kiosk.screens.widgets.words import Icon

_AIM_SHARE = 0.62
_CORNER_SHARE = 0.22


class Preview(Cell):
    """Shows the newest picture in one texture that is used again and again."""

    grow = 1.0
    wish = 640.0

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings)
        self._texture: Texture | None = None
        with self.canvas:
            self._color = Color(*rgba(INK))
            self._picture = RoundedRectangle(size=(0, 0), segments=24)
        self._aim = InstructionGroup()
        self.canvas.after.add(self._aim)
        self._icon = Icon(name="camera", px=140, ink="#5B6B85", cap=1.0)
        self.add_widget(self._icon)

    def wanted(self, width: float, metrics: Metrics) -> float:
        """As high as the screen wants it."""
        return float(metrics.px(self.wish))

    def least(self, width: float, metrics: Metrics) -> float:
        """Small, but still an aim."""
        return float(metrics.px(240))

    def place(self, box: Box, metrics: Metrics) -> None:
        """Draw picture and aim frame."""
        super().place(box, metrics)
        self._picture.pos, self._picture.size = self.pos, self.size
        self._picture.radius = [metrics.px(32)]
        self._icon.place(box, metrics)
        self._crop()
        self._draw_aim(metrics)

    def show(self, picture: Picture) -> None:
        """Put a picture on the screen."""
        size = picture.width, picture.height
        if self._texture is None or self._texture.size != size:
            self._texture = Texture.create(size=size, colorfmt="rgba")
            self._texture.min_filter = self._texture.mag_filter = "linear"
            self._color.rgba = (1, 1, 1, 1)
            self._icon.clear()
            self._icon.name = ""
            self._picture.texture = self._texture
            self._crop()
        self._texture.blit_buffer(picture.pixels, colorfmt="rgba", bufferfmt="ubyte")
        self._picture.texture = self._texture
        self.canvas.ask_update()

    def clear(self) -> None:
        """Forget the last picture."""
        self._texture = None
        self._picture.texture = None
        self._color.rgba = rgba(INK)
        self._icon.name = "camera"

    def _crop(self) -> None:
        """Fill the room and cut off what is too much."""
        if self._texture is None or min(self.size) <= 0:
            return
        width, height = self._texture.size
        shape, room = width / height, self.width / self.height
        across, down = min(1.0, room / shape), min(1.0, shape / room)
        left, right, low, high = 0.5 - across / 2, 0.5 + across / 2, 0.5 - down / 2, 0.5 + down / 2
        self._picture.tex_coords = (left, low, right, low, right, high, left, high)

    def _draw_aim(self, metrics: Metrics) -> None:
        self._aim.clear()
        side = min(self.size) * _AIM_SHARE
        corner = side * _CORNER_SHARE
        for color, width in ((INK, 7.0), ("#FFFFFF", 4.5)):
            self._aim.add(Color(*rgba(color)))
            for across in (-1, 1):
                for up in (-1, 1):
                    x, y = self.center_x + across * side / 2, self.center_y + up * side / 2
                    points = (x - across * corner, y, x, y, x, y - up * corner)
                    self._aim.add(SmoothLine(points=points, width=max(1.0, width * metrics.unit)))
