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


class Look(msgspec.Struct, frozen=True):
    """One look at a picture: the codes read, and the corners of codes that are surely there but too damaged to read."""

    found: tuple[Found, ...] = ()
    damaged: tuple[Corners, ...] = ()


class Decoder(Protocol):
    """Reads codes from one gray picture."""

    name: str

    def decode(self, gray: "Gray") -> tuple[Found, ...]:
        """All codes that it can read, none if there are none. Never raises for what is in a picture."""
        ...


class FirstDecoder(Decoder, Protocol):
    """A decoder that also tells of codes it found but could not read."""

    def look(self, gray: "Gray") -> Look:
        """All codes that it can read, and where it found one that it can't."""
        ...
