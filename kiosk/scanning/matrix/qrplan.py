"""What stands where in a QR code (ISO/IEC 18004): known modules, the way of its codewords, its blocks and its format."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Known = npt.NDArray[np.int8]
"""1 for a module that is surely dark, -1 for one that is surely light, 0 for one that carries data."""
Places = npt.NDArray[np.intp]

LARGEST = 20
_CHECKS = {
    # Check codewords in a block, by version from 1.
    "L": (7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28),
    "M": (10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26),
    "Q": (13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30),
    "H": (17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28),
}
_BLOCKS = {
    "L": (1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8),
    "M": (1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16),
    "Q": (1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20),
    "H": (1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25),
}
_LEVELS = "MLHQ"
"""By the two bits that stand for them."""
_FORMAT_MASK = 0x5412
_FORMAT_GENERATOR = 0x537
_VERSION_GENERATOR = 0x1F25
_VERSION_FROM = 7


@dataclass(frozen=True, eq=False)
class Plan:
    """One version: `way` are the (row, column) of all data bits in reading order, `format_at` of both copies' bits."""

    side: int
    known: Known
    way: Places
    format_at: Places

    @property
    def version(self) -> int:
        """1 for 21 modules a side, 4 more for each."""
        return (self.side - 17) // 4

    def blocks(self, level: str) -> tuple[tuple[int, ...], ...]:
        """For each block the numbers of its codewords in reading order, data first."""
        total, count = len(self.way) // 8, _BLOCKS[level][self.version - 1]
        checks = _CHECKS[level][self.version - 1]
        data = total - checks * count
        short, longer = data // count, data % count
        rows: list[list[int]] = [[] for _ in range(count)]
        order = [block for _ in range(short) for block in range(count)]
        order += list(range(count - longer, count))
        order += [block for _ in range(checks) for block in range(count)]
        for number, block in enumerate(order):
            rows[block].append(number)
        return tuple(map(tuple, rows))

    def checks(self, level: str) -> int:
        """Check codewords in each block."""
        return _CHECKS[level][self.version - 1]


@dataclass(frozen=True, eq=False)
class Format:
    """One of the 32 formats: its level, its mask (1 where a module is turned over) and its 15 bits, the first first."""

    level: str
    mask: int
    bits: tuple[int, ...]


@lru_cache(maxsize=LARGEST)
def plan_of(side: int) -> Plan:
    """The plan for a code of `side` modules, which is 21, 25, … 97."""
    known = np.zeros((side, side), np.int8)
    taken = np.zeros((side, side), bool)
    _put_timing(known, side)
    _put_alignments(known, side)
    for top, left in ((0, 0), (0, side - 7), (side - 7, 0)):
        _put_finder(known, top, left)
    format_at = _format_places(side)
    taken[format_at[:, :, 0].ravel(), format_at[:, :, 1].ravel()] = True
    known[side - 8, 8] = 1
    if side >= 17 + 4 * _VERSION_FROM:
        _put_version(known, side)
    return Plan(side, known, _way(taken | (known != 0)), format_at)


@lru_cache(maxsize=1)
def formats() -> tuple[Format, ...]:
    """All 32."""
    out = []
    for data in range(32):
        whole = (data << 10 | _remainder(data << 10, _FORMAT_GENERATOR)) ^ _FORMAT_MASK
        bits = tuple(whole >> (14 - place) & 1 for place in range(15))
        out.append(Format(_LEVELS[data >> 3], data & 7, bits))
    return tuple(out)


def mask_of(number: int, places: Places) -> npt.NDArray[np.bool_]:
    """True where the mask of that number turns the module at each (row, column) over."""
    row, column = places[:, 0], places[:, 1]
    product = row * column
    terms = (
        row + column,
        row,
        column % 3,
        (row + column) % 3,
        row // 2 + column // 3,
        product % 2 + product % 3,
        product % 2 + product % 3,
        (row + column) % 2 + product % 3,
    )
    # Masks 2, 3 and 5 turn over where the term is 0 itself, the others where it is even.
    term = terms[number]
    return np.asarray(term == 0 if number in {2, 3, 5} else term % 2 == 0)


def _remainder(value: int, generator: int) -> int:
    while value.bit_length() >= generator.bit_length():
        value ^= generator << (value.bit_length() - generator.bit_length())
    return value


def _put_finder(known: Known, top: int, left: int) -> None:
    side = len(known)
    for row in range(max(0, top - 1), min(side, top + 8)):
        for column in range(max(0, left - 1), min(side, left + 8)):
            ring = max(abs(row - top - 3), abs(column - left - 3))
            known[row, column] = 1 if ring in {0, 1, 3} else -1


def _put_timing(known: Known, side: int) -> None:
    beat = np.where(np.arange(side) % 2 == 0, 1, -1)
    known[6, :], known[:, 6] = beat, beat


def _put_alignments(known: Known, side: int) -> None:
    centres = _alignment_centres(side)
    for row in centres:
        for column in centres:
            if (row, column) in {(6, 6), (6, side - 7), (side - 7, 6)}:
                continue
            for down in range(-2, 3):
                for across in range(-2, 3):
                    known[row + down, column + across] = 1 if max(abs(down), abs(across)) != 1 else -1


def _alignment_centres(side: int) -> tuple[int, ...]:
    version = (side - 17) // 4
    if version == 1:
        return ()
    count = version // 7 + 2
    step = (version * 4 + count * 2 + 1) // (count * 2 - 2) * 2
    return (6, *sorted(side - 7 - step * number for number in range(count - 1)))


def _format_places(side: int) -> Places:
    first = [(8, column) for column in (0, 1, 2, 3, 4, 5, 7, 8)] + [(row, 8) for row in (7, 5, 4, 3, 2, 1, 0)]
    second = [(side - 1 - row, 8) for row in range(7)] + [(8, side - 8 + column) for column in range(8)]
    return np.array([first, second], dtype=np.intp)


def _put_version(known: Known, side: int) -> None:
    version = (side - 17) // 4
    bits = version << 12 | _remainder(version << 12, _VERSION_GENERATOR)
    for number in range(18):
        value = 1 if bits >> number & 1 else -1
        far, near = side - 11 + number % 3, number // 3
        known[near, far], known[far, near] = value, value


def _way(taken: npt.NDArray[np.bool_]) -> Places:
    side, out, up = len(taken), [], True
    for right in [*range(side - 1, 6, -2), 5, 3, 1]:
        for row in range(side - 1, -1, -1) if up else range(side):
            out += [(row, column) for column in (right, right - 1) if not taken[row, column]]
        up = not up
    return np.array(out, dtype=np.intp)
