"""A site's broker and the central one, as tests play them, and somebody who uses the link over both."""

import threading
import time
from collections.abc import Callable

from kiosk.errors import LinkError
from sync.link.fallback import FallbackLink, Patience
from tests.fakes.link import FakeLink


class Renewed(FakeLink):
    """Counts how often it was to come with another certificate."""

    def __init__(self) -> None:
        super().__init__()
        self.anew = 0

    def come_anew(self) -> None:
        self.anew += 1


class Hearer:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self._heard = threading.Condition()

    def on_connect(self) -> None:
        self.note("up")

    def on_disconnect(self, reason: LinkError) -> None:
        self.note("down")

    def on_message(self, topic: str, payload: bytes) -> None:
        self.note(f"{topic} {payload.decode()}")

    def wait_for(self, *told: str) -> None:
        with self._heard:
            assert self._heard.wait_for(lambda: self.told == list(told), 10), self.told

    def note(self, what: str) -> None:
        with self._heard:
            self.told.append(what)
            self._heard.notify_all()


class Site:
    """A link over a site's broker and the central one, both played by the test."""

    def __init__(self, away_s: float, steady_s: float, silence_s: float = 600) -> None:
        self.first = Renewed()
        self.seconds: list[Renewed] = []
        self.hearer = Hearer()
        self.link = FallbackLink(self.first, self._second, Patience(away_s, steady_s, silence_s), {"neighbours"})
        self.link.subscribe("a")
        self.link.tell_of_ways(lambda: self.hearer.note("other way"))
        self.link.start(self.hearer)

    def _second(self) -> Renewed:
        self.seconds.append(Renewed())
        return self.seconds[-1]


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)
