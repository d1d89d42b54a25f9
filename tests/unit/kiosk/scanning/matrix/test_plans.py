"""The plans of QR and Aztec codes agree with codes that another program drew."""

import numpy as np
import pytest
import segno
import zxingcpp

from kiosk.scanning.matrix.aztecplan import aztec_plan, mode_messages, mode_of, modes_of_size
from kiosk.scanning.matrix.qrplan import formats, mask_of, plan_of
from kiosk.scanning.matrix.reedsolomon import correct, field


def signs(dark: object) -> np.ndarray[tuple[int, int], np.dtype[np.int8]]:
    return np.where(np.array(dark) > 0, 1, -1).astype(np.int8)


@pytest.mark.parametrize("version", range(1, 21))
@pytest.mark.parametrize("level", "LMQH")
def test_a_qr_code_has_its_known_modules_its_format_and_whole_blocks(version: int, level: str) -> None:
    mask = (version + ord(level)) % 8
    drawn = segno.make("OPAS", version=version, error=level.lower(), mask=mask, boost_error=False, micro=False)
    dark, plan = signs([list(row) for row in drawn.matrix]), plan_of(17 + 4 * version)
    assert np.array_equal(dark[plan.known != 0], plan.known[plan.known != 0])
    (style,) = (one for one in formats() if (one.level, one.mask) == (level, mask))
    for copy in plan.format_at:
        assert tuple(dark[copy[:, 0], copy[:, 1]] > 0) == style.bits
    bits = (dark[plan.way[:, 0], plan.way[:, 1]] > 0) ^ mask_of(mask, plan.way)
    words = np.packbits(bits[: len(bits) // 8 * 8])
    numbers = [number for block in plan.blocks(level) for number in block]
    assert sorted(numbers) == list(range(len(words)))
    for block in plan.blocks(level):
        word = [int(words[number]) for number in block]
        fixed = correct(field(0x11D), word, plan.checks(level), 0)
        assert fixed is not None
        assert list(fixed) == word


@pytest.mark.parametrize("size", [6, 12, 20, 40, 70, 100, 130, 170])
def test_an_aztec_code_has_its_known_modules_its_mode_and_a_whole_block(size: int) -> None:
    payload = bytes(np.random.default_rng(size).integers(0, 256, size).astype(np.uint8))
    drawn = zxingcpp.create_barcode(payload, zxingcpp.BarcodeFormat.AztecCode, ec_level="33%")
    light = np.array(drawn.to_image(scale=1, add_quiet_zones=False))
    dark = signs(light < 128)
    fitting = [
        plan
        for compact in (True, False)
        for layers in range(1, 5 if compact else 13)
        if (plan := aztec_plan(layers, compact=compact)).side == len(dark)
        and np.array_equal(dark[plan.known != 0], plan.known[plan.known != 0])
    ]
    (plan,) = fitting
    messages = mode_messages(compact=plan.compact)
    agreement = messages @ dark[plan.mode_at[:, 0], plan.mode_at[:, 1]]
    best = int(agreement.argmax())
    layers, words = mode_of(best, compact=plan.compact)
    assert (agreement[best], layers) == (messages.shape[1], plan.layers)
    assert best in modes_of_size(plan.side, plan.side, compact=plan.compact)
    bits = (dark[plan.way[:, 0], plan.way[:, 1]] > 0).astype(int)
    rows = bits[len(bits) % plan.word_bits :].reshape(-1, plan.word_bits)
    word = [int(one) for one in rows @ (1 << np.arange(plan.word_bits - 1, -1, -1))]
    fixed = correct(field(plan.primitive), word, len(word) - words, 1)
    assert fixed is not None
    assert list(fixed) == word
