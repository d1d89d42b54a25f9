"""Plain order numbers, told by the shapes that a site sets (`kiosk.model.trust.OrderPattern`)."""

from collections.abc import Sequence

from kiosk.model.foreign import Format, OrderNumber
from kiosk.model.trust import LONGEST_PATTERN, OrderPattern
from kiosk.scanning.formats.result import Foreign

_MOST_BLANKS = 8


def read_order_number(payload: bytes, patterns: Sequence[OrderPattern]) -> Foreign | None:
    """The number in `payload`, None if it fits no pattern. Capitals and blanks at the ends make no difference."""
    if len(payload) > LONGEST_PATTERN + _MOST_BLANKS or not payload.isascii():
        return None
    number = payload.decode("ascii").strip().upper()
    if not any(_fits(number, pattern.cells()) for pattern in patterns):
        return None
    canonical = number.encode()
    aliases = () if canonical == payload else (canonical,)
    return Foreign(Format.ORDER_NUMBER, payload, OrderNumber(number), aliases=aliases)


def _fits(number: str, cells: tuple[str, ...]) -> bool:
    return len(number) == len(cells) and all(character in cell for character, cell in zip(number, cells, strict=True))
