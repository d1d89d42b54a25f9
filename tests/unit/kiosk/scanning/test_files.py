"""A folder or a film is played as a camera would."""

import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from kiosk.errors import SourceError
from kiosk.model.ids import DurationMs
from kiosk.scanning import picture
from kiosk.scanning.files import FilesSource, Pace
from kiosk.scanning.opencv import cv2
from tests.fakes.clock import FakeClock

SOON = DurationMs(1000)


def write(path: Path, level: int) -> None:
    path.write_bytes(picture.encoded_png(np.full((40, 60, 3), level, np.uint8)))


def levels(source: FilesSource, clock: FakeClock, count: int) -> Iterator[int | None]:
    for _ in range(count):
        frame = source.read(SOON)
        clock.advance(100)
        yield None if frame is None else int(frame.gray[0, 0])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, level in (("b.png", 20), ("a.png", 10), ("c.png", 30)):
        write(tmp_path / name, level)
    (tmp_path / "notes.txt").write_text("no picture")
    return tmp_path


def test_pictures_come_in_the_order_of_their_names_and_again(folder: Path) -> None:
    clock = FakeClock()
    with FilesSource(folder, clock) as source:
        assert list(levels(source, clock, 5)) == [10, 20, 30, 10, 20]
        assert not source.ended


def test_played_once_it_ends(folder: Path) -> None:
    clock = FakeClock()
    with FilesSource(folder, clock, loop=False) as source:
        assert list(levels(source, clock, 5)) == [10, 20, 30, None, None]
        assert source.ended


def test_a_frame_carries_its_time_its_gray_and_its_colour(folder: Path) -> None:
    clock = FakeClock()
    with FilesSource(folder, clock) as source:
        frame = source.read(SOON)
    assert frame is not None
    assert frame.colour is not None
    assert (frame.captured_at, frame.gray.shape, frame.colour.shape) == (clock.mono_ms, (40, 60), (40, 60, 3))


def test_a_broken_picture_is_skipped_and_told_of_once(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    (folder / "b.png").write_bytes(b"\x89PNG but no more")
    (folder / "c.png").write_bytes(b"")
    clock = FakeClock()
    with caplog.at_level(logging.WARNING), FilesSource(folder, clock) as source:
        assert list(levels(source, clock, 4)) == [10, 10, 10, 10]
    assert len([record for record in caplog.records if "b.png" in record.getMessage()]) == 1


def test_opened_again_it_begins_anew(folder: Path) -> None:
    clock = FakeClock()
    source = FilesSource(folder, clock)
    source.open()
    assert list(levels(source, clock, 2)) == [10, 20]
    source.close()
    source.open()
    assert list(levels(source, clock, 1)) == [10]


@pytest.mark.parametrize("broken", [False, True], ids=["empty", "only broken pictures"])
def test_a_folder_without_any_picture_is_an_error_that_says_so(tmp_path: Path, broken: bool) -> None:
    if broken:
        (tmp_path / "a.png").write_bytes(b"no")
    source = FilesSource(tmp_path, FakeClock())

    def play() -> None:
        source.open()
        source.read(SOON)

    with pytest.raises(SourceError, match=str(tmp_path)) as caught:
        play()
    assert "PNG or JPEG" in caught.value.todo


def test_a_path_that_is_not_there_is_an_error_when_it_is_opened(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such folder or film"):
        FilesSource(tmp_path / "gone", FakeClock()).open()


def test_reading_before_opening_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="not open"):
        FilesSource(tmp_path, FakeClock()).read(SOON)


@pytest.mark.parametrize("loop", [False, True])
def test_a_film_is_played(tmp_path: Path, loop: bool) -> None:
    path = tmp_path / "film.avi"
    film = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for level in (40, 120, 200):
        film.write(np.full((48, 64, 3), level, np.uint8))
    film.release()
    clock = FakeClock()
    with FilesSource(path, clock, loop=loop) as source:
        seen = list(levels(source, clock, 5))
    first = [level for level in seen[:3] if level is not None]
    assert np.abs(np.array(first) - [40, 120, 200]).max() <= 4
    assert (seen[3] is None) == (not loop)


def test_a_file_that_is_no_film_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"no film at all")
    with FilesSource(path, FakeClock()) as source, pytest.raises(SourceError, match="no film"):
        source.read(SOON)


def test_frames_are_spaced_by_the_rate() -> None:
    clock = FakeClock()
    pace = Pace(clock, 10)
    assert pace.wait(SOON) == clock.mono_ms
    assert pace.wait(DurationMs(1)) is None
    clock.advance(100)
    assert pace.wait(DurationMs(1)) == clock.mono_ms
