"""The band that answers: the tone's colour, its icon, and the two lines of words."""

from kiosk.model.step import Tone
from kiosk.screens.theme import TONES, Metrics
from kiosk.screens.widgets.flow import Column, Row
from kiosk.screens.widgets.mark import Disc
from kiosk.screens.widgets.panel import Panel
from kiosk.screens.widgets.words import Words


class Band(Row, Panel):
    """Colour, icon, headline and detail of one answer; `high` design pixels high at least."""

    high = 520.0
    radius = 0.0
    pad = (82, 48, 60, 56)
    gap = 60
    headline_px = 92.0
    detail_px = 48.0

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings)
        self.disc = Disc()
        self.headline = Words(weight="bold", valign="bottom", lines=3, cap=1.2)
        self.detail = Words(valign="top", lines=4, cap=1.4)
        self.lines = Column(share=1, gap=14, centred=True)
        self.add_widget(self.disc)
        self.lines.add_widget(self.headline)
        self.lines.add_widget(self.detail)
        self.add_widget(self.lines)

    def answer(self, tone: Tone, headline: str, detail: str) -> None:
        """Put an answer on the band."""
        colours = TONES[tone]
        self.fill = self.disc.ground = colours.ground
        self.disc.ink = self.headline.ink = self.detail.ink = colours.ink
        self.disc.name = colours.icon
        self.headline.text, self.detail.text = headline, detail
        self.headline.valign = "bottom" if detail else "middle"
        self.detail.shown = bool(detail)

    def stack(self, *, down: bool) -> None:
        """The icon above the words where there is height to spare, else beside them."""
        self.across, self.centred = not down, down
        self.disc.aside = down

    def wanted(self, width: float, metrics: Metrics) -> float:
        """High enough for the words, and as high as the screen wants it."""
        self.headline.px, self.detail.px = self.headline_px, self.detail_px
        return max(metrics.px(self.high), super().wanted(width, metrics))

    def clear(self) -> None:
        """Back to no answer."""
        self.fill = "#FFFFFF"
