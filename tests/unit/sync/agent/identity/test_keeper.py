"""What keeps a device a member: when it renews, what it does when it is turned out, and what it says of its clock."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from kiosk.errors import LinkError, OpasError
from kiosk.model.identity import Fingerprint, Granted, Standing
from kiosk.model.ids import DeviceId, SiteId
from kiosk.store.identity import IdentityFiles
from sync.agent.identity.asking import Expired, Removed
from sync.agent.identity.keeper import Keeper, Reports
from sync.agent.identity.keys import checked, held, key_in, new_key, public_der, request_for
from sync.hub.identity.authority import key_of, open_authority, read_request
from sync.hub.identity.kinds import Holder, Kind
from sync.wire.enrolment import Identity
from tests.fakes.clock import NOON, FakeClock

DAY = 86_400_000
HOLDER = Holder(Kind.DEVICE, "gate-1", "harbour")


class FakeHub:
    """Knows which certificates count; `trouble` is raised instead of the next answers."""

    def __init__(self, folder: Path, clock: FakeClock) -> None:
        self.authority = open_authority(folder, NOON)
        self.clock = clock
        self.trouble: LinkError | None = None
        self.shown: list[bytes] = []
        self.renew_now = False
        self.falls_silent_after_renewal = False
        self.site = SiteId("harbour")
        self.issued: list[bytes] = []

    def issue(self, csr: str) -> str:
        return self.authority.issue(read_request(csr), HOLDER, self.clock.now().wall_ms, 90).pem

    def identity(self, certificate: Path) -> Identity:
        if self.trouble is not None:
            raise self.trouble
        pem = certificate.read_bytes()
        self.shown.append(pem)
        life = held(pem)
        return Identity(
            DeviceId("gate-1"), self.site, "gate", "Gate", "key", "broker", 8883, Fingerprint("ab"),
            life.not_before, life.not_after, self.clock.now().wall_ms, self.renew_now,
        )  # fmt: skip

    def renew(self, certificate: Path, csr: str) -> str:
        if self.trouble is not None:
            raise self.trouble
        self.issued.append(key_of(read_request(csr)))
        self.renew_now = False
        if self.falls_silent_after_renewal:
            self.trouble = LinkError("away", "wait")
        return self.issue(csr)


class House:
    """A member with its keeper, whose clock and hub are the test's."""

    def __init__(self, folder: Path) -> None:
        self.hub_clock, self.clock = FakeClock(), FakeClock()
        self.hub = FakeHub(folder / "ca", self.hub_clock)
        self.files = IdentityFiles(folder / "data")
        key = new_key()
        self.files.write(self.files.trusted, self.hub.authority.root_pem)
        self.files.write(
            self.files.certificate, checked(key, self.hub.issue(request_for(key)), self.hub.authority.root_pem)
        )
        self.told: list[str] = []
        self.draw: Callable[[], float] = lambda: 0.5

    def keeper(self) -> Keeper:
        def out(standing: Standing, error: OpasError) -> None:
            assert error.todo
            self.told.append(standing.value)

        reports = Reports(lambda: self.told.append("renewed"), out, lambda: self.told.append("changed"), lambda: True)
        return Keeper(self.files, self.hub, (self.clock, self.draw), reports, 900)

    @property
    def key(self) -> str:
        return key_in(self.files.certificate.read_bytes())


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_it_renews_at_two_thirds_of_the_life_by_the_hub_s_clock(house: House) -> None:
    """Under a new key. The device's own clock may say what it likes."""
    before = house.key
    keeper = house.keeper()
    house.clock.wall_ms = 0
    house.hub_clock.advance(60 * DAY)
    assert keeper.look()
    assert house.key == before
    house.hub_clock.advance(6 * DAY)
    assert keeper.look()
    assert house.key != before
    assert house.told == ["renewed"]
    assert house.hub.issued == [public_der(house.key)]
    assert not house.files.next.exists()


@pytest.mark.parametrize(("draw", "day"), [(0.0, 60), (0.99, 69)])
def test_a_fleet_does_not_renew_on_one_day(house: House, draw: float, day: int) -> None:
    """Each device draws its own part of a tenth of the life."""
    house.draw = lambda: draw
    keeper = house.keeper()
    house.hub_clock.advance((day - 1) * DAY - DAY // 2)
    keeper.look()
    assert house.told == []
    house.hub_clock.advance(2 * DAY)
    keeper.look()
    assert house.told == ["renewed"]


def test_it_renews_when_the_hub_asks_for_it(house: House) -> None:
    house.hub.renew_now = True
    house.keeper().look()
    assert house.told == ["renewed"]


@pytest.mark.parametrize("written", ["key", "certificate"])
def test_a_renewal_that_was_cut_off_is_brought_to_its_end(house: House, written: str) -> None:
    """With the key that was made before, or the certificate that had come: nothing is asked for twice."""
    key = new_key()
    pem = key.encode()
    if written == "certificate":
        pem = checked(key, house.hub.issue(request_for(key)), house.hub.authority.root_pem)
    house.files.write(house.files.next, pem)
    house.hub.renew_now = written == "key"
    assert house.keeper().look()
    assert house.key == key
    assert len(house.hub.issued) == (1 if written == "key" else 0)


def test_the_old_certificate_stays_until_the_new_one_has_worked(house: House) -> None:
    """The hub falls silent after it has given one out: next time the same one is tried."""
    before = house.key
    house.hub.renew_now = True
    house.hub.falls_silent_after_renewal = True
    keeper = house.keeper()
    assert keeper.look()
    assert house.key == before
    assert house.files.next.exists()
    house.hub.trouble = None
    assert keeper.look()
    assert house.key != before
    assert house.told == ["renewed"]


def test_a_certificate_for_another_key_is_not_taken(house: House) -> None:
    """Whoever gave it out."""
    before = house.files.certificate.read_bytes()
    foreign = house.hub.issue(request_for(new_key()))
    with pytest.raises(LinkError, match="another key"):
        checked(new_key(), foreign, house.hub.authority.root_pem)
    other = open_authority(house.files.folder / "other", NOON)
    with pytest.raises(LinkError, match="own authority"):
        checked(new_key(), foreign, other.root_pem)
    assert house.files.certificate.read_bytes() == before


@pytest.mark.parametrize(
    ("trouble", "standing"),
    [(Removed("out", "claim"), Standing.REMOVED), (Expired("late", "claim"), Standing.EXPIRED)],
)
def test_it_tells_once_that_the_device_is_out(house: House, trouble: LinkError, standing: Standing) -> None:
    """And asks no more: what is final is not tried again and again."""
    house.hub.trouble = trouble
    assert house.keeper().look() is False
    assert house.told == [standing.value]


def test_a_hub_that_is_away_changes_nothing(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """It is told once."""
    keeper = house.keeper()
    house.hub.trouble = LinkError("Hub: can't be reached.", "Start it.")
    assert keeper.look()
    assert keeper.look()
    assert caplog.text.count("can't be reached") == 1
    assert house.told == []


@pytest.mark.parametrize(("off", "words"), [(-3 * DAY, "4320 minutes behind"), (DAY, "1440 minutes ahead of")])
def test_a_clock_that_is_off_is_told_once(house: House, caplog: pytest.LogCaptureFixture, off: int, words: str) -> None:
    house.clock.wall_ms += off
    keeper = house.keeper()
    keeper.look()
    keeper.look()
    assert caplog.text.count(words) == 1
    house.clock.wall_ms -= off
    keeper.look()
    assert "clock" not in caplog.records[-1].message or len(caplog.records) == 1


def test_what_the_hub_grants_is_kept_up_to_date(house: House) -> None:
    """Another broker or site: the agent begins anew with it."""
    keeper = house.keeper()
    keeper.look()
    first = house.files.granted()
    assert first == Granted(DeviceId("gate-1"), SiteId("harbour"), "gate", "Gate", "key", "broker", 8883)
    assert house.told == []
    house.hub.site = SiteId("shop")
    keeper.look()
    assert house.files.granted() == msgspec.structs.replace(first, site=SiteId("shop"))
    assert house.told == ["changed"]


def test_it_ends_when_it_is_told_to(house: House) -> None:
    keeper = house.keeper()
    keeper.start()
    keeper.stop()
