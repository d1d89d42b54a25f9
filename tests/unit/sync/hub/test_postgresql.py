"""What PostgreSQL alone does for the hub: sessions that break, months as tables, several hubs on one database."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from kiosk.model.ids import DeviceId, Epoch, EpochMs, HubVersion, Seq, SiteId
from sync.hub.errors import DataError
from sync.hub.store.classes import EventClass, month_of
from sync.hub.store.opening import open_hub_store
from sync.hub.store.postgres import PostgresHubStore
from sync.hub.store.rows import NewEvents, RecordChange, Watermark
from tests.fakes.clock import FakeClock
from tests.postgresql import Cluster
from tests.unit.sync.hub.world import GATE, SECOND_GATE, SITE, World, change, envelope, event, order, redeemed


@pytest.fixture
def address(cluster: Cluster) -> str:
    return cluster.fresh()


@pytest.fixture
def world(tmp_path: Path, address: str) -> Iterator[World]:
    made = World(tmp_path, database=address)
    yield made
    made.store.close()


def tables(address: str) -> list[str]:
    with psycopg.connect(address) as connection:
        rows = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename ~ '_2[0-9]{3}_' ORDER BY 1"
        ).fetchall()
    return [row[0] for row in rows]


def test_events_lie_in_a_table_a_month_and_class(world: World, address: str) -> None:
    """What is too old goes as a whole table."""
    now = world.clock.now().wall_ms
    world.take(envelope(event(1), event(2, redeemed())))
    world.clock.advance(40 * 86_400_000)
    world.take(envelope(event(3)))
    then, later = month_of(now), month_of(world.clock.now().wall_ms)
    names = [f"events_deed_{then.name}", f"events_reading_{then.name}", f"events_reading_{later.name}"]
    assert tables(address) == names
    with world.store.writing() as writing:
        writing.forget_events(EventClass.READING, later.first)
    assert tables(address) == [names[0], names[2]]


def test_a_month_that_was_rolled_back_is_made_again(world: World, address: str) -> None:
    """What the failed transaction had made is gone with it."""
    first = EpochMs(world.clock.now().wall_ms)
    with suppress(LookupError), world.store.writing() as writing:
        mark = Watermark(GATE, Epoch("gone"), Seq(1))
        writing.put_watermarks([mark])
        writing.add_events(
            [NewEvents(GATE, mark.epoch, SITE, first, (event(1),), (b"{}",))],
            HubVersion(1),
            first,
        )
        raise LookupError
    assert tables(address) == []
    world.take(envelope(event(1)))
    assert len(tables(address)) == 1


def test_a_session_that_is_killed_costs_one_transaction(world: World, cluster: Cluster) -> None:
    """Nothing of it stays, the next one has a session of its own, and so has the next reader."""

    def delete_and_be_killed() -> None:
        with world.store.writing() as writing:
            writing.put_records(SITE, [RecordChange(change(order()).collection, order().id, None)], EpochMs(1))
            assert cluster.kill_sessions()
            writing.version()

    with pytest.raises(DataError) as caught:
        delete_and_be_killed()
    assert "can't be reached" in caught.value.what
    assert "server" in caught.value.todo
    world.take(envelope(event(1)))
    assert [kept.seq for kept in world.events()] == [1]
    assert world.record(SITE, order()) is not None


def test_two_hubs_on_one_database_take_turns(tmp_path: Path, world: World, address: str) -> None:
    """Each event is kept once, numbers and versions are in the order of commits, and each sees the other's work."""
    other = World(tmp_path, database=address)

    def feed(hub: World, device: DeviceId, name: str) -> None:
        for seq in range(1, 21):
            hub.take(envelope(event(seq, redeemed() if seq == 7 else None, name=name)), device=device)

    threads = [
        threading.Thread(target=feed, args=(world, GATE, "first")),
        threading.Thread(target=feed, args=(other, SECOND_GATE, "second")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    again = other.take(envelope(*(event(seq, name="first") for seq in range(1, 21))), device=GATE)
    kept = world.events()
    other.store.close()
    assert [each.number for each in kept] == list(range(1, 41))
    assert [each.seq for each in kept if each.device == GATE] == list(range(1, 21))
    assert [each.seq for each in kept if each.device == SECOND_GATE] == list(range(1, 21))
    assert again.acks[-1][1].seq == 20
    assert again.kept == 0
    assert sorted(each.conflict or "" for each in kept if each.seq == 7) == ["", "already_used"]


def test_a_database_of_a_newer_release_is_left_alone(address: str, world: World) -> None:
    """An old hub would not know what the new columns mean."""
    with psycopg.connect(address) as connection:
        connection.execute("INSERT INTO migrations VALUES ('of_2030')")
    with pytest.raises(DataError, match="newer release"):
        PostgresHubStore(address, FakeClock())


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("postgresql://opas:geheim@127.0.0.1:1/opas", "PostgreSQL database opas at 127.0.0.1:1: can't be reached"),
        ("postgresql://opas:geheim@[", "no address"),
    ],
)
def test_a_server_that_is_not_there_is_named_without_the_password(tmp_path: Path, address: str, says: str) -> None:
    """With what to do."""
    with pytest.raises(DataError, match="PostgreSQL") as caught:
        open_hub_store(tmp_path, address, FakeClock())
    assert says in caught.value.what
    assert "geheim" not in str(caught.value)
    assert caught.value.todo


def test_a_database_that_is_not_there_says_how_to_make_it(tmp_path: Path, cluster: Cluster) -> None:
    """The user needs no manual."""
    missing = cluster.address().replace("/postgres?", "/nowhere?")
    with pytest.raises(DataError, match="is not there") as caught:
        open_hub_store(tmp_path, missing, FakeClock())
    assert "createdb" in caught.value.todo


def test_names_with_a_zero_character_find_nothing(world: World) -> None:
    """PostgreSQL can't hold one; asking for it is no error of the hub's."""
    with world.store.reading() as reading:
        assert reading.site(SiteId("terminal\0")) is None
        assert reading.sites()
