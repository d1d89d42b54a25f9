"""The chain reads what a camera sees, and looks twice only where something may be."""

import tracemalloc

import numpy as np
import pytest

from kiosk.model.code import Symbology
from kiosk.scanning import picture
from kiosk.scanning.chain import ALWAYS_READ, FIRST, Chain, standard_chain
from kiosk.scanning.clarity import is_clear
from kiosk.scanning.draw import draw_code
from kiosk.scanning.finder import Patch, find_bars, find_patches, patch_at
from kiosk.scanning.found import Found, Look
from kiosk.scanning.picture import Gray
from kiosk.scanning.stages import Enhanced, as_it_is
from kiosk.scanning.staging import Level, Pose, empty_scene, noisy, pose_for, stage
from kiosk.scanning.zbar import ZbarDecoder, ZbarLines
from kiosk.scanning.zxing import ZxingDecoder

PAYLOAD = b"OP1:" + b"A1$" * 42
BLANK = np.zeros((360, 640), np.uint8)
PLACE = Patch(np.array([[100, 100], [200, 100], [200, 200], [100, 200]], np.float32), 50.0)
A = Found(b"A", Symbology.QR, "fake", ((10, 10), (20, 10), (20, 20), (10, 20)))


class FakeDecoder:
    """Reads what it is told to; remembers how often it was asked."""

    name = "fake"

    def __init__(self, *found: Found) -> None:
        self.found = found
        self.asked = 0

    def decode(self, gray: Gray) -> tuple[Found, ...]:
        self.asked += 1
        return self.found

    def look(self, gray: Gray) -> Look:
        return Look(self.decode(gray))


def staged(symbology: Symbology, level: Level, seed: int) -> Gray:
    return picture.gray_of(stage(draw_code(PAYLOAD, symbology, module_px=4), pose_for(level, seed)))


@pytest.mark.parametrize("symbology", [Symbology.QR, Symbology.AZTEC])
@pytest.mark.parametrize("level", [Level.EASY, Level.ONE])
def test_codes_held_up_fairly_are_read_in_the_first_frame(symbology: Symbology, level: Level) -> None:
    chain = standard_chain()
    for seed in range(4):
        assert [one.payload for one in chain.read(staged(symbology, level, seed)).found] == [PAYLOAD]


@pytest.mark.parametrize("seed", range(4))
def test_a_stacked_code_held_at_an_angle_is_read_within_a_round_of_stages(seed: int) -> None:
    chain, gray = standard_chain(), staged(Symbology.PDF417, Level.ONE, seed)
    read = [chain.read(gray).found for _ in range(8)]
    assert any(one.payload == PAYLOAD for found in read for one in found)


def test_corners_read_in_a_straightened_patch_are_those_of_the_whole_picture() -> None:
    gray = staged(Symbology.QR, Level.ONE, 2)
    (direct,) = ZxingDecoder([Symbology.QR]).decode(gray)
    (again,) = Enhanced("straight", ZxingDecoder([Symbology.QR]), as_it_is).run(gray, find_patches(gray)[0])
    assert np.abs(np.array(direct.corners) - np.array(again.corners)).max() < 6


def test_an_empty_hall_has_no_code_no_patch_and_nothing_clear() -> None:
    chain = standard_chain()
    for seed in range(5):
        gray = picture.gray_of(noisy(empty_scene(seed=seed), 2.0 + 2 * seed, seed))
        reading = chain.read(gray)
        assert (reading.found, reading.patches, reading.stage) == ((), (), FIRST)
        assert not reading.clear(gray)


@pytest.mark.parametrize("symbology", [Symbology.QR, Symbology.PDF417])
def test_half_a_code_clearly_is_one_that_can_not_be_read(symbology: Symbology) -> None:
    code = draw_code(PAYLOAD, symbology, module_px=4)
    code[:, code.shape[1] // 2 :] = 255
    gray = picture.gray_of(stage(code, Pose(code_px=280)))
    reading = standard_chain().read(gray)
    assert reading.found == ()
    assert reading.clear(gray)


def test_a_code_with_too_many_errors_is_known_for_damaged() -> None:
    code = draw_code(PAYLOAD, module_px=4)
    side = code.shape[0]
    code[side // 5 : side * 3 // 4, side // 4 : side * 7 // 10] = 255
    gray = picture.gray_of(stage(code, Pose(code_px=300)))
    reading = standard_chain().read(gray)
    assert (reading.found, reading.damaged) == ((), True)
    assert reading.clear(gray)


def test_a_page_of_print_is_not_clearly_a_code() -> None:
    page = np.full((720, 1280), 230, np.uint8)
    rng = np.random.default_rng(1)
    for top in range(100, 600, 22):
        for left in range(300, 900, 9):
            page[top : top + int(rng.integers(4, 12)), left : left + int(rng.integers(1, 6))] = 40
    assert not any(is_clear(page, patch) for patch in find_patches(picture.smooth(page, 1)))


def test_what_the_first_pass_reads_is_not_looked_at_twice() -> None:
    second = FakeDecoder(A)
    reading = Chain(FakeDecoder(A), [Enhanced("second", second, as_it_is)], lambda _: (PLACE,)).read(BLANK)
    assert (reading.found, reading.stage, second.asked) == ((A,), FIRST, 0)
    assert not reading.clear(BLANK)


def test_without_a_patch_no_stage_is_tried() -> None:
    second = FakeDecoder(A)
    assert Chain(FakeDecoder(), [Enhanced("second", second, as_it_is)], lambda _: ()).read(BLANK).found == ()
    assert second.asked == 0


def test_a_missed_frame_costs_one_stage_and_the_next_frame_the_next_one() -> None:
    decoders = [FakeDecoder() for _ in range(3)]
    stages = [Enhanced(str(number), decoder, as_it_is) for number, decoder in enumerate(decoders)]
    chain = Chain(FakeDecoder(), stages, lambda _: (PLACE,))
    assert [chain.read(BLANK).stage for _ in range(5)] == ["0", "1", "2", "0", "1"]
    assert [decoder.asked for decoder in decoders] == [2, 2, 1]


def test_a_stage_that_reads_keeps_its_turn() -> None:
    stages = [Enhanced("0", FakeDecoder(), as_it_is), Enhanced("1", FakeDecoder(A), as_it_is, whole=True)]
    chain = Chain(FakeDecoder(), stages, lambda _: (PLACE,))
    assert [chain.read(BLANK).stage for _ in range(4)] == ["0", "1", "1", "1"]


def test_a_still_picture_gets_every_stage() -> None:
    stages = [Enhanced("0", FakeDecoder(), as_it_is), Enhanced("1", FakeDecoder(A), as_it_is, whole=True)]
    reading = Chain(FakeDecoder(), stages, lambda _: (PLACE, PLACE)).read_still(BLANK)
    assert (reading.found, reading.stage) == ((A,), "1")
    assert Chain(FakeDecoder(), stages[:1], lambda _: (PLACE,)).read_still(BLANK).found == ()


def test_without_qr_there_is_no_second_decoder_to_ask() -> None:
    assert standard_chain([Symbology.AZTEC]).read(staged(Symbology.QR, Level.EASY, 1)).found == ()


def test_codes_in_a_row_leave_no_memory_behind() -> None:
    """The benchmark does the same with 10,000."""
    chain = standard_chain()
    frames = [np.pad(draw_code(b"OP1:%03d" % number, module_px=4), 60, constant_values=255) for number in range(60)]
    for gray in frames[:20]:
        chain.read(gray)
        chain.read(picture.smooth(gray, 4))
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for gray in frames:
        assert len(chain.read(gray).found) == 1
        chain.read(picture.smooth(gray, 4))
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < 100_000


def test_where_nothing_is_code_like_most_frames_are_only_glanced_at() -> None:
    first, glance = FakeDecoder(), FakeDecoder()
    chain = Chain(first, [], lambda _: (), glance)
    for _ in range(10):
        chain.read(BLANK)
    assert (first.asked, glance.asked) == (2, 8)


def test_a_lamp_beside_it_does_not_hide_a_dim_code() -> None:
    gray = picture.gray_of(stage(draw_code(PAYLOAD, module_px=4), Pose(code_px=170, contrast=55, noise=9, defocus=1)))
    gray[100:160, 60:260] = 255
    middle = find_patches(gray)[0].corners.mean(axis=0)
    assert np.hypot(*(middle - (640, 360))) < 60


def test_corners_that_no_code_can_have_are_no_patch() -> None:
    assert patch_at(((0, 0), (100, 0), (100, 100), (0, 100))) is not None
    assert patch_at(((0, 0), (100, 100), (100, 0), (0, 100))) is None
    assert patch_at(((0, 0), (3, 0), (3, 3), (0, 3))) is None


def test_zbar_reads_ascii_and_is_not_believed_beyond() -> None:
    (found,) = ZbarDecoder().decode(draw_code(PAYLOAD, module_px=4))
    assert (found.payload, found.symbology) == (PAYLOAD, Symbology.QR)
    assert ZbarDecoder().decode(draw_code(bytes(range(128, 160)), module_px=4)) == ()


class Choosy(Enhanced):
    """A stage that no patch suits."""

    def suits(self, patch: Patch) -> bool:
        return False


def test_a_stage_that_the_patch_does_not_suit_takes_no_turn() -> None:
    decoders = [FakeDecoder() for _ in range(2)]
    stages = [Enhanced("0", decoders[0], as_it_is), Choosy("1", decoders[1], as_it_is)]
    chain = Chain(FakeDecoder(), stages, lambda _: (PLACE,))
    assert [chain.read(BLANK).stage for _ in range(3)] == ["0", "0", "0"]
    assert chain.read_still(BLANK).found == ()
    assert decoders[1].asked == 0


EAN = b"4006381333931"
BARS_OUT_OF_FOCUS = Pose(code_px=200, defocus=1.5, noise=4, roll=8, seed=3)


def test_bars_out_of_focus_are_read_where_a_site_turns_them_on() -> None:
    gray = picture.gray_of(stage(draw_code(EAN, Symbology.EAN13, module_px=4), BARS_OUT_OF_FOCUS))
    assert ZxingDecoder([Symbology.EAN13]).decode(gray) == ()
    chain = standard_chain([*ALWAYS_READ, Symbology.EAN13])
    read = [one for _ in range(8) for one in chain.read(gray).found]
    assert {(one.payload, one.symbology) for one in read} == {(EAN, Symbology.EAN13)}
    assert standard_chain().read_still(gray).found == ()


def test_bars_on_which_few_lines_agree_are_not_believed() -> None:
    code = draw_code(EAN, Symbology.EAN13, module_px=4)
    whole = np.repeat(code[code.shape[0] // 2 : code.shape[0] // 2 + 1], 120, axis=0)
    sliver = np.full_like(whole, 255)
    sliver[56:62] = whole[56:62]
    lines = ZbarLines([Symbology.EAN13])
    assert [one.payload for one in lines.decode(np.pad(whole, 40, constant_values=255))] == [EAN]
    assert lines.decode(np.pad(sliver, 40, constant_values=255)) == ()


def test_bars_are_found_in_a_hand_and_not_in_an_empty_hall() -> None:
    code = draw_code(EAN, Symbology.EAN13, module_px=4)
    for seed in range(4):
        held = picture.gray_of(stage(code, pose_for(Level.ONE, seed)))
        assert find_bars(held)[0].oblongness > 1.5
        assert find_bars(picture.gray_of(noisy(empty_scene(seed=seed), 2.0 + 2 * seed, seed))) == ()
