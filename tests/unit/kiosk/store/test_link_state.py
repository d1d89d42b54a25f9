"""What the app believes of the link: only what is said now, in this boot, by an agent that lives."""

from kiosk.store.agentside import AgentStore
from kiosk.store.device import DeviceStore
from tests.fakes.clock import NOON, FakeClock


def test_heard_and_current(store: DeviceStore, agent: AgentStore, clock: FakeClock) -> None:
    """Connected, with data of this moment; away again, the age stays."""
    agent.link.heard(clock.now())
    agent.link.current(clock.now())
    assert store.freshness().connected
    clock.advance(1000)
    agent.link.away()
    assert not store.freshness().connected
    assert store.freshness().as_of == NOON


def test_an_agent_that_died_is_not_believed_for_long(store: DeviceStore, agent: AgentStore, clock: FakeClock) -> None:
    """Its last word was that all is well."""
    agent.link.heard(clock.now())
    clock.advance(30_000)
    assert store.freshness().connected
    clock.advance(1)
    assert not store.freshness().connected


def test_another_boot_knows_nothing_of_this_one(store: DeviceStore, agent: AgentStore, clock: FakeClock) -> None:
    """Monotonic times of two boots are not compared."""
    agent.link.heard(clock.now())
    clock.boot = "ffffffff"
    assert not store.freshness().connected


def test_the_wall_clock_may_jump(store: DeviceStore, agent: AgentStore, clock: FakeClock) -> None:
    """Ten years ahead or back: what is heard is heard."""
    agent.link.heard(clock.now())
    clock.wall_ms += 10 * 365 * 86_400_000
    assert store.freshness().connected
    clock.wall_ms -= 20 * 365 * 86_400_000
    assert store.freshness().connected


def test_coming_and_going_changes_the_stamp_but_a_heartbeat_does_not(
    store: DeviceStore, agent: AgentStore, clock: FakeClock
) -> None:
    """Screens are drawn anew when the mark changes, not every ten seconds."""
    stamps = [store.change_stamp()]
    agent.link.heard(clock.now())
    stamps.append(store.change_stamp())
    clock.advance(10_000)
    agent.link.heard(clock.now())
    agent.link.current(clock.now())
    stamps.append(store.change_stamp())
    agent.link.away()
    agent.link.away()
    stamps.append(store.change_stamp())
    assert stamps[1] == stamps[2]
    assert len(set(stamps)) == 3
