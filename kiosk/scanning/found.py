"""What a decoder gives: the code it found and where it stands in the picture."""

from typing import TYPE_CHECKING, Protocol

import msgspec

from kiosk.model.code import Symbology

if TYPE_CHECKING:
    from kiosk.scanning.picture import Gray

Corners = tuple[tuple[float, float], ...]
"""Four corners as x, y in pixels of the picture, clockwise in the code's own sense from its top left."""


class Found(msgspec.Struct, frozen=True):
    """One decoded code. `payload` is what counts; `text` is the decoder's reading of it, for people at a terminal only."""

    payload: bytes
    symbology: Symbology
    decoder: str
    corners: Corners = ()
    text: str = ""


class Decoder(Protocol):
    """Reads codes from one gray picture."""

    name: str

    def decode(self, gray: "Gray") -> tuple[Found, ...]:
        """All codes that it can read, none if there are none. Never raises for what is in a picture."""
        ...
