"""The newest frame wins, and no source starves another."""

import threading

import numpy as np

from kiosk.model.ids import MonotonicMs
from kiosk.scanning.mailbox import Letter, Mailbox
from kiosk.scanning.source import Frame


def letter(source: str, at: int) -> Letter:
    return Letter(source, Frame(np.zeros((1, 1), np.uint8), MonotonicMs(at)), moving=True)


def test_of_two_frames_of_one_source_the_newer_is_kept() -> None:
    mailbox = Mailbox()
    mailbox.put(letter("a", 1))
    mailbox.put(letter("a", 2))
    taken = mailbox.take(0)
    assert taken is not None
    assert taken.frame.captured_at == 2
    assert mailbox.take(0) is None


def test_a_busy_source_waits_behind_a_quiet_one() -> None:
    mailbox = Mailbox()
    mailbox.put(letter("quiet", 1))
    mailbox.put(letter("busy", 2))
    mailbox.put(letter("busy", 3))
    assert [taken.source for taken in (mailbox.take(0), mailbox.take(0)) if taken] == ["quiet", "busy"]


def test_closing_wakes_the_one_who_waits() -> None:
    mailbox = Mailbox()
    taken: list[Letter | None] = []
    waiting = threading.Thread(target=lambda: taken.append(mailbox.take(30)))
    waiting.start()
    mailbox.close()
    waiting.join(10)
    assert taken == [None]
    mailbox.put(letter("a", 1))
    assert mailbox.take(0) is None
