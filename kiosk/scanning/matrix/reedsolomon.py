"""Reed–Solomon decoding with errors and erasures over GF(2^m), for QR and Aztec. Pure arithmetic."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Elements = npt.NDArray[np.int64]
"""Elements of the field as whole numbers; a polynomial has its lowest power first."""


class Field:
    """GF(2^m) by its primitive polynomial: logarithms and powers of its generator 2."""

    def __init__(self, primitive: int) -> None:
        self.order = (1 << (primitive.bit_length() - 1)) - 1
        power, powers, logs = 1, [0] * self.order, [0] * (self.order + 1)
        for exponent in range(self.order):
            powers[exponent] = power
            logs[power] = exponent
            power <<= 1
            if power > self.order:
                power ^= primitive
        # A product's logarithm is below twice the order; that of 0 leads into the zeros behind.
        self._powers = np.array(powers * 2 + [0] * (4 * self.order), dtype=np.int64)
        self._logs = np.array([2 * self.order, *logs[1:]], dtype=np.int64)

    def power(self, exponents: npt.ArrayLike) -> Elements:
        """The generator to these powers, which may be below 0."""
        return np.asarray(self._powers[np.asarray(exponents, dtype=np.int64) % self.order])

    def times(self, a: npt.ArrayLike, b: npt.ArrayLike) -> Elements:
        """Products, element by element."""
        return np.asarray(self._powers[self._logs[np.asarray(a)] + self._logs[np.asarray(b)]])

    def inverse(self, a: npt.ArrayLike) -> Elements:
        """One divided by each element; none of them is 0."""
        return self.power(-self._logs[np.asarray(a)])

    def values(self, poly: Elements, exponents: Elements) -> Elements:
        """The values of a polynomial at the generator's powers."""
        terms = self.times(poly[None, :], self.power(exponents[:, None] * np.arange(len(poly))[None, :]))
        return np.asarray(np.bitwise_xor.reduce(terms, axis=1))

    def product(self, a: Elements, b: Elements) -> Elements:
        """The product of two polynomials."""
        short, long = (a, b) if len(a) < len(b) else (b, a)
        out = np.zeros(len(a) + len(b) - 1, np.int64)
        for power, factor in enumerate(short):
            out[power : power + len(long)] ^= self.times(factor, long)
        return out


@lru_cache(maxsize=8)
def field(primitive: int) -> Field:
    """The field, built once."""
    return Field(primitive)


def correct(gf: Field, word: Sequence[int], checks: int, first_root: int, lost: Sequence[int] = ()) -> Elements | None:
    """The code word nearest to `word` (highest power first, the last `checks` elements are the check), or None.

    `lost` are places in `word` that may hold anything. Twice the errors and the lost ones together are at most `checks`.
    """
    out = np.array(word, dtype=np.int64)
    roots = first_root + np.arange(checks)
    syndromes = gf.values(out[::-1], roots)
    if not syndromes.any():
        return out
    powers = np.arange(len(out))[::-1]
    locator = _locator(gf, syndromes, powers[list(lost)])
    if locator is None:
        return None
    places = np.flatnonzero(gf.values(locator, -powers) == 0)
    if len(places) != len(locator) - 1:
        return None
    evaluator = gf.product(syndromes, locator)[:checks]
    slope = np.where(np.arange(len(locator)) % 2 == 1, locator, 0)[1:]
    steep = gf.values(slope, -powers[places])
    if not steep.all():
        return None
    # Forney: an error's size, times its place to the power of 1 - first root.
    size = gf.times(gf.values(evaluator, -powers[places]), gf.inverse(steep))
    out[places] ^= gf.times(size, gf.power(powers[places] * (1 - first_root)))
    return None if gf.values(out[::-1], roots).any() else out


def _locator(gf: Field, syndromes: Elements, lost: Elements) -> Elements | None:
    """Berlekamp–Massey, begun with the places that are known to be wrong; None for more errors than can be corrected."""
    start = np.array([1], np.int64)
    for power in lost:
        start = gf.product(start, np.array([1, int(gf.power(power))], np.int64))
    room = len(syndromes) + 2
    current, before = np.zeros(room, np.int64), np.zeros(room, np.int64)
    current[: len(start)] = before[: len(start)] = start
    length = len(lost)
    for step in range(len(lost), len(syndromes)):
        gap = int(np.bitwise_xor.reduce(gf.times(current[: step + 1], syndromes[step::-1])))
        before = np.concatenate([[0], before[:-1]])
        if not gap:
            continue
        changed = current ^ gf.times(gap, before)
        if 2 * length <= step + len(lost):
            before = gf.times(current, gf.inverse(gap))
            length = step + 1 - length + len(lost)
        current = changed
    degree = int(np.flatnonzero(current)[-1])
    return current[: degree + 1] if 2 * degree - len(lost) <= len(syndromes) else None
