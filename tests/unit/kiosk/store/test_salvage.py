"""What is read out of a damaged database, and that the hub gets it once."""

import os
import random
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from kiosk.model.event import Event
from kiosk.model.ids import Epoch, HubVersion, Seq
from kiosk.model.order import OrderState, PickupOrder
from kiosk.model.records import Collection
from kiosk.store.agentside import AgentStore
from kiosk.store.database import Database, Place, Use
from kiosk.store.device import DeviceStore, open_store
from kiosk.store.journal import entry_of
from kiosk.store.rebuild import Rebuild
from kiosk.store.recording import Recorder
from tests.fakes.clock import NOON, FakeClock
from tests.unit.kiosk.store.samples import DEVICE, HELP, ORDER, PACK, SITE, SITE_KEY, STARTED, row, scanned

PAGE = 4096


def reopen(path: Path, clock: FakeClock) -> DeviceStore:
    return open_store(path, device=DEVICE, site=SITE, site_key=SITE_KEY, clock=clock)


def agent_of(path: Path, clock: FakeClock) -> AgentStore:
    return AgentStore(Place(path, DEVICE, SITE, clock))


def written(path: Path, clock: FakeClock, count: int, acked: int) -> tuple[Epoch, list[Event]]:
    """A closed database of `count` events, of which `acked` are confirmed."""
    with closing(reopen(path, clock)) as store, closing(agent_of(path, clock)) as agent:
        events = [event for n in range(count) for event in store.record([scanned(n)], PACK)]
        agent.outbox.mark_acked(store.epoch, Seq(acked), HubVersion(0))
        return store.epoch, events


def outbox_of(agent: AgentStore) -> list[Event]:
    return [msgspec.json.decode(item.body, type=Event) for item in agent.outbox.after(Seq(0), 100_000)]


def spoil(path: Path, *pages: int) -> None:
    with path.open("r+b") as file:
        for page in pages:
            file.seek(page * PAGE)
            file.write(os.urandom(PAGE))


def last_pages(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 3 * PAGE)


def middle_page(path: Path) -> None:
    spoil(path, path.stat().st_size // PAGE // 2)


@pytest.mark.parametrize("damage", [last_pages, middle_page])
def test_unconfirmed_events_begin_the_new_outbox(path: Path, clock: FakeClock, damage: Callable[[Path], None]) -> None:
    """In their old order, with their ids, under new numbers without gaps; the event that tells of it counts them."""
    epoch, events = written(path, clock, 400, acked=100)
    damage(path)
    with closing(reopen(path, clock)) as store, closing(agent_of(path, clock)) as agent:
        assert store.epoch != epoch
        salvaged = outbox_of(agent)
        assert len(salvaged) > 200
        assert [event.seq for event in salvaged] == list(range(1, len(salvaged) + 1))
        ids = [event.id for event in events[100:]]
        assert [event.id for event in salvaged] == [name for name in ids if name in {event.id for event in salvaged}]
        assert store.rebuilt is not None
        assert store.rebuilt.salvaged == len(salvaged)


def test_what_the_hub_holds_already_goes(path: Path, clock: FakeClock) -> None:
    """Acks may have been lost with the database: the hub is asked about the old epoch before anything is sent."""
    epoch, events = written(path, clock, 300, acked=50)
    middle_page(path)
    with closing(reopen(path, clock)) as store, closing(agent_of(path, clock)) as agent:
        (later,) = store.record([HELP], PACK)
        before = outbox_of(agent)
        owed = agent.outbox.debt()
        assert owed is not None
        assert owed.epoch == epoch
        agent.outbox.settle_debt(owed, Seq(60))
        after = outbox_of(agent)
        held = {event.id for event in events[:60]}
        assert [event.id for event in after] == [event.id for event in before if event.id not in held]
        assert after[-1].id == later.id
        assert [event.seq for event in after] == list(range(1, len(after) + 1))
        assert agent.outbox.debt() is None
        again = store.epoch
        agent.outbox.settle_debt(owed, Seq(70))
        assert (store.epoch, outbox_of(agent)) == (again, after)


def test_a_second_damage_before_the_hub_was_asked(path: Path, clock: FakeClock) -> None:
    """The question is still about the first outbox, for nothing was sent out of the second."""
    epoch, events = written(path, clock, 300, acked=0)
    middle_page(path)
    with closing(reopen(path, clock)) as store:
        first = store.waiting()
        later = [event for _ in range(100) for event in store.record([HELP], PACK)]
    spoil(path, path.stat().st_size // PAGE - 3)
    with closing(reopen(path, clock)) as store, closing(agent_of(path, clock)) as agent:
        owed = agent.outbox.debt()
        assert owed is not None
        assert owed.epoch == epoch
        salvaged = outbox_of(agent)
        old = {event.id: event.seq for event in events}
        assert list(owed.seqs) == [old[event.id] for event in salvaged if event.id in old]
        assert len(owed.seqs) <= first
        assert {event.id for event in salvaged} <= set(old) | {event.id for event in later}


def test_salvaged_changes_lie_over_the_hubs_copy(path: Path, clock: FakeClock) -> None:
    """A desk does not start an order twice because its card went bad."""
    with closing(reopen(path, clock)) as store, closing(agent_of(path, clock)) as agent:
        agent.inbox.apply_delta(HubVersion(0), HubVersion(1), (row(ORDER, 1),))
        for n in range(200):
            store.record([scanned(n)], PACK)
        store.record([STARTED], PACK)
    middle_page(path)
    with closing(reopen(path, clock)) as store, closing(agent_of(path, clock)) as agent:
        generation = agent.inbox.begin_snapshot()
        agent.inbox.stage(generation, (row(ORDER, 1),))
        agent.inbox.finish_snapshot(generation, HubVersion(1))
        order = store.get(Collection.ORDERS, ORDER.id)
        assert isinstance(order, PickupOrder)
        assert order.state is OrderState.PREPARING


def test_a_rebuilding_that_was_cut_off_salvages_at_the_next_start(path: Path, clock: FakeClock) -> None:
    """Killed after the database was put aside: its events are not forgotten, and not taken twice later."""
    written(path, clock, 20, acked=0)
    aside = "opas.db.corrupt-x"
    path.with_name("opas.db.aside").write_text(aside)
    path.rename(path.with_name(aside))
    with closing(reopen(path, clock)) as store:
        assert store.waiting() == 20
        assert store.rebuilt is not None
        assert store.rebuilt.aside == aside
    assert not path.with_name("opas.db.aside").exists()


def test_an_event_salvaged_while_it_was_written_is_not_written_again(path: Path, clock: FakeClock) -> None:
    """Its commit went into the file that was put aside at that moment: the work is done again, the event is there."""
    with closing(Database(Place(path, DEVICE, SITE, clock), Use.EVENTS)) as database:
        recorder = Recorder(database)
        entry = entry_of([scanned(), HELP], clock.now(), PACK)
        first = recorder.record(entry)
        Rebuild(path, DEVICE, SITE, NOON).put_aside_and_build("a test")
        assert recorder.record(entry) == first
        (other,) = recorder.record(entry_of([scanned()], clock.now(), PACK))
        assert other.seq == 3


def test_any_damage_is_survived(tmp_path: Path, clock: FakeClock) -> None:
    """Whatever pages are hit: no error reaches the app, nothing unknown is told, nothing twice, nothing out of order."""
    for seed in range(12):
        drawn = random.Random(seed)
        path = tmp_path / str(seed) / "opas.db"
        _, events = written(path, clock, 150, acked=30)
        pages = path.stat().st_size // PAGE
        spoil(path, *(drawn.randrange(pages) for _ in range(drawn.randint(1, 4))))
        with closing(reopen(path, clock)) as store, closing(agent_of(path, clock)) as agent:
            place = {event.id: event.seq for event in events}
            salvaged = [place[event.id] for event in outbox_of(agent)]
            if store.rebuilt is not None:
                assert salvaged == sorted(set(salvaged))
