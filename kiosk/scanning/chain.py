"""The decoder chain: zxing-cpp on every frame, and on a miss one fallback stage, in rotation, where a code may be."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from kiosk.model.code import Symbology
from kiosk.scanning.clarity import is_clear
from kiosk.scanning.finder import Patch, find_bars, find_patches, patch_at
from kiosk.scanning.found import FirstDecoder, Found, Look
from kiosk.scanning.picture import Gray
from kiosk.scanning.secondlook import SecondLook
from kiosk.scanning.stages import Stage, default_stages
from kiosk.scanning.zbar import BARS
from kiosk.scanning.zxing import ZxingDecoder

ALWAYS_READ = (Symbology.QR, Symbology.AZTEC, Symbology.PDF417)
FIRST = "first"
_QUICK = (Symbology.QR, Symbology.AZTEC)
_FULL_LOOK_EVERY = 5
"""Of frames in which nothing is code-like, every so many are searched for all symbologies all the same."""


@dataclass(frozen=True, eq=False)
class Reading:
    """What one frame gave: the codes, the stage that read them, and, if there were none, the code-like patches.

    `damaged` is true if a decoder is sure of a code that it could not read.
    """

    found: tuple[Found, ...]
    stage: str
    patches: tuple[Patch, ...] = ()
    damaged: bool = False

    def clear(self, gray: Gray) -> bool:
        """True if this frame clearly shows a code that was not read."""
        if self.found:
            return False
        return self.damaged or any(is_clear(gray, patch) for patch in self.patches)


class Chain:
    """Reads one frame after the other; remembers only which stage comes next. For one thread.

    `glance` looks at most frames in which nothing is code-like in place of `first`: it may be quicker and read less.
    """

    def __init__(
        self,
        first: FirstDecoder,
        stages: Sequence[Stage],
        find: Callable[[Gray], tuple[Patch, ...]] = find_patches,
        glance: FirstDecoder | None = None,
    ) -> None:
        self._first = first
        self._stages = tuple(stages)
        self._find = find
        self._glance = glance or first
        self._plain_frames = 0
        self._misses = 0

    def read(self, gray: Gray) -> Reading:
        """The codes in a frame of a live picture: the first pass, and on a miss one fallback stage at most."""
        places = self._find(gray)
        self._plain_frames = 0 if places else self._plain_frames + 1
        plain = self._plain_frames % _FULL_LOOK_EVERY
        look = (self._glance if plain else self._first).look(gray)
        if look.found:
            self._misses = 0
            return Reading(look.found, FIRST)
        patches, damaged = _certain(look) + places, bool(look.damaged)
        if not patches or not self._stages:
            self._misses = 0
            return Reading((), FIRST, patches, damaged)
        stage, patch = self._next(patches)
        again = stage.run(gray, patch)
        if not again:
            # A stage that reads keeps its turn: it will read the next frame of the same code too.
            self._misses += 1
        return Reading(again, stage.name, patches, damaged)

    def _next(self, patches: Sequence[Patch]) -> tuple[Stage, Patch]:
        """The stage whose turn it is and the patch for it: all stages look at the likeliest patch, then at the next one."""
        for _ in self._stages:
            stage, patch = self._turn(patches)
            if stage.suits(patch):
                return stage, patch
            self._misses += 1
        return self._turn(patches)

    def _turn(self, patches: Sequence[Patch]) -> tuple[Stage, Patch]:
        turn, number = divmod(self._misses, len(self._stages))
        return self._stages[number], patches[turn % len(patches)]

    def read_still(self, gray: Gray) -> Reading:
        """The codes in a single picture, for which every stage is tried."""
        look = self._first.look(gray)
        if look.found:
            return Reading(look.found, FIRST)
        patches, damaged = _certain(look) + self._find(gray), bool(look.damaged)
        for stage in self._stages:
            for patch in patches[:1] if stage.whole else filter(stage.suits, patches):
                again = stage.run(gray, patch)
                if again:
                    return Reading(again, stage.name, patches, damaged)
        return Reading((), FIRST, patches, damaged)


def _certain(look: Look) -> tuple[Patch, ...]:
    return tuple(patch for patch in map(patch_at, look.damaged[:1]) if patch)


def standard_chain(symbologies: Collection[Symbology] = ALWAYS_READ) -> Chain:
    """The chain that a touchpoint uses. Build it on the thread that reads: this is where the decoders load."""
    first = ZxingDecoder(symbologies)
    quick = [one for one in symbologies if one in _QUICK]
    find = _patches_or_bars if BARS.intersection(symbologies) else find_patches
    careful = SecondLook(first) if Symbology.PDF417 in symbologies else first
    return Chain(careful, default_stages(careful, symbologies), find, ZxingDecoder(quick) if quick else None)


def _patches_or_bars(gray: Gray) -> tuple[Patch, ...]:
    return find_patches(gray) or find_bars(gray)
