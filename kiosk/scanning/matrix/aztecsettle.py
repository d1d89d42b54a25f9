"""Settles the modules of an Aztec code from how dark each seems."""

import numpy as np

from kiosk.scanning.matrix.doubt import Block, corrected, doubt_of
from kiosk.scanning.matrix.eye import Mode
from kiosk.scanning.matrix.reedsolomon import field
from kiosk.scanning.matrix.settle import Settled
from kiosk.scanning.picture import Floats

_SPARE = 4


def settle_aztec(mode: Mode, soft: Floats) -> Settled:
    """`soft` is (side, side), above 0 for dark, larger for surer."""
    plan, known = mode.plan, mode.known.copy()
    values = soft[plan.way[:, 0], plan.way[:, 1]]
    first = len(values) % plan.word_bits
    bits = values[first:].reshape(-1, plan.word_bits)
    weights = 1 << np.arange(plan.word_bits - 1, -1, -1)
    checks = len(bits) - mode.words
    if checks <= _SPARE:
        return Settled(known, whole=False)
    block = Block((bits > 0) @ weights, doubt_of(bits), checks)
    fixed = corrected(block, field(plan.primitive), 1, _SPARE)
    if fixed is None:
        return Settled(known, whole=False)
    sure = ((fixed[:, None] & weights) > 0).astype(np.int8).ravel() * 2 - 1
    way = plan.way[first:]
    known[way[:, 0], way[:, 1]] = sure
    # The few bits before the first codeword carry nothing.
    known[plan.way[:first, 0], plan.way[:first, 1]] = -1
    return Settled(known, whole=True)
