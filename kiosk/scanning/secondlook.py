"""Looks twice at what is now and then misread: a stacked code's error correction can settle on another text."""

from kiosk.model.code import Symbology
from kiosk.scanning.finder import patch_at
from kiosk.scanning.found import FirstDecoder, Found, Look
from kiosk.scanning.picture import Gray
from kiosk.scanning.stages import softened, straightened


class SecondLook:
    """A first decoder whose stacked codes are dropped when the same code, straightened or softened, says something else."""

    def __init__(self, first: FirstDecoder) -> None:
        self.name = first.name
        self._first = first

    def decode(self, gray: Gray) -> tuple[Found, ...]:
        """All codes that two looks don't contradict each other about."""
        return self.look(gray).found

    def look(self, gray: Gray) -> Look:
        """The same, and where damaged codes stand."""
        look = self._first.look(gray)
        if not any(one.symbology is Symbology.PDF417 for one in look.found):
            return look
        return Look(tuple(one for one in look.found if not self._contradicted(gray, one)), look.damaged)

    def _contradicted(self, gray: Gray, one: Found) -> bool:
        patch = patch_at(one.corners) if one.symbology is Symbology.PDF417 else None
        if patch is None:
            return False
        crop, _ = straightened(gray, patch)
        again = [other for look in (crop, softened(crop)) for other in self._first.decode(look)]
        return any(other.symbology is Symbology.PDF417 and other.payload != one.payload for other in again)
