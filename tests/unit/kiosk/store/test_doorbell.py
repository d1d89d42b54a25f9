"""The pipes by which app and agent wake each other."""

import threading
from pathlib import Path

import pytest

from kiosk.errors import StoreError
from kiosk.store.doorbell import Doorbell, ring


def test_a_ring_is_heard(tmp_path: Path) -> None:
    """From any process that knows the path."""
    heard = threading.Event()
    bell = Doorbell(tmp_path / "bell", heard.set)
    ring(tmp_path / "bell")
    assert heard.wait(10)
    bell.close()
    bell.close()


def test_ringing_where_nobody_listens_is_fine(tmp_path: Path) -> None:
    """Whether the pipe is missing or its listener is gone."""
    ring(tmp_path / "bell")
    Doorbell(tmp_path / "bell", lambda: None).close()
    ring(tmp_path / "bell")


def test_a_full_bell_blocks_neither_who_rings_nor_who_closes(tmp_path: Path) -> None:
    """A listener that hangs does not stop the other side."""
    go_on = threading.Event()
    bell = Doorbell(tmp_path / "bell", go_on.wait)
    for _ in range(70_000):
        ring(tmp_path / "bell")
    threading.Timer(0.1, go_on.set).start()
    bell.close()


def test_a_plain_file_in_its_place_is_replaced(tmp_path: Path) -> None:
    """A copied folder can bring one along."""
    (tmp_path / "bell").write_text("x")
    heard = threading.Event()
    bell = Doorbell(tmp_path / "bell", heard.set)
    ring(tmp_path / "bell")
    assert heard.wait(10)
    bell.close()


def test_a_bell_that_cannot_be_made(tmp_path: Path) -> None:
    """The error names the path."""
    with pytest.raises(StoreError, match="bell"):
        Doorbell(tmp_path / "no" / "bell", lambda: None)
