"""What stands where in an Aztec code (ISO/IEC 24778): known modules, its mode message and the way of its codewords."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from kiosk.scanning.matrix.qrplan import Known, Places
from kiosk.scanning.matrix.reedsolomon import correct, field

MOST_LAYERS = 12
_GRID = 16
_PRIMITIVES = {4: 0x13, 6: 0x43, 8: 0x12D, 10: 0x409}
_MODE_BITS = {True: (28, 2, 6), False: (40, 5, 11)}
"""Bits of the mode message, bits that name the layers, bits that name the data words; compact or not."""


@dataclass(frozen=True, eq=False)
class AztecPlan:
    """One size: `way` are the (row, column) of all bits in reading order, `mode_at` those of the mode message."""

    compact: bool
    layers: int
    side: int
    known: Known
    way: Places
    mode_at: Places

    @property
    def word_bits(self) -> int:
        """Bits of a codeword."""
        return 6 if self.layers <= 2 else 8 if self.layers <= 8 else 10  # noqa: PLR2004 - ISO/IEC 24778, table 1

    @property
    def primitive(self) -> int:
        """The field of its codewords."""
        return _PRIMITIVES[self.word_bits]


@lru_cache(maxsize=2 * MOST_LAYERS)
def aztec_plan(layers: int, *, compact: bool) -> AztecPlan:
    """The plan of a code with 1–4 layers if compact, else 1–12."""
    base = (11 if compact else 14) + 4 * layers
    spread = _spread(base, compact=compact)
    side = int(spread[-1]) + 1
    known = np.zeros((side, side), np.int8)
    if not compact:
        put_reference_grid(known)
    core = 5 if compact else 7
    _put_core(known, core)
    return AztecPlan(compact, layers, side, known, _way(layers, spread, compact=compact), _mode_places(side, core))


def core_of(*, compact: bool) -> Known:
    """The bull's eye with its marks of orientation; 0 for the mode message."""
    core = 5 if compact else 7
    known = np.zeros((2 * core + 1, 2 * core + 1), np.int8)
    _put_core(known, core)
    return known


@lru_cache(maxsize=2)
def mode_messages(*, compact: bool) -> npt.NDArray[np.int8]:
    """All mode messages as rows of 1 and -1; the row's number holds layers - 1, then data words - 1."""
    total, layer_bits, word_bits = _MODE_BITS[compact]
    data = layer_bits + word_bits
    basis = np.array([_mode_bits(1 << (data - 1 - bit), data, total) for bit in range(data)], np.uint8)
    most = (MOST_LAYERS if not compact else 4) << word_bits
    numbers = np.arange(most)
    bits = (numbers[:, None] >> np.arange(data - 1, -1, -1) & 1).astype(np.uint8)
    return ((bits @ basis) % 2).astype(np.int8) * 2 - 1


@lru_cache(maxsize=128)
def modes_of_size(least: int, most: int, *, compact: bool) -> npt.NDArray[np.intp]:
    """The numbers of the mode messages of codes of `least` to `most` modules a side that leave room for a check."""
    numbers: list[int] = []
    for layers in range(1, (4 if compact else MOST_LAYERS) + 1):
        plan = aztec_plan(layers, compact=compact)
        room = min(len(plan.way) // plan.word_bits * 9 // 10, 1 << _MODE_BITS[compact][2])
        first = (layers - 1) << _MODE_BITS[compact][2]
        numbers += range(first, first + room) if least <= plan.side <= most else ()
    return np.array(numbers, dtype=np.intp)


def mode_of(number: int, *, compact: bool) -> tuple[int, int]:
    """Layers and data words that a mode message's number stands for."""
    word_bits = _MODE_BITS[compact][2]
    return (number >> word_bits) + 1, (number & ((1 << word_bits) - 1)) + 1


def _mode_bits(value: int, data: int, total: int) -> list[int]:
    count = data // 4
    words = [value >> (4 * (count - 1 - place)) & 15 for place in range(count)] + [0] * (total // 4 - count)
    # The check is what correction puts there when it is taken for lost.
    whole = correct(field(_PRIMITIVES[4]), words, len(words) - count, 1, range(count, len(words)))
    return [] if whole is None else [int(word) >> (3 - bit) & 1 for word in whole for bit in range(4)]


def _spread(base: int, *, compact: bool) -> npt.NDArray[np.intp]:
    """Where each line of data stands once the lines of the reference grid are put between them."""
    if compact:
        return np.arange(base)
    half = base // 2
    steps = np.arange(half)
    far = steps + steps // (_GRID - 1) + 1
    middle = int(far[-1])
    return np.concatenate([middle - far[::-1], middle + far])


def put_reference_grid(known: Known) -> None:
    """Write the lines of alternating modules that a full code has through its middle and every 16 modules from it."""
    side = len(known)
    middle = side // 2
    beat = np.where((np.arange(side) - middle) % 2 == 0, 1, -1)
    for line in range(middle % _GRID, side, _GRID):
        known[line, :], known[:, line] = beat, beat


def _put_core(known: Known, core: int) -> None:
    middle = len(known) // 2
    for row in range(-core, core + 1):
        for column in range(-core, core + 1):
            ring = max(abs(row), abs(column))
            known[middle + row, middle + column] = 0 if ring == core else 1 - 2 * (ring % 2)
    dark = {(-core, -core), (-core, 1 - core), (1 - core, -core), (-core, core), (1 - core, core), (core - 1, core)}
    for down in (-1, 1):
        for across in (-1, 1):
            for row, column in ((core, core), (core, core - 1), (core - 1, core)):
                place = (down * row, across * column)
                known[middle + place[0], middle + place[1]] = 1 if place in dark else -1
    if core == 7:  # noqa: PLR2004 - the full core's ring is crossed by the reference grid
        for row, column in ((-core, 0), (core, 0), (0, -core), (0, core)):
            known[middle + row, middle + column] = -1


def _mode_places(side: int, core: int) -> Places:
    middle = side // 2
    # The reference grid crosses the middle of each side of a full core.
    along = [*range(-5, 0), *range(1, 6)] if core == 7 else list(range(-3, 4))  # noqa: PLR2004 - the full core
    top = [(-core, at) for at in along]
    right = [(at, core) for at in along]
    bottom = [(core, -at) for at in along]
    left = [(-at, -core) for at in along]
    return np.array(top + right + bottom + left, dtype=np.intp) + middle


def _way(layers: int, spread: npt.NDArray[np.intp], *, compact: bool) -> Places:
    out: list[tuple[int, int]] = []
    for layer in range(layers):
        length = (layers - layer) * 4 + (9 if compact else 12)
        low, high = layer * 2, len(spread) - 1 - layer * 2
        out += [(low + j, low + k) for j in range(length) for k in range(2)]
        out += [(high - k, low + j) for j in range(length) for k in range(2)]
        out += [(high - j, high - k) for j in range(length) for k in range(2)]
        out += [(low + k, high - j) for j in range(length) for k in range(2)]
    return spread[np.array(out, dtype=np.intp)]
