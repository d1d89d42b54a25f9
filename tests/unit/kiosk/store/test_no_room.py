"""Where there is no room: what goes first, what never goes, and how what went is told."""

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest

from kiosk.errors import StoreFull
from kiosk.model.event import CodeScanned, Event, EventsDropped, HelpCalled
from kiosk.model.ids import EventId, HubVersion, Seq
from kiosk.store.agentside import AgentStore
from kiosk.store.database import Place
from kiosk.store.device import DeviceStore, open_store
from kiosk.store.reserve import Reserve
from tests.fakes.clock import FakeClock
from tests.unit.kiosk.store import fulldisk
from tests.unit.kiosk.store.samples import DEVICE, HELP, PACK, SITE, SITE_KEY, scanned

MEGABYTES = 1


@pytest.fixture
def small(path: Path, clock: FakeClock) -> Iterator[tuple[DeviceStore, AgentStore]]:
    """A device whose database may have one megabyte."""
    with ExitStack() as opened:
        store = open_store(path, device=DEVICE, site=SITE, site_key=SITE_KEY, clock=clock, max_megabytes=MEGABYTES)
        opened.callback(store.close)
        agent = AgentStore(Place(path, DEVICE, SITE, clock, MEGABYTES))
        opened.callback(agent.close)
        yield store, agent


def events_of(agent: AgentStore) -> list[Event]:
    return [msgspec.json.decode(item.body, type=Event) for item in agent.outbox.after(Seq(0), 100_000)]


def fill_with_reports(store: DeviceStore) -> list[Event]:
    """All that were accepted; the last call was not."""
    written: list[Event] = []
    while more := store.record([scanned(n) for n in range(20)], PACK):
        written += more
    return written


def fill_with_calls(store: DeviceStore, accepted: list[Event]) -> None:
    while True:
        accepted += store.record([HELP], PACK)


def test_reports_are_dropped_and_counted_and_the_rest_goes_on(small: tuple[DeviceStore, AgentStore]) -> None:
    """A full outbox takes hundreds of weighty events in the place of reports, under numbers without gaps."""
    store, agent = small
    reports = fill_with_reports(store)
    refused = 20
    helps = [event for _ in range(1_000) for event in store.record([HELP], PACK)]
    assert len(helps) == 1_000
    events = events_of(agent)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    kept = {event.id for event in events if isinstance(event.body, CodeScanned)}
    told = Counter[str]()
    for event in events:
        if isinstance(event.body, EventsDropped):
            assert sum(event.body.classes.values()) == event.body.count
            told.update(event.body.classes)
    assert 0 < len(kept) < len(reports)
    assert told == {"CodeScanned": len(reports) + refused - len(kept)}
    assert [event.id for event in events if isinstance(event.body, HelpCalled)] == [event.id for event in helps]


def test_a_dropped_event_keeps_its_number_and_its_id(small: tuple[DeviceStore, AgentStore]) -> None:
    """The hub may have it already, and compares ids to tell a repetition from a copied card."""
    store, agent = small
    ids: dict[int, EventId] = {event.seq: event.id for event in fill_with_reports(store)}
    for _ in range(50):
        store.record([HELP], PACK)
    dropped = [event for event in events_of(agent) if isinstance(event.body, EventsDropped) and event.seq in ids]
    assert dropped
    assert all(event.id == ids[event.seq] and event.body == EventsDropped(1, {"CodeScanned": 1}) for event in dropped)


def test_a_report_beside_a_weighty_event_is_left_out_alone(small: tuple[DeviceStore, AgentStore]) -> None:
    """An admission and its scan are one entry; where both find no room the admission is written."""
    store, _ = small
    fill_with_reports(store)
    written = store.record([HELP, *(scanned(n) for n in range(200))], PACK)
    assert [type(event.body) for event in written] == [HelpCalled]


def test_a_new_numbering_carries_dropped_events_along(small: tuple[DeviceStore, AgentStore]) -> None:
    """They are told under the new epoch too, once."""
    store, agent = small
    fill_with_reports(store)
    store.record([HELP], PACK)
    before = [(event.id, event.body) for event in events_of(agent)]
    agent.outbox.renew_epoch(Seq(0))
    assert [(event.id, event.body) for event in events_of(agent)] == before


def test_confirmed_events_make_room_before_any_report_is_dropped(small: tuple[DeviceStore, AgentStore]) -> None:
    """Nothing is lost that need not be."""
    store, agent = small
    fill_with_reports(store)
    agent.outbox.mark_acked(store.epoch, agent.outbox.marks().last, HubVersion(0))
    store.record([HELP], PACK)
    drops = [event.body for event in events_of(agent) if isinstance(event.body, EventsDropped)]
    assert [body.count for body in drops] == [20]


def test_weighty_events_alone_can_fill_it_too(small: tuple[DeviceStore, AgentStore]) -> None:
    """Then the app is told, nothing that was accepted is lost, and acks make room again."""
    store, agent = small
    accepted: list[Event] = []
    with pytest.raises(StoreFull, match="no room"):
        fill_with_calls(store, accepted)
    assert [event.id for event in events_of(agent)] == [event.id for event in accepted]
    agent.outbox.mark_acked(store.epoch, Seq(len(accepted)), HubVersion(0))
    assert len(store.record([HELP], PACK)) == 1


def test_room_is_held_back_only_where_there_is_plenty(tmp_path: Path) -> None:
    """Real blocks, not a hole in a file; more than the disk has is not taken."""
    reserve = Reserve(tmp_path / "a.db", 640_000)
    reserve.fill()
    status = (tmp_path / "a.db.reserve").stat()
    assert status.st_size == 10_000
    assert status.st_blocks * 512 >= 10_000
    assert reserve.short() is False
    assert reserve.spend() is True
    assert reserve.spend() is False


def test_a_really_full_disk_still_takes_what_counts_and_frees_room(tmp_path: Path) -> None:
    """Others have filled it to the last byte: weighty events, acks and freeing go on from the room held back."""
    script = 'mount -t tmpfs -o size=12m none "$1" && exec "$2" -m "$3" "$1"'
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-rm", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets us make no disk of our own")
    command = [unshare, "-rm", "sh", "-c", script, "sh", str(tmp_path), sys.executable, fulldisk.__name__]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env={**os.environ})
    assert done.returncode == 0, done.stderr
    found = msgspec.json.decode(done.stdout, type=fulldisk.Found)
    assert found.written == 200
    assert found.freed
    assert found.seqs == list(range(found.seqs[0], found.seqs[0] + len(found.seqs)))
    assert found.reported + found.told >= 50
