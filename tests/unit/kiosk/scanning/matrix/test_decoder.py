"""Codes that thresholding loses are read by their grid; what is no code gives none."""

import numpy as np
import pytest

from kiosk.model.code import Symbology
from kiosk.scanning import picture, zxing
from kiosk.scanning.draw import draw_code
from kiosk.scanning.finder import Patch, find_patches
from kiosk.scanning.matrix.decoder import AztecGrid, QrGrid
from kiosk.scanning.matrix.qrplan import plan_of
from kiosk.scanning.matrix.settle import settle
from kiosk.scanning.picture import Gray
from kiosk.scanning.staging import Level, Pose, pose_for, stage
from kiosk.scanning.zxing import ZxingDecoder

PAYLOAD = b"OP1:" + b"7KX$9Q" * 21
BLURRED = Pose(
    code_px=185, tilt=(12, -18), roll=37, defocus=1.7, motion=4.5, motion_angle=70, contrast=75, noise=9, jpeg=60
)


def shown(symbology: Symbology, pose: Pose) -> Gray:
    return picture.gray_of(stage(draw_code(PAYLOAD, symbology, module_px=4), pose))


@pytest.mark.parametrize(("symbology", "grid"), [(Symbology.QR, QrGrid()), (Symbology.AZTEC, AztecGrid())])
def test_a_blurred_dim_noisy_code_is_read_with_its_place(symbology: Symbology, grid: QrGrid | AztecGrid) -> None:
    gray = shown(symbology, BLURRED)
    assert ZxingDecoder([symbology]).decode(gray) == ()
    (found,) = grid.run(gray, find_patches(gray)[0])
    assert (found.payload, found.symbology) == (PAYLOAD, symbology)
    middle = np.mean(np.array(found.corners), axis=0)
    side = np.hypot(*(np.array(found.corners[1]) - np.array(found.corners[0])))
    assert np.hypot(*(middle - find_patches(gray)[0].corners.mean(axis=0))) < 60
    assert 130 < side < 200


@pytest.mark.parametrize("payload", [b"OP1:" + b"0" * 60, bytes(range(150)), b"y" * 90])
@pytest.mark.parametrize(("symbology", "grid"), [(Symbology.QR, QrGrid()), (Symbology.AZTEC, AztecGrid())])
def test_codes_of_other_sizes_are_read_too(symbology: Symbology, grid: QrGrid | AztecGrid, payload: bytes) -> None:
    frame = stage(draw_code(payload, symbology, module_px=4), Pose(code_px=320, roll=-12, tilt=(5, 8)))
    gray = picture.gray_of(frame)
    found = [one.payload for patch in find_patches(gray) for one in grid.run(gray, patch)]
    assert found == [payload]


@pytest.mark.parametrize("seed", range(6))
def test_noise_is_no_code(seed: int) -> None:
    rng = np.random.default_rng(seed)
    noise = picture.smooth(rng.integers(0, 256, (400, 400)).astype(np.uint8), 1.5)
    whole = Patch(np.array([[40, 40], [360, 40], [360, 360], [40, 360]], np.float32), 50.0)
    assert QrGrid().run(noise, whole) == ()
    assert AztecGrid().run(noise, whole) == ()


def test_a_flat_patch_is_no_code() -> None:
    flat = np.full((300, 300), 128, np.uint8)
    whole = Patch(np.array([[10, 10], [290, 10], [290, 290], [10, 290]], np.float32), 50.0)
    assert QrGrid().run(flat, whole) == ()
    assert AztecGrid().run(flat, whole) == ()


def test_a_code_with_a_covered_part_is_settled_from_the_rest() -> None:
    drawn = zxing.draw(PAYLOAD, Symbology.QR)
    soft = np.where(drawn < 128, 1.0, -1.0).astype(np.float32)
    soft[14:24, 12:22] *= 0.01
    soft[15:22, 14:20] *= -1
    settled = settle(plan_of(len(drawn)), soft)
    assert settled.whole
    certain = settled.known != 0
    assert certain.mean() > 0.99
    assert np.array_equal(settled.known[certain] > 0, drawn[certain] < 128)


def test_modules_that_make_no_code_are_not_settled() -> None:
    rng = np.random.default_rng(1)
    soft = rng.normal(size=(41, 41)).astype(np.float32)
    assert not settle(plan_of(41), soft).whole


@pytest.mark.parametrize("seed", [5013, 5025, 5039, 5068, 5216])
def test_an_eye_that_seems_to_lie_one_ring_aside_is_found_where_it_is(seed: int) -> None:
    """In these frames a smaller eye, a module off, fits the rings better at first than the true one."""
    rng = np.random.default_rng(seed)
    alphabet = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
    payload = b"OP1:" + bytes(alphabet[int(one)] for one in rng.integers(0, len(alphabet), 126))
    frame = stage(draw_code(payload, Symbology.AZTEC, module_px=4), pose_for(Level.THREE, seed))
    gray = picture.gray_of(frame)
    (found,) = AztecGrid().run(gray, find_patches(gray)[0])
    assert found.payload == payload
