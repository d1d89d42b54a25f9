"""What the hub's pages ask of the database does not grow with the fleet."""

from pathlib import Path

import pytest

from kiosk.model.event import Health
from kiosk.model.identity import Fingerprint
from kiosk.model.ids import DeviceId, EpochMs
from sync.hub.identity.kinds import Kind
from sync.hub.store.identity_rows import Certificate
from sync.hub.store.rows import Device
from sync.wire.messages import Status
from tests.fakes.clock import NOON
from tests.unit.sync.hub.counting import CountingStore
from tests.unit.sync.hub.office import Office
from tests.unit.sync.hub.world import SITE, World, envelope, event

_DAY_MS = 86_400_000


def grow(world: World, devices: list[DeviceId]) -> None:
    """Devices that have told of themselves, with two certificates each."""
    with world.store.writing() as writing:
        for device in devices:
            writing.put_device(Device(device, SITE, "gate", device), f"hash of {device}")
            for number in (1, 2):
                writing.identities.add_certificate(certificate(device, number))
    world.batch(*((device, Status(Health.READY, site=SITE, route="past")) for device in devices))
    world.batch(*((device, envelope(event(1))) for device in devices))


def certificate(device: DeviceId, number: int, gone_at: EpochMs | None = None) -> Certificate:
    begins = EpochMs(NOON + number * 1_000)
    ends = EpochMs(begins + 90 * _DAY_MS)
    print_ = Fingerprint(f"{device}-{number}")
    return Certificate(f"{device}{number}", Kind.DEVICE, device, SITE, print_, "", "pem", begins, ends, begins, gone_at)


@pytest.mark.parametrize(
    ("path", "most"), [("/metrics", 7), ("/", 8), ("/v1/fleet", 2), ("/v1/devices", 2), ("/v1/state", 4)]
)
def test_a_larger_fleet_is_asked_for_in_as_many_queries(world: World, tmp_path: Path, path: str, most: int) -> None:
    """A scrape, the console and the fleet's list of ten thousand devices cost rows, not ten thousand questions."""
    store = CountingStore(world.store)
    world.store = store
    (tmp_path / "keys").mkdir()
    office = Office(world, tmp_path / "keys")
    counts = []
    for first, last in ((0, 2), (2, 40)):
        grow(world, [DeviceId(f"gate-{number}") for number in range(first, last)])
        store.asked.clear()
        assert office.admin.get(path).status_code == 200
        counts.append(len(store.asked))
    assert counts[0] == counts[1] <= most


def test_the_newest_certificate_that_counts_is_told_of_each_device(world: World) -> None:
    """Also of who has lost all of them, and of who never had one."""
    with world.store.writing() as writing:
        for name, gone in (("a", (None, None)), ("b", (None, NOON)), ("c", (NOON, NOON))):
            for number, gone_at in enumerate(gone):
                writing.identities.add_certificate(certificate(DeviceId(name), number, gone_at))
    with world.store.reading() as reading:
        terms = reading.identities.terms(Kind.DEVICE)
    ends = {name: None if term is None else term.not_after for name, term in terms.items()}
    assert ends == {"a": NOON + 1_000 + 90 * _DAY_MS, "b": NOON + 90 * _DAY_MS, "c": None}
    assert "d" not in terms
