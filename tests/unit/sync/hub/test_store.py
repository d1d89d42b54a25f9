"""The hub's store, the same in every database: durable and consistent."""

from contextlib import suppress

from kiosk.model.event import Health
from kiosk.model.ids import EpochMs, HubVersion, PackVersion
from kiosk.model.records import Collection
from kiosk.model.refusal import Refusal
from sync.hub.sound import sound_status
from sync.hub.store.classes import EventClass, month_of
from sync.hub.store.rows import Erasure, RecordChange, StoredPack
from sync.wire.codec import encode_event
from sync.wire.messages import Status
from tests.fakes.clock import FakeClock
from tests.unit.sync.hub.conftest import MakeWorld
from tests.unit.sync.hub.world import (
    GATE,
    HOUR_MS,
    ORDER,
    OTHER_SITE,
    PERSON,
    SECOND_GATE,
    SITE,
    TICKET,
    World,
    change,
    envelope,
    event,
    order,
    redeemed,
)


def test_everything_is_there_after_a_restart(make_world: MakeWorld) -> None:
    """Events, watermarks, records and devices."""
    world = make_world()
    world.take(envelope(event(1, redeemed())))
    before = (world.events(), world.watermark(), world.device(), world.version())
    world.store.close()
    again = make_world()
    assert (again.events(), again.watermark(), again.device(), again.version()) == before


def test_a_transaction_that_raises_leaves_no_trace(world: World) -> None:
    """Not even its version."""
    with world.store.reading() as reading:
        before = reading.version()
    with suppress(LookupError), world.store.writing() as writing:
        writing.put_records(SITE, [RecordChange(Collection.ORDERS, ORDER, None)], EpochMs(1))
        raise LookupError
    with world.store.reading() as reading:
        assert reading.version() == before
        assert len(reading.collection(SITE, Collection.ORDERS)) == 1


def test_a_reader_sees_one_picture_while_others_write(world: World) -> None:
    """No mix of before and after."""
    with world.store.reading() as reading:
        assert len(reading.collection(SITE, Collection.ORDERS)) == 1
        with world.store.writing() as writing:
            writing.put_records(SITE, [RecordChange(Collection.ORDERS, ORDER, None)], EpochMs(1))
        assert len(reading.collection(SITE, Collection.ORDERS)) == 1
    with world.store.reading() as reading:
        assert reading.collection(SITE, Collection.ORDERS) == ()


def test_a_delta_holds_what_changed_and_tombstones_of_what_went(world: World) -> None:
    """In the order of versions, of the one site only."""
    since = world.version()
    with world.store.writing() as writing:
        writing.put_records(SITE, [RecordChange(Collection.ORDERS, ORDER, None)], EpochMs(1))
        writing.put_records(OTHER_SITE, [change(order(OTHER_SITE))], EpochMs(1))
    with world.store.reading() as reading:
        changed = reading.changed(SITE, since)
        live = reading.changed(SITE, HubVersion(0))
        assert reading.knows(SITE, since)
    assert [(record.key, record.body) for record in changed] == [(ORDER, None)]
    assert changed[0].version == world.version() > since
    assert [record.key for record in live] == [TICKET]


def test_a_version_that_this_hub_has_not_reached_is_not_known(world: World) -> None:
    """The device has seen more than we have: it gets a snapshot."""
    with world.store.reading() as reading:
        assert not reading.knows(SITE, HubVersion(world.version() + 1))


def test_versions_grow_even_when_the_clock_goes_back(make_world: MakeWorld) -> None:
    """A machine without a battery starts in the past."""
    clock = FakeClock()
    world = make_world(clock)
    first = world.version()
    world.store.close()
    clock.wall_ms = 1000
    world = make_world(clock)
    world.take(envelope(event(1, redeemed())))
    assert world.version() > first
    with world.store.reading() as reading:
        assert reading.knows(SITE, first)


def test_forgotten_tombstones_end_the_deltas_from_before_them(world: World) -> None:
    """A device that was away for too long gets a snapshot instead of keeping what was deleted."""
    since = world.version()
    with world.store.writing() as writing:
        writing.put_records(SITE, [RecordChange(Collection.ORDERS, ORDER, None)], EpochMs(1000))
    gone_at = world.version()
    with world.store.writing() as writing:
        assert writing.forget_tombstones(EpochMs(1000)) == 0
        assert writing.forget_tombstones(EpochMs(1001)) == 1
    with world.store.reading() as reading:
        assert not reading.knows(SITE, since)
        assert reading.knows(SITE, gone_at)
        assert reading.changed(SITE, HubVersion(0)) == reading.changed(SITE, HubVersion(1))


def test_a_pack_becomes_the_sites_current_one(world: World) -> None:
    """Byte for byte, and for its own site only."""
    pack = StoredPack(SITE, PackVersion("p2"), "ab" * 32, b'{"a": 1}')
    with world.store.writing() as writing:
        writing.put_pack(pack, EpochMs(1))
        site = writing.site(SITE)
        assert site is not None
        assert site.pack == "p2"
        assert writing.pack(SITE, PackVersion("p2")) == pack
        assert writing.pack(OTHER_SITE, PackVersion("p2")) is None


def test_the_site_keeps_its_first_key(world: World) -> None:
    """Every device derives from it what is sealed already."""
    with world.store.writing() as writing:
        site = writing.site(SITE)
        assert site is not None
        writing.put_site(type(site)(SITE, "Renamed", b"other", site.version, site.pack))
        again = writing.site(SITE)
    assert again is not None
    assert (again.name, again.key) == ("Renamed", site.key)


def test_a_device_is_found_by_the_hash_of_its_token(world: World) -> None:
    """And by nothing else."""
    with world.store.reading() as reading:
        found = reading.device_of_token(f"hash of {GATE}")
        assert found is not None
        assert (found[0].id, found[1]) == (GATE, f"hash of {GATE}")
        assert reading.device_of_token("another") is None


def test_what_is_in_quarantine_is_listed_until_it_is_replayed(world: World) -> None:
    """With the device, the reason and the bytes as they came."""
    world.take(envelope(event(1), b'{"bad": 1}', event(3), first=1))
    with world.store.reading() as reading:
        (item,) = reading.quarantine(0, 10)
        assert reading.quarantine(item.number, 10) == ()
        assert reading.counts().quarantined == 1
    assert (item.device, item.seq, item.body, item.replayed_at) == (GATE, 2, b'{"bad": 1}', None)
    with world.store.writing() as writing:
        writing.mark_replayed([item.number], EpochMs(7))
    with world.store.reading() as reading:
        assert reading.quarantine(0, 10) == ()
        assert [again.replayed_at for again in reading.quarantined([item.number, 99])] == [7]
        assert reading.counts().quarantined == 0
        assert [mark.quarantined for mark in reading.all_watermarks()] == [0]


def test_old_events_go_by_class(world: World) -> None:
    """Readings go, deeds of the same month stay; and the newest of all, so that no number comes twice."""
    world.take(envelope(event(1), event(2, redeemed())))
    world.clock.advance(40 * 24 * HOUR_MS)
    world.take(envelope(event(3)))
    month = month_of(world.clock.now().wall_ms)
    with world.store.writing() as writing:
        assert writing.forget_events(EventClass.READING, month.first) == 1
        assert writing.forget_events(EventClass.READING, month.first) == 0
    assert [kept.seq for kept in world.events()] == [2, 3]
    with world.store.writing() as writing:
        assert writing.forget_events(EventClass.DEED, month.first) == 1
        assert writing.forget_events(EventClass.READING, month.after) == 0
    assert [kept.seq for kept in world.events()] == [3]
    world.take(envelope(event(4)))
    assert [(kept.number, kept.seq) for kept in world.events()] == [(3, 3), (4, 4)]


def test_an_erasure_is_noted_once(world: World) -> None:
    """The last time it was asked for counts."""
    first = Erasure(SITE, PERSON, EpochMs(1), HubVersion(5), 3)
    again = Erasure(SITE, PERSON, EpochMs(2), HubVersion(6), 0)
    with world.store.writing() as writing:
        writing.add_erasure(first)
        assert writing.erasures() == (first,)
        writing.add_erasure(again)
    with world.store.reading() as reading:
        assert reading.erasures() == (again,)


def test_a_device_that_tells_of_itself_with_a_zero_character_is_heard(world: World) -> None:
    """Not every database can hold one; nothing that a device says may stop the hub."""
    status = Status(Health.DEGRADED, site=SITE, release="1\0", problem="camera\0gone")
    world.take(sound_status(status))
    assert (world.device().release, world.device().problem) == ("1", "cameragone")
    with world.store.reading() as reading:
        assert reading.pack(SITE, PackVersion("p\0")) is None


def test_a_long_run_of_events_is_kept_as_it_came(world: World) -> None:
    """However many rows go into the database at once, each has its own number, type, time, conflict and content."""
    bodies = [redeemed() if seq % 40 == 0 else None for seq in range(1, 124)]
    came = [event(seq, body, f"long{seq % 7}") for seq, body in enumerate(bodies, start=1)]
    taken = world.batch((GATE, envelope(*came)), (SECOND_GATE, envelope(*came[:3])))
    kept = world.events()
    assert taken.kept == 126
    assert [each.number for each in kept] == list(range(1, 127))
    assert [(each.device, each.seq) for each in kept] == [
        *((GATE, seq) for seq in range(1, 124)),
        *((SECOND_GATE, seq) for seq in range(1, 4)),
    ]
    assert [each.body for each in kept] == [encode_event(each) for each in (*came, *came[:3])]
    assert {each.type for each in kept} == {"CodeScanned", "TicketRedeemed"}
    assert [(each.seq, each.conflict) for each in kept if each.type == "TicketRedeemed"] == [
        (40, None),
        (80, Refusal.ALREADY_USED.value),
        (120, Refusal.ALREADY_USED.value),
    ]
