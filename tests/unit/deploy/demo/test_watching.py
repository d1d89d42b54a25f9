"""A device watched from outside: its outbox as the store writes it, and its pictures."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.demo.watching import EventLog, ShotLog
from kiosk.model.event import Health, HealthChanged, OrderStarted
from kiosk.model.ids import DeviceId, OrderId, PackVersion, SiteId
from kiosk.store import ChangeRefused, DeviceStore, SystemClock, open_store

PACK = PackVersion("p-1")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DeviceStore]:
    store = open_store(
        tmp_path / "opas.db",
        device=DeviceId("shop-desk-1"),
        site=SiteId("shop"),
        site_key=bytes(32),
        clock=SystemClock(),
    )
    yield store
    store.close()


def test_events_are_read_while_the_store_is_open_by_their_numbers(store: DeviceStore, tmp_path: Path) -> None:
    log = EventLog(tmp_path / "opas.db")
    assert log.after(0) == []
    written = store.record((HealthChanged(Health.DEGRADED, "camera"), HealthChanged(Health.READY)), PACK)
    seen = log.after(0)
    assert [(event.seq, event.id, event.type) for event in seen] == [
        (1, written[0].id, "HealthChanged"),
        (2, written[1].id, "HealthChanged"),
    ]
    assert seen[0].body["problem"] == "camera"
    assert seen[0].at == written[0].at
    assert [event.seq for event in log.after(1)] == [2]
    assert log.last() == 2
    assert log.epoch() == store.epoch


def test_a_device_that_has_no_database_yet_has_written_nothing(tmp_path: Path) -> None:
    assert EventLog(tmp_path / "none.db").after(0) == []
    assert EventLog(tmp_path / "none.db").last() == 0
    assert not (tmp_path / "none.db").exists()


def test_an_event_that_was_refused_is_not_seen(store: DeviceStore, tmp_path: Path) -> None:
    with pytest.raises(ChangeRefused):
        store.record((OrderStarted(OrderId("00" * 8)),), PACK)
    assert EventLog(tmp_path / "opas.db").after(0) == []


def test_pictures_are_listed_in_order_and_a_half_written_line_is_left_until_it_is_whole(tmp_path: Path) -> None:
    log = ShotLog(tmp_path)
    assert log.after(0) == []
    note = {"file": "0001-answer.png", "screen": "answer", "scan": "s1", "at": 5, "shows": {"a": 1}}
    lines = tmp_path / "shots.jsonl"
    lines.write_text(json.dumps(note) + "\n" + json.dumps({**note, "file": "0002-attract.png", "scan": None})[:20])
    (shot,) = log.after(0)
    assert (shot.number, shot.path, shot.scan, shot.shows) == (1, tmp_path / "0001-answer.png", "s1", {"a": 1})
    lines.write_text(json.dumps(note) + "\n" + json.dumps({**note, "file": "0002-attract.png", "scan": None}) + "\n")
    assert [shot.number for shot in log.after(1)] == [2]
    assert log.count() == 2
