"""Locks between processes."""

from contextlib import closing
from pathlib import Path

import pytest

from kiosk.errors import StoreError, StoreLocked
from kiosk.store.lock import Presence, Sole, anyone_present, held


def test_one_at_a_time(tmp_path: Path) -> None:
    """The second waits its time, then is told."""
    lock = tmp_path / "lock"
    with held(lock, tmp_path / "db", 1), pytest.raises(StoreLocked, match="db"), held(lock, tmp_path / "db", 0.05):
        pass
    with held(lock, tmp_path / "db", 0):
        pass


def test_presence_is_seen_while_it_lasts(tmp_path: Path) -> None:
    """Any number may be present; the last one to go turns out the light."""
    lock = tmp_path / "lock"
    assert not anyone_present(lock)
    with closing(Presence(lock)) as first:
        with closing(Presence(lock)):
            assert anyone_present(lock)
        assert anyone_present(lock)
        first.close()
        assert not anyone_present(lock)


def test_only_one_of_its_kind(tmp_path: Path) -> None:
    """The second is told to leave, the next after the first has gone is welcome."""
    with closing(Sole(tmp_path / "lock", "agent")), pytest.raises(StoreLocked, match="another agent is at work"):
        Sole(tmp_path / "lock", "agent")
    Sole(tmp_path / "lock", "agent").close()


def test_a_lock_that_cannot_be_made(tmp_path: Path) -> None:
    """The error names the path."""
    with pytest.raises(StoreError, match="lock"):
        Presence(tmp_path / "no" / "lock")
