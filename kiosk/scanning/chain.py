"""The decoder chain: zxing-cpp on every frame, and on a miss one fallback stage, in rotation, where a code may be."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from kiosk.model.code import Symbology
from kiosk.scanning.clarity import is_clear
from kiosk.scanning.finder import Patch, find_patches
from kiosk.scanning.found import Decoder, Found
from kiosk.scanning.picture import Gray
from kiosk.scanning.stages import Stage, default_stages
from kiosk.scanning.zbar import ZbarDecoder
from kiosk.scanning.zxing import ZxingDecoder

ALWAYS_READ = (Symbology.QR, Symbology.AZTEC, Symbology.PDF417)
FIRST = "first"


@dataclass(frozen=True, eq=False)
class Reading:
    """What one frame gave: the codes, the stage that read them, and, if there were none, the code-like patches."""

    found: tuple[Found, ...]
    stage: str
    patches: tuple[Patch, ...] = ()

    def clear(self, gray: Gray) -> bool:
        """True if the likeliest patch of this frame clearly is a code."""
        return bool(self.patches) and is_clear(gray, self.patches[0])


class Chain:
    """Reads one frame after the other; remembers only which stage comes next. For one thread."""

    def __init__(
        self,
        first: Decoder,
        stages: Sequence[Stage],
        find: Callable[[Gray], tuple[Patch, ...]] = find_patches,
    ) -> None:
        self._first = first
        self._stages = tuple(stages)
        self._find = find
        self._misses = 0

    def read(self, gray: Gray) -> Reading:
        """The codes in a frame of a live picture: the first pass, and on a miss one fallback stage at most."""
        found = self._first.decode(gray)
        if found:
            self._misses = 0
            return Reading(found, FIRST)
        patches = self._find(gray)
        if not patches or not self._stages:
            self._misses = 0
            return Reading((), FIRST, patches)
        turn, stage = divmod(self._misses, len(self._stages))
        again = self._stages[stage].run(gray, patches[turn % len(patches)])
        if not again:
            # A stage that reads keeps its turn: it will read the next frame of the same code too.
            self._misses += 1
        return Reading(again, self._stages[stage].name, patches)

    def read_still(self, gray: Gray) -> Reading:
        """The codes in a single picture, for which every stage is tried."""
        found = self._first.decode(gray)
        if found:
            return Reading(found, FIRST)
        patches = self._find(gray)
        for stage in self._stages:
            for patch in patches[:1] if stage.whole else patches:
                again = stage.run(gray, patch)
                if again:
                    return Reading(again, stage.name, patches)
        return Reading((), FIRST, patches)


def standard_chain(symbologies: Collection[Symbology] = ALWAYS_READ) -> Chain:
    """The chain that a touchpoint uses. Build it on the thread that reads: this is where the decoders load."""
    first = ZxingDecoder(symbologies)
    second = (ZbarDecoder(),) if Symbology.QR in symbologies else ()
    return Chain(first, default_stages(first, *second) if second else ())
