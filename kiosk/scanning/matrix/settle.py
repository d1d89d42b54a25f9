"""Settles the modules of a QR code from how dark each seems: error correction that knows which codewords to doubt."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kiosk.scanning.matrix.doubt import Block, corrected, doubt_of
from kiosk.scanning.matrix.qrplan import Format, Known, Plan, formats, mask_of
from kiosk.scanning.matrix.reedsolomon import Elements, field
from kiosk.scanning.picture import Floats

_PRIMITIVE = 0x11D
_SPARE = 4
"""Check codewords that are never spent on correcting, over all blocks: they tell a code from chance."""
_LEAST_FORMAT = 0.45


@dataclass(frozen=True, eq=False)
class Settled:
    """What is certain now: 1 dark, -1 light, 0 open; `whole` once every block came out."""

    known: Known
    whole: bool


def settle(plan: Plan, soft: Floats) -> Settled:
    """`soft` is (side, side), above 0 for dark, larger for surer."""
    style = likely_format(plan, soft)
    if style is None:
        return Settled(plan.known, whole=False)
    turned = np.where(mask_of(style.mask, plan.way), -1, 1).astype(np.int8)
    values = soft[plan.way[:, 0], plan.way[:, 1]] * turned
    used = len(values) // 8 * 8
    bits = values[:used].reshape(-1, 8)
    words = np.packbits(bits > 0, axis=1).ravel()
    doubt = doubt_of(bits)
    sure = np.zeros(len(values), np.int8)
    blocks = plan.blocks(style.level)
    spare = max(2, _SPARE // len(blocks))
    good = 0
    for block in blocks:
        numbers = np.array(block)
        fixed = _corrected(words[numbers], doubt[numbers], plan.checks(style.level), spare)
        if fixed is not None:
            good += 1
            _note(sure, numbers, fixed)
    return Settled(_with(plan, style, sure * turned), whole=good == len(blocks))


def likely_format(plan: Plan, soft: Floats) -> Format | None:
    """The format whose bits fit what is seen best, if any fits."""
    seen = np.tanh(soft[plan.format_at[:, :, 0], plan.format_at[:, :, 1]]).sum(axis=0)
    best = max(formats(), key=lambda one: float(seen @ _signs(one)))
    return best if float(seen @ _signs(best)) > _LEAST_FORMAT * float(np.abs(seen).sum()) else None


def _signs(style: Format) -> npt.NDArray[np.int8]:
    return np.array(style.bits, np.int8) * 2 - 1


def _corrected(words: npt.NDArray[np.uint8], doubt: Floats, checks: int, spare: int) -> Elements | None:
    return corrected(Block(words.astype(np.int64), doubt, checks), field(_PRIMITIVE), 0, spare)


def _note(sure: npt.NDArray[np.int8], numbers: npt.NDArray[np.intp], fixed: Elements) -> None:
    bits = np.unpackbits(fixed.astype(np.uint8)).astype(np.int8) * 2 - 1
    sure[(numbers[:, None] * 8 + np.arange(8)).ravel()] = bits


def _with(plan: Plan, style: Format, data: npt.NDArray[np.int8]) -> Known:
    known = plan.known.copy()
    known[plan.way[:, 0], plan.way[:, 1]] = data
    known[plan.format_at[:, :, 0], plan.format_at[:, :, 1]] = _signs(style)
    return known
