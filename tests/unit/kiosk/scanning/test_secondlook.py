"""A stacked code that says two things at two looks says nothing; one that says one thing is believed."""

import numpy as np

from kiosk.model.code import Symbology
from kiosk.scanning import picture
from kiosk.scanning.chain import standard_chain
from kiosk.scanning.draw import draw_code
from kiosk.scanning.found import Found, Look
from kiosk.scanning.picture import Gray
from kiosk.scanning.secondlook import SecondLook
from kiosk.scanning.staging import Level, Pose, pose_for, stage
from kiosk.scanning.zxing import ZxingDecoder

FRAME = np.zeros((360, 640), np.uint8)
PLACE = ((100.0, 100.0), (400.0, 100.0), (400.0, 200.0), (100.0, 200.0))


class Wavering:
    """Says something else about a crop than about the whole frame."""

    name = "wavering"

    def __init__(self, whole: tuple[Found, ...], crop: tuple[Found, ...]) -> None:
        self._whole, self._crop = whole, crop

    def decode(self, gray: Gray) -> tuple[Found, ...]:
        return self._whole if gray.shape == FRAME.shape else self._crop

    def look(self, gray: Gray) -> Look:
        return Look(self.decode(gray), (PLACE,))


def one(payload: bytes, symbology: Symbology = Symbology.PDF417) -> Found:
    return Found(payload, symbology, "wavering", PLACE)


def test_two_looks_that_contradict_each_other_give_nothing() -> None:
    look = SecondLook(Wavering((one(b"A"),), (one(b"B"),))).look(FRAME)
    assert (look.found, look.damaged) == ((), (PLACE,))


def test_a_second_look_that_agrees_or_sees_nothing_leaves_the_first_as_it_is() -> None:
    for again in ((one(b"A"),), (), (one(b"B", Symbology.QR),)):
        assert SecondLook(Wavering((one(b"A"),), again)).decode(FRAME) == (one(b"A"),)


def test_other_codes_are_not_looked_at_twice() -> None:
    code = one(b"A", Symbology.QR)
    assert SecondLook(Wavering((code,), (one(b"B", Symbology.QR),))).decode(FRAME) == (code,)


def test_a_frame_that_is_misread_at_first_sight_is_read_as_it_was_written() -> None:
    """zxing-cpp settles on another text here, whose error correction comes out all the same."""
    seed, alphabet = 310029, b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
    rng = np.random.default_rng(seed)
    payload = b"OP1:" + bytes(alphabet[int(index)] for index in rng.integers(0, len(alphabet), 126))
    code = draw_code(payload, Symbology.PDF417, module_px=4)
    gray = picture.gray_of(stage(code, pose_for(Level.ONE, seed)))
    assert [found.payload for found in ZxingDecoder([Symbology.PDF417]).decode(gray)] != [payload]
    assert [found.payload for found in standard_chain().read_still(gray).found] == [payload]


def test_a_stacked_code_held_well_is_still_read_at_first_sight() -> None:
    code = draw_code(b"OPAS 417", Symbology.PDF417, module_px=4)
    reading = standard_chain().read(picture.gray_of(stage(code, Pose(code_px=320))))
    assert [found.payload for found in reading.found] == [b"OPAS 417"]
