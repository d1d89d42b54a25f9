"""One ticket or card as a picture: to print, or to hold up on a phone."""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from deploy.demo.content import Kind, Sample

_WIDTH, _HEIGHT = 720, 1120
_BAND = 150
_EDGE = 56
_CODE = 600
_INK, _SOFT, _WHITE = "#0f172a", "#475569", "#ffffff"
_BANDS = {Kind.TICKET: "#065f3c", Kind.ORDER: "#1e3a8a", Kind.LOYALTY: "#6b21a8", Kind.PLAIN: "#475569"}
_WORDS = {Kind.TICKET: "Ticket", Kind.ORDER: "Order to collect", Kind.LOYALTY: "Loyalty card", Kind.PLAIN: "Card"}

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


class TicketPainter:
    """Paints tickets with the fonts of the screens; where those are missing, with Pillow's own."""

    def __init__(self, fonts: Path) -> None:
        self._bold = next(iter(sorted(fonts.glob("*Bold.[ot]tf"))), None)
        self._regular = next(iter(sorted(fonts.glob("*Medium.[ot]tf"))), None)

    def paint(self, sample: Sample, site_name: str, code: Path, to: Path) -> None:
        """Paint one with the code in the picture file `code`."""
        picture = Image.new("RGB", (_WIDTH, _HEIGHT), _WHITE)
        draw = ImageDraw.Draw(picture)
        draw.rectangle((0, 0, _WIDTH, _BAND), fill=_BANDS[sample.kind])
        draw.text((_EDGE, 30), site_name, fill=_WHITE, font=self._font(38, bold=True))
        draw.text((_EDGE, 86), _WORDS[sample.kind], fill=_WHITE, font=self._font(32))
        draw.text((_EDGE, _BAND + 36), sample.title, fill=_INK, font=self._font(56, bold=True))
        with Image.open(code) as flat:
            # Whole multiples only: a module that is wider than its neighbour costs readability.
            times = max(1, _CODE // flat.width)
            grown = flat.convert("L").resize((flat.width * times, flat.height * times), Image.Resampling.NEAREST)
        left = (_WIDTH - grown.width) // 2
        picture.paste(grown, (left, _BAND + 130 + (_CODE - grown.height) // 2))
        font = self._font(32)
        for number, line in enumerate(wrapped(sample.note, font, _WIDTH - 2 * _EDGE)):
            draw.text((_EDGE, _BAND + 130 + _CODE + 40 + number * 44), line, fill=_SOFT, font=font)
        draw.rectangle((0, 0, _WIDTH - 1, _HEIGHT - 1), outline=_SOFT, width=2)
        picture.save(to, optimize=False)

    def _font(self, size: int, *, bold: bool = False) -> Font:
        file = self._bold if bold else self._regular
        return ImageFont.load_default(size) if file is None else ImageFont.truetype(str(file), size)


def wrapped(text: str, font: Font, width: int) -> list[str]:
    """The text in lines that fit `width` pixels; a word that is too long for a line has one of its own."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
