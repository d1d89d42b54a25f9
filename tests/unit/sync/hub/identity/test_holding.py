"""Certificates in use: shown, renewed, run out, taken back, forgotten by a restored hub."""

import datetime as dt
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID
from starlette.testclient import TestClient

from kiosk.model.ids import DeviceId, EpochMs
from sync.agent.identity.keys import new_key, request_for
from sync.hub.errors import DataError
from sync.hub.identity.authority import Gone, open_authority, own_request, read_request
from sync.hub.identity.kinds import Holder, Kind, peer_of
from tests.fakes.clock import NOON
from tests.unit.sync.hub.identity.gatehouse import Gatehouse

DAY = 86_400_000


def status(port: TestClient, path: str = "/v1/changes?since=0") -> int:
    return port.get(path).status_code


def renewed(gatehouse: Gatehouse, port: TestClient, key: str = "") -> TestClient:
    """The device port behind a renewed certificate."""
    answer = port.post("/v1/identity/renewal", json={"csr": request_for(key or new_key())})
    assert answer.status_code == 200, answer.text
    return gatehouse.behind(answer.json()["certificate"])


def test_the_old_certificate_counts_until_the_new_one_was_shown(gatehouse: Gatehouse) -> None:
    """A device that is killed in between is not locked out, and a key that was stolen before is worth nothing after."""
    _, old = gatehouse.member()
    new = renewed(gatehouse, old)
    assert (status(old), status(new)) == (200, 200)
    assert new.get("/v1/identity").status_code == 200
    assert (status(old), status(new)) == (403, 200)


def test_the_same_key_gets_the_same_certificate_again(gatehouse: Gatehouse) -> None:
    """The answer got lost: nothing piles up."""
    _, old = gatehouse.member()
    key = new_key()
    first, second = (
        old.post("/v1/identity/renewal", json={"csr": request_for(key)}).json()["certificate"] for _ in range(2)
    )
    assert first == second


def test_a_renewal_needs_a_new_key(gatehouse: Gatehouse) -> None:
    newcomer, old = gatehouse.member()
    answer = old.post("/v1/identity/renewal", json={"csr": request_for(newcomer.key)})
    assert (answer.status_code, answer.json()["field"]) == (422, "csr")


def test_certificates_that_nobody_uses_do_not_pile_up(gatehouse: Gatehouse) -> None:
    """Of the unused ones the newest few stay."""
    _, old = gatehouse.member()
    ports = []
    for _ in range(6):
        gatehouse.clock.advance(1_000)
        ports.append(renewed(gatehouse, old))
    assert status(old) == 200
    assert [status(port) for port in ports] == [403, 403, 403, 200, 200, 200]


def test_an_administrator_has_a_device_renew(gatehouse: Gatehouse) -> None:
    """The device is told so until it has."""
    _, old = gatehouse.member()
    assert old.get("/v1/identity").json()["renew"] is False
    assert gatehouse.office.admin.post("/v1/devices/gate-9/renewal").status_code == 200
    assert old.get("/v1/identity").json()["renew"] is True
    assert renewed(gatehouse, old).get("/v1/identity").json()["renew"] is False
    assert gatehouse.office.admin.post("/v1/devices/terminal-gate-1/renewal").status_code == 404


def test_a_device_that_is_taken_out_is_refused_at_once_and_for_good(gatehouse: Gatehouse) -> None:
    """By certificate and by token; it is told that it was taken out, and the broker is told its certificate."""
    _, port = gatehouse.member()
    broker = a_broker(gatehouse)
    before = broker.get("/v1/broker/access").json()
    assert gatehouse.office.admin.delete("/v1/devices/gate-9/certificates").json()["taken_back"] == 1
    for path in ("/v1/changes?since=0", "/v1/identity", "/v1/packs/1"):
        answer = port.get(path)
        assert (answer.status_code, answer.json()["field"]) == (403, "removed")
    assert port.post("/v1/identity/renewal", json={"csr": request_for(new_key())}).status_code == 403
    after = broker.get("/v1/broker/access").json()
    assert {account["user"] for account in before["accounts"]} == {"gate-9"}
    assert after["accounts"] == []
    assert before["revision"] != after["revision"]
    assert len(list(x509.load_pem_x509_crl(after["revocations"].encode()))) == 1
    fleet = {each["device"]: each["standing"] for each in gatehouse.office.admin.get("/v1/fleet").json()}
    assert (fleet["gate-9"], fleet["terminal-gate-1"]) == ("removed", "token")
    assert gatehouse.office.admin.delete("/v1/devices/nobody/certificates").status_code == 404


def test_a_certificate_runs_out_on_an_open_connection_too(gatehouse: Gatehouse) -> None:
    """TLS looks at the time once, when it is connected."""
    _, port = gatehouse.member()
    gatehouse.clock.advance(90 * DAY)
    answer = port.get("/v1/changes?since=0")
    assert answer.status_code == 403
    assert "run out" in answer.json()["error"]
    assert answer.json().get("field", "") != "removed"


def test_without_a_certificate_only_the_way_in_is_open(gatehouse: Gatehouse) -> None:
    """A token opens nothing where devices come with certificates."""
    headers = gatehouse.office.make_device("gate-8", "terminal")
    for path in ("/v1/changes?since=0", "/v1/packs/1", "/v1/identity", "/v1/broker/access"):
        assert gatehouse.anybody.get(path, headers=headers).status_code == 401
    assert gatehouse.anybody.post("/v1/identity/renewal", json={"csr": ""}).status_code == 401
    assert gatehouse.anybody.get("/v1/authority").status_code == 200


def test_a_broker_s_certificate_opens_nothing_of_a_device_and_the_other_way_round(gatehouse: Gatehouse) -> None:
    """Whatever it is called."""
    _, device = gatehouse.member()
    broker = a_broker(gatehouse, "gate-9")
    assert device.get("/v1/broker/access").status_code == 403
    for path in ("/v1/changes?since=0", "/v1/packs/1", "/v1/identity"):
        assert broker.get(path).status_code == 403
    hub = gatehouse.behind(
        gatehouse.office.registry.own_pem("hub").decode().partition("-----END PRIVATE KEY-----\n")[2]
    )
    assert hub.get("/v1/changes?since=0").status_code == 403
    assert hub.get("/v1/broker/access").status_code == 403


def test_a_device_that_was_moved_by_hand_must_be_claimed_anew(gatehouse: Gatehouse) -> None:
    """Its certificate names the site that it was; it gets the data of neither, at the device port and at the broker."""
    _, port = gatehouse.member("gate-9", "terminal")
    gatehouse.office.make_device("gate-9", "shop")
    assert status(port) == 403
    assert a_broker(gatehouse).get("/v1/broker/access").json()["accounts"] == []


def test_a_site_s_broker_is_told_of_its_devices_and_the_central_one_of_it(gatehouse: Gatehouse) -> None:
    """There it has the rights of the devices that are there now, and at its own site nobody else is let in."""
    gatehouse.member("gate-9", "terminal")
    gatehouse.member("desk-9", "shop")
    form = {"csr": request_for(new_key()), "names": ["10.0.0.9"], "site": "terminal"}
    given = gatehouse.office.admin.post("/v1/brokers/broker-9", json=form).json()
    at_site = gatehouse.behind(given["certificate"]).get("/v1/broker/access").json()["accounts"]
    assert [(account["user"], account["site"]) for account in at_site] == [("gate-9", "terminal")]
    central = {account["user"]: account for account in a_broker(gatehouse).get("/v1/broker/access").json()["accounts"]}
    assert (central["broker-9"]["rights"], central["broker-9"]["devices"]) == ("site", ["gate-9"])
    assert set(central) == {"gate-9", "desk-9", "broker-9"}
    nowhere = gatehouse.office.admin.post("/v1/brokers/broker-8", json={**form, "site": "nowhere"})
    assert nowhere.status_code == 404


def test_a_broker_hears_nothing_new_when_nothing_is(gatehouse: Gatehouse) -> None:
    """It asks every two seconds. A day later the list is signed anew."""
    gatehouse.member()
    broker = a_broker(gatehouse)
    first = broker.get("/v1/broker/access")
    again = broker.get("/v1/broker/access", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    gatehouse.clock.advance(DAY)
    assert broker.get("/v1/broker/access", headers={"If-None-Match": first.headers["etag"]}).status_code == 200


def test_a_broker_s_certificate_is_renewed_for_the_same_names(gatehouse: Gatehouse) -> None:
    broker = a_broker(gatehouse)
    pem = broker.post("/v1/identity/renewal", json={"csr": request_for(new_key())}).json()["certificate"]
    certificate = x509.load_pem_x509_certificate(pem.encode())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["broker.example"]
    assert gatehouse.behind(pem).get("/v1/broker/access").status_code == 200
    assert status(broker, "/v1/broker/access") == 403


def test_a_restored_hub_takes_in_what_it_gave_out_after_the_backup(gatehouse: Gatehouse) -> None:
    """The certificate is its own and the device was in: locking it out would cost a visit to every device renewed since."""
    _, old = gatehouse.member()
    lost = forgotten(gatehouse, Holder(Kind.DEVICE, "gate-9", "terminal"))
    assert status(lost) == 200
    assert lost.get("/v1/identity").status_code == 200
    assert status(old) == 403


@pytest.mark.parametrize(
    "holder",
    [
        Holder(Kind.DEVICE, "gate-9", "shop"),
        Holder(Kind.DEVICE, "gate-10", "terminal"),
        Holder(Kind.DEVICE, "terminal-gate-1", "terminal"),
        Holder(Kind.BROKER, "gate-9"),
        Holder(Kind.HUB, "gate-9"),
    ],
)
def test_it_takes_in_nobody_else(gatehouse: Gatehouse, holder: Holder) -> None:
    """Not at another site, not one that was never claimed, not one of another kind."""
    gatehouse.member()
    assert status(forgotten(gatehouse, holder)) == 403


def test_it_takes_in_nobody_whom_it_has_turned_out(gatehouse: Gatehouse) -> None:
    gatehouse.member()
    gatehouse.office.registry.revoke(DeviceId("gate-9"))
    assert status(forgotten(gatehouse, Holder(Kind.DEVICE, "gate-9", "terminal"))) == 403


def test_a_claim_is_refused_where_no_certificates_are_given_out(gatehouse: Gatehouse) -> None:
    newcomer = gatehouse.newcomer()
    registry = gatehouse.office.registry
    registry.terms = type(registry.terms)(tls=False, days=90, broker=registry.terms.broker)
    answer = gatehouse.claim(newcomer.code)
    assert answer.status_code == 409
    assert "identity.tls" in answer.json()["todo"]


def a_broker(gatehouse: Gatehouse, name: str = "broker-1") -> TestClient:
    """The device port for a broker."""
    form = {"csr": request_for(new_key()), "names": ["broker.example"]}
    given = gatehouse.office.admin.post(f"/v1/brokers/{name}", json=form)
    assert given.status_code == 200, given.text
    return gatehouse.behind(given.json()["certificate"])


def forgotten(gatehouse: Gatehouse, holder: Holder) -> TestClient:
    """The device port for one with a certificate of ours that stands nowhere."""
    now = gatehouse.clock.now().wall_ms
    issued = gatehouse.office.registry.authority.issue(read_request(request_for(new_key())), holder, now, 90)
    return gatehouse.behind(issued.pem)


def test_the_console_says_of_a_device_that_it_was_taken_out(gatehouse: Gatehouse) -> None:
    """Rather than that it is silent; and nothing of the kind of one that has a token, is in, or is back."""

    def removed() -> set[str]:
        with gatehouse.office.world.store.reading() as reading:
            return {device.id for device in reading.devices() if device.removed}

    gatehouse.member()
    assert removed() == set()
    gatehouse.office.registry.revoke(DeviceId("gate-9"))
    assert removed() == {"gate-9"}
    assert "Taken out" in gatehouse.office.page.get("/").text
    gatehouse.member()
    assert removed() == set()


class TestAuthority:
    def test_it_is_the_same_after_a_restart_also_without_the_root_s_key(self, tmp_path: Path) -> None:
        """The root's key is put away after the first start."""
        first = open_authority(tmp_path, NOON)
        (tmp_path / "ca-root.key").rename(tmp_path / "safe")
        second = open_authority(tmp_path, EpochMs(NOON + DAY))
        assert (first.pin, first.chain_pem) == (second.pin, second.chain_pem)
        assert {path.stat().st_mode & 0o777 for path in tmp_path.glob("*.key")} == {0o600}

    def test_a_first_start_that_was_cut_off_begins_anew(self, tmp_path: Path) -> None:
        open_authority(tmp_path, NOON)
        (tmp_path / "ca-issuing.pem").unlink()
        assert open_authority(tmp_path, NOON).pin

    def test_what_does_not_belong_together_is_refused(self, tmp_path: Path) -> None:
        """Half of one backup and half of another."""
        open_authority(tmp_path / "one", NOON)
        open_authority(tmp_path / "two", NOON)
        for name in ("ca-issuing.key", "ca-root.pem"):
            mixed = tmp_path / name.partition(".")[0]
            mixed.mkdir()
            for file in (tmp_path / "one").iterdir():
                content = ((tmp_path / "two") if file.name == name else file.parent) / file.name
                (mixed / file.name).write_bytes(content.read_bytes())
                (mixed / file.name).chmod(0o600)
            with pytest.raises(DataError, match=r"ca-issuing\.pem: "):
                open_authority(mixed, NOON)

    def test_a_key_that_others_may_read_is_refused(self, tmp_path: Path) -> None:
        open_authority(tmp_path, NOON)
        (tmp_path / "ca-issuing.key").chmod(0o640)
        with pytest.raises(DataError, match="read by others"):
            open_authority(tmp_path, NOON)

    def test_a_certificate_says_what_its_holder_is_and_no_more(self, tmp_path: Path) -> None:
        """Whatever the request asked for; a device's is for clients only, and no authority."""
        authority = open_authority(tmp_path, NOON)
        key = ec.generate_private_key(ec.SECP256R1())
        issued = authority.issue(own_request(key), Holder(Kind.DEVICE, "gate-9", "terminal"), NOON, 90)
        certificate = x509.load_pem_x509_certificate(issued.pem.encode())
        peer = peer_of(certificate)
        assert peer is not None
        assert peer.holder == Holder(Kind.DEVICE, "gate-9", "terminal")
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        assert list(usage) == [ExtendedKeyUsageOID.CLIENT_AUTH]
        assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        life = certificate.not_valid_after_utc - certificate.not_valid_before_utc
        assert life == dt.timedelta(days=91)

    def test_the_list_of_those_that_are_gone_is_signed(self, tmp_path: Path) -> None:
        authority = open_authority(tmp_path, NOON)
        listed = x509.load_pem_x509_crl(authority.revocations([Gone("2a", NOON)], NOON))
        issuing = x509.load_pem_x509_certificate(authority.chain_pem)
        public = issuing.public_key()
        assert isinstance(public, ec.EllipticCurvePublicKey)
        assert listed.is_signature_valid(public)
        assert [each.serial_number for each in listed] == [42]
