"""Whether the hub is heard, and how current the data is."""

import pytest

from kiosk.model.ids import EpochMs, HubVersion
from kiosk.store import DeviceStore
from kiosk.store.agentside import AgentStore
from sync.agent.watch import Watch
from sync.wire.messages import Notice
from tests.fakes.clock import NOON, FakeClock

V = HubVersion
HUB_NOON = EpochMs(NOON + 77)


@pytest.fixture
def watch(agent_store: AgentStore, clock: FakeClock) -> Watch:
    return Watch(agent_store.link, clock)


def notice(version: int) -> Notice:
    return Notice(V(version), None, HUB_NOON)


def test_a_notice_makes_us_connected(watch: Watch, store: DeviceStore) -> None:
    """With nothing new we are current as of now."""
    assert watch.on_notice(notice(4), V(4)) is False
    assert store.freshness().connected
    assert store.freshness().as_of == NOON


def test_a_notice_of_something_new_asks_for_it(watch: Watch, store: DeviceStore, clock: FakeClock) -> None:
    """Connected, but not current until it is here; a hub that went back is asked, too."""
    assert watch.on_notice(notice(4), V(3)) is True
    assert store.freshness().connected
    assert store.freshness().as_of is None
    clock.advance(200)
    watch.on_fetched(V(4))
    assert store.freshness().as_of == NOON + 200
    assert watch.on_notice(notice(2), V(4)) is True


def test_silence_ends_it(watch: Watch, store: DeviceStore, clock: FakeClock) -> None:
    """Thirty seconds without a word; the deadline says when to look."""
    watch.on_notice(notice(4), V(4))
    assert watch.deadline == clock.mono_ms + 30_001
    clock.advance(30_000)
    watch.tick()
    assert store.freshness().connected
    clock.advance(1)
    watch.tick()
    assert not store.freshness().connected
    assert watch.deadline is None
    assert store.freshness().as_of == NOON


def test_a_cut_link_ends_it_at_once(watch: Watch, store: DeviceStore) -> None:
    """And the next notice brings it back at once."""
    watch.on_notice(notice(4), V(4))
    watch.on_disconnect()
    assert not store.freshness().connected
    watch.on_notice(notice(4), V(4))
    assert store.freshness().connected


def test_it_is_not_written_down_more_often_than_every_few_seconds(
    watch: Watch, store: DeviceStore, clock: FakeClock
) -> None:
    """An idle device does not wear out its memory card."""
    watch.on_notice(notice(4), V(4))
    clock.advance(4_999)
    watch.on_notice(notice(4), V(4))
    assert store.freshness().as_of == NOON
    clock.advance(1)
    watch.on_notice(notice(4), V(4))
    assert store.freshness().as_of == NOON + 5_000


def test_the_hubs_clock_goes_on_between_notices(watch: Watch, clock: FakeClock) -> None:
    """By our monotonic clock; unknown while the hub is not heard."""
    assert watch.hub_now() is None
    watch.on_notice(notice(4), V(4))
    clock.wall_ms += 999_999_999
    clock.advance(1_000)
    assert watch.hub_now() == HUB_NOON + 1_000


def test_data_can_be_current_without_the_broker(watch: Watch, store: DeviceStore) -> None:
    """Fetched over HTTP while the broker is away: fresh, but not connected."""
    watch.on_fetched(V(4))
    assert store.freshness().as_of == NOON
    assert not store.freshness().connected


def test_what_an_agent_that_died_left_is_not_true_any_more(
    agent_store: AgentStore, store: DeviceStore, clock: FakeClock
) -> None:
    """Its successor begins with nothing heard."""
    agent_store.link.heard(clock.now())
    Watch(agent_store.link, clock)
    assert not store.freshness().connected
