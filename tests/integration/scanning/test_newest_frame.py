"""A decoder that is too slow sees the newest frame, and nothing queues up before it."""

import threading

import numpy as np

from kiosk.model.code import Symbology
from kiosk.model.ids import DurationMs, MonotonicMs
from kiosk.scanning.chain import Chain
from kiosk.scanning.found import Found, Look
from kiosk.scanning.picture import Gray
from kiosk.scanning.source import Frame, SourceBase
from tests.integration.scanning.booth import Booth
from tests.integration.scanning.patience import PATIENCE_S, until

BURST, LAST = 25, 300


class Race:
    """How far the camera and the decoder have come, each by the number of a frame."""

    def __init__(self) -> None:
        self.passed_on = self.looking_at = 0
        self._on = threading.Condition()

    def passed(self, number: int) -> None:
        with self._on:
            self.passed_on = number
            self._on.notify_all()

    def begun(self, number: int) -> None:
        with self._on:
            self.looking_at = number
            self._on.notify_all()

    def wait_for_a_look_at(self, number: int) -> None:
        with self._on:
            self._on.wait_for(lambda: self.looking_at == number, PATIENCE_S)

    def wait_for_frame(self, number: int) -> None:
        with self._on:
            self._on.wait_for(lambda: self.passed_on >= number, PATIENCE_S)


class Bursts(SourceBase):
    """Frames numbered from 1, in bursts; the next one begins once the last frame of the one before is looked at."""

    name = "bursts"

    def __init__(self, race: Race, booth: Booth) -> None:
        self._race = race
        self._booth = booth
        self._number = 0

    def open(self) -> None:
        pass

    def close(self) -> None:
        pass

    def read(self, timeout: DurationMs) -> Frame | None:
        self._race.passed(self._number)
        if self._number and self._number % BURST == 0:
            self._race.wait_for_a_look_at(self._number)
        if self._number >= LAST:
            threading.Event().wait(timeout / 1000)
            return None
        self._number += 1
        self._booth.clock.advance(2)
        gray = np.full((16, 16), 120, np.uint8)
        gray[0, :4] = np.frombuffer(self._number.to_bytes(4, "little"), np.uint8)
        return Frame(gray, MonotonicMs(self._booth.now()))


class Slow:
    """A decoder that reads a frame's number from its first pixels, and takes as long over it as a burst lasts."""

    name = "slow"

    def __init__(self, race: Race) -> None:
        self._race = race
        self.read: list[int] = []

    def decode(self, gray: Gray) -> tuple[Found, ...]:
        number = int.from_bytes(gray[0, :4].tobytes(), "little")
        self._race.begun(number)
        self._race.wait_for_frame(min((number // BURST + 1) * BURST, LAST))
        self.read.append(number)
        return (Found(b"%d" % number, Symbology.QR, self.name),)

    def look(self, gray: Gray) -> Look:
        return Look(self.decode(gray))


def nothing(gray: Gray) -> tuple[()]:
    return ()


def test_a_decoder_that_is_too_slow_sees_the_newest_frame_and_nothing_queues_up() -> None:
    """While it looks at one frame 25 come: it skips 24 of them, and never looks at an old one."""
    race = Race()
    decoder = Slow(race)
    booth = Booth(make_chain=lambda: Chain(decoder, (), find=nothing))
    with booth.reading(Bursts(race, booth)):
        until(lambda: LAST in decoder.read)
    first, *others = decoder.read
    assert first <= BURST
    assert [number for number in others if number != first] == [n for n in range(BURST, LAST + 1, BURST) if n != first]
