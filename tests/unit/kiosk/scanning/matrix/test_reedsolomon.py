"""Reed–Solomon: what can be corrected is, what can't be is refused."""

import random

import numpy as np
import pytest

from kiosk.scanning.matrix.doubt import Block, corrected
from kiosk.scanning.matrix.reedsolomon import correct, field

PRIMITIVES = {4: 0x13, 6: 0x43, 8: 0x11D, 10: 0x409}


def code_word(bits: int, length: int, checks: int, first_root: int, rng: random.Random) -> list[int]:
    """A word whose check is what correction puts there when it is taken for lost."""
    data = [rng.randrange(1 << bits) for _ in range(length - checks)]
    whole = correct(field(PRIMITIVES[bits]), [*data, *[0] * checks], checks, first_root, range(length - checks, length))
    assert whole is not None
    assert list(whole[: length - checks]) == data
    return [int(one) for one in whole]


@pytest.mark.parametrize(
    ("bits", "length", "checks", "first_root"), [(4, 10, 6, 1), (6, 40, 20, 1), (8, 43, 16, 0), (10, 230, 80, 1)]
)
def test_errors_and_lost_words_within_the_budget_are_corrected(
    bits: int, length: int, checks: int, first_root: int
) -> None:
    rng, gf = random.Random(bits), field(PRIMITIVES[bits])
    for _ in range(20):
        word = code_word(bits, length, checks, first_root, rng)
        lost = rng.sample(range(length), rng.randint(0, checks))
        wrong = rng.sample([place for place in range(length) if place not in lost], (checks - len(lost)) // 2)
        broken = [
            one ^ rng.randrange(1, 1 << bits) if place in {*lost, *wrong} else one for place, one in enumerate(word)
        ]
        fixed = correct(gf, broken, checks, first_root, lost)
        assert fixed is not None
        assert list(fixed) == word


def test_too_many_errors_are_refused_and_never_end_in_an_exception() -> None:
    rng, gf = random.Random(1), field(PRIMITIVES[8])
    refused = 0
    for _ in range(200):
        broken = [rng.randrange(256) for _ in range(43)]
        fixed = correct(gf, broken, 16, 0, rng.sample(range(43), rng.randint(0, 10)))
        refused += fixed is None
    assert refused > 195


def test_a_whole_word_is_left_as_it_is() -> None:
    word = code_word(8, 43, 16, 0, random.Random(2))
    fixed = correct(field(PRIMITIVES[8]), word, 16, 0)
    assert fixed is not None
    assert list(fixed) == word


def test_the_doubtful_words_are_taken_for_lost() -> None:
    rng = random.Random(3)
    word = code_word(8, 43, 16, 0, rng)
    broken, doubt = np.array(word), np.zeros(43, np.float32)
    for place in rng.sample(range(43), 12):
        broken[place] ^= rng.randrange(1, 256)
        doubt[place] = 1
    fixed = corrected(Block(broken, doubt, 16), field(PRIMITIVES[8]), 0, 4)
    assert fixed is not None
    assert list(fixed) == word
    assert corrected(Block(broken, np.zeros(43, np.float32), 16), field(PRIMITIVES[8]), 0, 4) is None
