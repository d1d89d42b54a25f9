"""Content packs on the device."""

from kiosk.model.ids import PackVersion
from kiosk.store.agentside import AgentStore
from kiosk.store.device import DeviceStore
from kiosk.store.packs import StoredPack


def pack(version: str) -> StoredPack:
    return StoredPack(PackVersion(version), f"sha-{version}", version.encode())


def test_only_the_newest_staged_pack_counts(store: DeviceStore, agent: AgentStore) -> None:
    """Two arrive between two visits: the app takes the last."""
    agent.inbox.stage_pack(pack("1"))
    agent.inbox.stage_pack(pack("2"))
    assert store.staged_pack() == pack("2")
    store.activate(PackVersion("2"))
    assert (store.active_pack(), store.staged_pack()) == (pack("2"), None)


def test_a_rejected_pack_is_not_wanted_again(store: DeviceStore, agent: AgentStore) -> None:
    """It would be refused for the same reason; the one in use stays."""
    agent.inbox.stage_pack(pack("1"))
    store.activate(PackVersion("1"))
    agent.inbox.stage_pack(pack("2"))
    store.reject(PackVersion("2"), "too new for this app")
    assert (store.active_pack(), store.staged_pack()) == (pack("1"), None)
    assert not agent.inbox.lacks_pack(PackVersion("2"))
    assert not agent.inbox.stage_pack_again(PackVersion("2"))


def test_the_pack_in_use_cannot_be_rejected(store: DeviceStore, agent: AgentStore) -> None:
    """There would be nothing left to show."""
    agent.inbox.stage_pack(pack("1"))
    store.activate(PackVersion("1"))
    store.reject(PackVersion("1"), "a mistake")
    assert store.active_pack() == pack("1")


def test_the_way_back_needs_no_fetching(store: DeviceStore, agent: AgentStore) -> None:
    """The hub returns to the pack before: it is still here."""
    for version in ("1", "2"):
        agent.inbox.stage_pack(pack(version))
        store.activate(PackVersion(version))
    assert agent.link.lacks_pack(PackVersion("1"))
    assert agent.inbox.stage_pack_again(PackVersion("1"))
    assert store.staged_pack() == pack("1")
    assert not agent.inbox.lacks_pack(PackVersion("1"))


def test_a_staged_pack_is_called_off_by_going_back_to_the_one_in_use(store: DeviceStore, agent: AgentStore) -> None:
    """What was staged meanwhile must not show any more."""
    agent.inbox.stage_pack(pack("1"))
    store.activate(PackVersion("1"))
    agent.inbox.stage_pack(pack("2"))
    assert agent.inbox.lacks_pack(PackVersion("1"))
    assert agent.inbox.stage_pack_again(PackVersion("1"))
    assert (store.active_pack(), store.staged_pack()) == (pack("1"), None)
    assert not agent.inbox.lacks_pack(PackVersion("1"))


def test_old_packs_are_forgotten(store: DeviceStore, agent: AgentStore) -> None:
    """The last few stay, the rest would fill the disk in time."""
    for number in range(8):
        agent.inbox.stage_pack(pack(str(number)))
        store.activate(PackVersion(str(number)))
    assert agent.inbox.lacks_pack(PackVersion("0"))
    assert not agent.inbox.stage_pack_again(PackVersion("0"))
    assert agent.inbox.stage_pack_again(PackVersion("6"))
    assert agent.link.active_pack() == "7"
