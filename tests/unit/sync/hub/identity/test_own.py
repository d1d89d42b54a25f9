"""The hub's own certificates."""

from pathlib import Path

import pytest
from cryptography import x509

from sync.hub.errors import DataError
from sync.hub.identity.kinds import Kind
from sync.hub.identity.own import OwnIdentity, client_file, root_file
from sync.hub.settings import BrokerTable, HubTable, IdentityTable, Settings
from tests.unit.sync.hub.identity.gatehouse import Gatehouse

DAY = 86_400_000


def settings(data: Path) -> Settings:
    hub = HubTable(data=str(data), admin_token="0123456789abcdef")
    identity = IdentityTable(tls=True, names=("hub.example", "10.0.0.5"))
    return Settings(hub, BrokerTable(certificate=True), identity=identity)


def served(data: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate((data / "hub-server.pem").read_bytes())


def test_it_serves_under_the_names_that_devices_call(gatehouse: Gatehouse, tmp_path: Path) -> None:
    """And trusts its own root at the broker; both keys are its user's only."""
    OwnIdentity(gatehouse.office.registry, settings(tmp_path))
    names = served(tmp_path).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["hub.example"]
    assert [str(each) for each in names.get_values_for_type(x509.IPAddress)] == ["10.0.0.5"]
    assert root_file(settings(tmp_path)).read_bytes() == gatehouse.office.registry.authority.root_pem
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in ("hub-server.pem", "hub-broker.pem")} == {0o600}


def test_they_are_renewed_in_good_time(gatehouse: Gatehouse, tmp_path: Path) -> None:
    """The one for the broker at two thirds of ninety days, the server's at two thirds of a year; not before, not at each start."""
    own = OwnIdentity(gatehouse.office.registry, settings(tmp_path))
    client = client_file(settings(tmp_path)).read_bytes()
    server = served(tmp_path)
    own.look()
    OwnIdentity(gatehouse.office.registry, settings(tmp_path))
    assert client_file(settings(tmp_path)).read_bytes() == client
    server = served(tmp_path)
    gatehouse.clock.advance(62 * DAY)
    own.look()
    assert client_file(settings(tmp_path)).read_bytes() != client
    assert served(tmp_path) == server
    gatehouse.clock.advance(200 * DAY)
    own.look()
    assert served(tmp_path) != server


def test_one_that_was_taken_back_or_damaged_is_replaced(gatehouse: Gatehouse, tmp_path: Path) -> None:
    own = OwnIdentity(gatehouse.office.registry, settings(tmp_path))
    file = client_file(settings(tmp_path))
    file.write_bytes(b"nothing")
    own.look()
    assert b"BEGIN CERTIFICATE" in file.read_bytes()
    file.unlink()
    own.look()
    assert b"BEGIN CERTIFICATE" in file.read_bytes()
    store = gatehouse.office.world.store
    with store.writing() as writing:
        held = writing.identities.certificates_of(Kind.HUB, "hub")
        for each in held:
            writing.identities.take_back(each.serial, gatehouse.clock.now().wall_ms, "by hand")
    before = client_file(settings(tmp_path)).read_bytes()
    own.look()
    assert client_file(settings(tmp_path)).read_bytes() != before


def test_a_hub_takes_no_device_s_name(gatehouse: Gatehouse, tmp_path: Path) -> None:
    """It would share the device's rights at the broker, and the device the hub's."""
    gatehouse.member("hub-9", replace=True)
    table = BrokerTable(certificate=True, user="hub-9")
    mine = settings(tmp_path)
    with pytest.raises(DataError, match="name of a device"):
        OwnIdentity(gatehouse.office.registry, Settings(mine.hub, table, identity=mine.identity))


def test_it_looks_after_them_until_it_is_stopped(gatehouse: Gatehouse, tmp_path: Path) -> None:
    own = OwnIdentity(gatehouse.office.registry, settings(tmp_path))
    own.start()
    own.stop()
