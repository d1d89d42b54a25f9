"""Error correction that knows which codewords to doubt: tries with ever more of the most doubtful ones taken for lost."""

from dataclasses import dataclass

import numpy as np

from kiosk.scanning.matrix.reedsolomon import Elements, Field, correct
from kiosk.scanning.picture import Floats

_SHARES = (0.0, 0.2, 0.4, 0.55, 0.7, 0.85, 1.0)


@dataclass(frozen=True, eq=False)
class Block:
    """Codewords in reading order, how doubtful each is (more is worse), and how many of the last are the check."""

    words: Elements
    doubt: Floats
    checks: int


def doubt_of(bits: Floats) -> Floats:
    """The doubt about each codeword, from the soft values of its bits, one codeword a row."""
    return np.asarray(np.exp(-3 * np.abs(bits)).sum(axis=1), dtype=np.float32)


def corrected(block: Block, gf: Field, first_root: int, spare: int) -> Elements | None:
    """The block without its errors; `spare` of its check words are never spent, for they tell a code from chance."""
    worst = np.argsort(-block.doubt)
    budget = block.checks - spare
    for count in dict.fromkeys(int(share * budget) for share in _SHARES):
        fixed = correct(
            gf, [int(word) for word in block.words], block.checks, first_root, [int(one) for one in worst[:count]]
        )
        if fixed is not None and _spent(block.words, fixed, worst[:count]) <= budget:
            return fixed
    return None


def _spent(before: Elements, after: Elements, lost: Elements) -> int:
    wrong = np.setdiff1d(np.flatnonzero(before != after), lost)
    return len(lost) + 2 * len(wrong)
