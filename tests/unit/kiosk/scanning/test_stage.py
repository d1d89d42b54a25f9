"""Pictures dropped into the folder are held up before the camera that is not there."""

import logging
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kiosk.errors import SourceError
from kiosk.model.code import Symbology
from kiosk.model.ids import DurationMs
from kiosk.scanning import picture
from kiosk.scanning.chain import standard_chain
from kiosk.scanning.draw import draw_code
from kiosk.scanning.source import Frame
from kiosk.scanning.stage import StageRules, StageSource
from tests.fakes.clock import FakeClock

SOON = DurationMs(1000)
STEP = 100


class Show:
    """Plays a stage and reads every frame."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.source = StageSource(folder, self.clock, rules=StageRules(hold_ms=DurationMs(500)))
        self.source.open()
        self.chain = standard_chain()

    def frame(self) -> Frame:
        frame = self.source.read(SOON)
        assert frame is not None
        self.clock.advance(STEP)
        return frame

    def read(self, frames: int) -> list[bytes]:
        return [found.payload for _ in range(frames) for found in self.chain.read(self.frame().gray).found]


def drop(path: Path, payload: bytes, symbology: Symbology = Symbology.QR) -> None:
    part = path.with_suffix(".part")
    part.write_bytes(picture.encoded_png(draw_code(payload, symbology)))
    part.rename(path)


@pytest.fixture
def show(tmp_path: Path) -> Callable[[], Show]:
    return lambda: Show(tmp_path)


def test_the_empty_hall_is_a_live_picture_without_any_code(show: Callable[[], Show]) -> None:
    stage = show()
    first, second = stage.frame(), stage.frame()
    assert (first.gray.shape, first.colour is not None) == ((720, 1280), True)
    assert not np.array_equal(first.gray, second.gray)
    assert stage.read(3) == []


@pytest.mark.parametrize("symbology", [Symbology.QR, Symbology.AZTEC])
def test_a_dropped_picture_is_held_up_and_then_removed(
    show: Callable[[], Show], tmp_path: Path, symbology: Symbology
) -> None:
    stage = show()
    drop(tmp_path / "hold" / "a.png", b"OPAS-\x00\xff", symbology)
    seen = stage.read(12)
    assert set(seen) == {b"OPAS-\x00\xff"}
    assert len(seen) >= 5
    assert list((tmp_path / "hold").iterdir()) == []
    assert stage.read(5) == []


def test_two_pictures_are_held_up_one_after_the_other(show: Callable[[], Show], tmp_path: Path) -> None:
    stage = show()
    drop(tmp_path / "hold" / "2.png", b"SECOND")
    drop(tmp_path / "hold" / "1.png", b"FIRST")
    assert list(dict.fromkeys(stage.read(26))) == [b"FIRST", b"SECOND"]


def test_a_picture_asked_for_is_held_up_and_stays(show: Callable[[], Show], tmp_path: Path) -> None:
    stage = show()
    path = tmp_path / "ticket.png"
    drop(path, b"TICKET")
    stage.source.hold(path)
    assert set(stage.read(12)) == {b"TICKET"}
    assert path.exists()


def test_an_unfinished_file_is_left_alone(show: Callable[[], Show], tmp_path: Path) -> None:
    stage = show()
    (tmp_path / "hold" / "a.part").write_bytes(b"half")
    assert stage.read(3) == []
    assert (tmp_path / "hold" / "a.part").exists()


def test_a_broken_picture_is_put_aside_with_one_line_and_the_next_is_held_up(
    show: Callable[[], Show], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stage = show()
    (tmp_path / "hold" / "a.png").write_bytes(b"no picture")
    drop(tmp_path / "hold" / "b.png", b"GOOD")
    stage.source.hold(tmp_path / "gone.png")
    with caplog.at_level(logging.WARNING):
        assert set(stage.read(14)) == {b"GOOD"}
    assert [path.name for path in (tmp_path / "hold").iterdir()] == ["a.png.broken"]
    assert len(caplog.records) == 2


def test_a_picture_that_was_not_held_to_its_end_stays(show: Callable[[], Show], tmp_path: Path) -> None:
    stage = show()
    drop(tmp_path / "hold" / "a.png", b"FIRST")
    stage.frame()
    stage.source.close()
    assert (tmp_path / "hold" / "a.png").exists()
    with pytest.raises(SourceError, match="not open"):
        stage.source.read(SOON)


def test_while_nothing_happens_five_frames_a_second_are_enough(show: Callable[[], Show]) -> None:
    stage = show()
    stage.source.pace(idle=True)
    stage.frame()
    assert stage.source.read(DurationMs(50)) is None
    stage.clock.advance(STEP)
    assert stage.source.read(DurationMs(1)) is not None


def test_a_folder_that_can_not_be_made_is_an_error_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SourceError, match="can't be made"):
        StageSource(tmp_path / "file", FakeClock()).open()
