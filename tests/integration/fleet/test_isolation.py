"""What a device may do with its certificate, shown by trying everything else: at the broker and at the device port."""

import secrets
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from deploy.errors import DeployError
from deploy.web import HubApi
from kiosk.errors import LinkError
from kiosk.model.ids import EpochMs
from sync.agent.identity.asking import Asking, Expired
from sync.hub.identity.authority import Authority, open_authority, own_request
from sync.hub.identity.keyfiles import key_pem
from sync.hub.identity.kinds import Holder, Kind
from sync.link.tls import client_context
from sync.wire.codec import decode_changes
from tests.integration.fleet.ground import Fleet, Visitor, ask, until
from tests.integration.test_broker_access import DESK, GATE, OTHER, SITES, TOPICS, Party, own

_DAY = 86_400_000


@pytest.fixture(scope="module")
def visitors(standing: Fleet) -> dict[str, Visitor]:
    """Two devices of one site and one of another, as in the test of the broker with passwords."""
    standing.hub.admin("PUT", "/v1/sites/terminal", json={"name": "Terminal"})
    made = {name: Visitor(standing, name, site) for name, site in SITES.items()}
    wait_until_let_in(standing, *made.values())
    return made


def wait_until_let_in(fleet: Fleet, *visitors: Visitor) -> None:
    for visitor in visitors:
        fleet.broker.wait_for_rule(f"user {visitor.name}\n")
    until(lambda: all(may_speak(fleet, visitor) for visitor in visitors), "the broker did not read its rules")


def may_speak(fleet: Fleet, visitor: Visitor) -> bool:
    """The rules are on disk a moment before the broker has read them."""
    party = Party(fleet.broker.port, visitor.name, tls=visitor.tls)
    said = party.try_to_say((f"cx/1/{visitor.name}/up",))
    party.close()
    return bool(said)


@pytest.fixture
def leaver(standing: Fleet) -> Visitor:
    """One who is turned out in the course of a test."""
    made = Visitor(standing, f"shop-{secrets.token_hex(4)}", "shop")
    wait_until_let_in(standing, made)
    return made


@pytest.fixture
def parties(standing: Fleet, visitors: dict[str, Visitor]) -> Iterator[dict[str, Party]]:
    made = {name: Party(standing.broker.port, name, tls=visitor.tls) for name, visitor in visitors.items()}
    yield made
    for party in made.values():
        party.close()


def test_at_the_broker_a_device_says_and_hears_what_is_its_own(parties: dict[str, Party]) -> None:
    """Of all topics of all devices, sites, the hub and the broker itself; asked for with every kind of wildcard."""
    for device in SITES:
        parties[device].try_to_hear(
            "#", "cx/#", "+/+/+/+", "cx/1/+/ack", "cx/1/+/up", "cx/1/site/+/claims", "$SYS/#", "$SYS/broker/#",
            *(f"$share/{group}/{topic}" for group in ("hub", "x") for topic in ("#", "cx/1/+/up", "cx/1/+/down")),
            *TOPICS,
        )  # fmt: skip
    for device in SITES:
        assert parties[device].try_to_say(TOPICS) == own(device)
    for device in SITES:
        parties[device].wait_for(f"cx/1/site/{SITES[device]}/claims")
    time.sleep(0.3)
    for device in SITES:
        # The real hub answers a hello that is none with nothing; nobody else may speak to a device.
        assert set(parties[device].heard) == {f"cx/1/site/{SITES[device]}/claims"}


def test_nobody_throws_out_another_by_taking_its_name(
    standing: Fleet, visitors: dict[str, Visitor], parties: dict[str, Party]
) -> None:
    """The certificate's name is the client's, whatever the client calls itself."""
    thief = Party(standing.broker.port, DESK, name="", tls=visitors[GATE].tls)
    assert parties[DESK].try_to_say((f"cx/1/{DESK}/up",)) == {f"cx/1/{DESK}/up"}
    assert thief.try_to_say((f"cx/1/{DESK}/up", f"cx/1/{GATE}/up")) == {f"cx/1/{GATE}/up"}
    thief.close()


def test_at_the_device_port_a_device_gets_its_own_site_only(standing: Fleet, visitors: dict[str, Visitor]) -> None:
    """Whatever path it names: there is none for another site, and what administrators ask for is not there at all."""
    desk = visitors[DESK]
    status, told = desk.ask("/v1/identity")
    assert (status, told["site"]) == (200, "shop")
    other = visitors[GATE].ask("/v1/identity")[1]
    assert other["site_key"] != told["site_key"]
    refused = [
        *(f"/v1/changes?since=0&site={site}" for site in ("terminal", "harbour")),
        *(f"/v1/{word}{more}" for word in ("identity", "packs/x", "changes") for more in ("/terminal", "/../terminal")),
        *(f"/v1/sites/terminal{more}" for more in ("", "/pack", "/import", "/records/tickets", "/changes")),
        *(f"/v1/devices{more}" for more in ("", f"/{GATE}", f"/{GATE}/certificates", f"/{GATE}/renewal")),
        "/v1/fleet", "/v1/claims", "/v1/events", "/v1/state", "/v1/erasures", "/v1/quarantine", "/v1/cloudevents",
        "/v1/broker/access", "/v1/brokers/x", "/", "/live", "/metrics", "/docs", "/openapi.json", "/v1/packs/1",
    ]  # fmt: skip
    for path in refused:
        for method in ("GET", "PUT", "POST", "DELETE"):
            if path.startswith("/v1/changes?") and method == "GET":
                continue
            status, said = desk.ask(path, method)
            assert status in {403, 404, 405}, (method, path, status, said)
    for path in refused[:2]:
        changes = HubApi(standing.hub.devices, tls=desk.tls).ask("GET", path)
        assert decode_changes(changes.body).site == "shop"
    # One that is not its own can't be had with its own either: a certificate is renewed for the holder it names.
    headers = {"Authorization": "Bearer admin-token-of-the-tests", "X-Device": GATE}
    with httpx2.Client(verify=desk.tls, trust_env=False) as client:
        assert client.get(f"{standing.hub.devices}/v1/identity", headers=headers).json()["device"] == DESK


class Forger:
    """Certificates that look right and are not, or were."""

    def __init__(self, folder: Path, authority: Authority, now: EpochMs) -> None:
        self._folder = folder
        self._folder.mkdir(exist_ok=True)
        self._authority = authority
        self._now = now

    def pem(self, holder: Holder, at: int = 0, days: int = 90) -> Path:
        key = ec.generate_private_key(ec.SECP256R1())
        issued = self._authority.issue(own_request(key), holder, EpochMs(self._now + at), days)
        path = self._folder / f"{holder.name}-{holder.kind}-{at}.pem"
        path.write_bytes(key_pem(key) + issued.pem.encode())
        return path


def lets_in(fleet: Fleet, visitor: Visitor, pem: Path | None) -> tuple[bool, bool]:
    """Whether the device port and the broker let in as this visitor who shows that."""
    tls = client_context(visitor.root, pem)
    try:
        port = ask(fleet.hub.devices, "/v1/changes?since=0", tls)[0] == 200
    except DeployError:
        port = False
    try:
        party = Party(fleet.broker.port, "try", tls=client_context(visitor.root, pem))
    except OSError:
        return port, False
    said = party.try_to_say((f"cx/1/{visitor.name}/up",))
    party.close()
    return port, bool(said)


def test_certificates_that_are_not_in_force_open_nothing(
    standing: Fleet, visitors: dict[str, Visitor], leaver: Visitor, tmp_path: Path
) -> None:
    """Run out, of the future, of another authority, a broker's, of another device, none at all, and taken back."""
    now = EpochMs(time.time_ns() // 1_000_000)  # noqa: TID251 - what OpenSSL goes by
    ours = Forger(tmp_path / "ours", open_authority(standing.hub.folder / "data", now), now)
    theirs = Forger(tmp_path / "theirs", open_authority(tmp_path / "other", now), now)
    holder = Holder(Kind.DEVICE, leaver.name, leaver.site)
    assert lets_in(standing, leaver, leaver.pem) == (True, True)
    for pem in (
        ours.pem(holder, -100 * _DAY),
        ours.pem(holder, 100 * _DAY),
        ours.pem(Holder(Kind.DEVICE, "nobody", "shop")),
        ours.pem(Holder(Kind.BROKER, "broker-x")),
        theirs.pem(holder),
        None,
    ):
        assert lets_in(standing, leaver, pem) == (False, False), pem
    # Another device's is that other device's, at both.
    assert lets_in(standing, leaver, visitors[OTHER].pem) == (True, False)
    assert standing.hub.opas("fleet", "revoke", leaver.name).returncode == 0
    assert lets_in(standing, leaver, leaver.pem)[0] is False
    standing.broker.wait_for_rule(f"user {leaver.name}\n", there=False)
    until(lambda: lets_in(standing, leaver, leaver.pem) == (False, False), "it is still let in")


def test_a_connection_that_stands_is_silenced_when_its_device_is_turned_out(
    standing: Fleet, parties: dict[str, Party], leaver: Visitor
) -> None:
    """mosquitto ends no connection for a list that has changed: its access rules do what is needed."""
    claims = ("cx/1/site/shop/claims",)
    left = Party(standing.broker.port, leaver.name, tls=leaver.tls)
    left.try_to_hear(*claims)
    assert parties[DESK].try_to_say(claims)
    left.wait_for(*claims)
    assert standing.hub.opas("fleet", "revoke", leaver.name).returncode == 0
    standing.broker.wait_for_rule(f"user {leaver.name}\n", there=False)
    until(lambda: not left.try_to_say((f"cx/1/{leaver.name}/up", *claims)), "it still speaks")
    before = len(left.heard)
    parties[DESK].try_to_say(claims)
    time.sleep(0.3)
    assert len(left.heard) == before
    left.close()


def test_a_certificate_that_has_run_out_is_told_apart_from_a_dead_hub(
    standing: Fleet, visitors: dict[str, Visitor], tmp_path: Path
) -> None:
    """By the hub's clock, which it tells to anybody: the device's own may be anything."""
    now = EpochMs(time.time_ns() // 1_000_000)  # noqa: TID251 - what OpenSSL goes by
    ours = Forger(tmp_path / "ours", open_authority(standing.hub.folder / "data", now), now)
    asking = Asking(standing.hub.devices, visitors[DESK].root)
    with pytest.raises(Expired, match="run out"):
        asking.identity(ours.pem(Holder(Kind.DEVICE, DESK, "shop"), -100 * _DAY))
    with pytest.raises(LinkError) as future:
        asking.identity(ours.pem(Holder(Kind.DEVICE, DESK, "shop"), 100 * _DAY))
    assert not isinstance(future.value, Expired)


def test_openssl_agrees(standing: Fleet, visitors: dict[str, Visitor]) -> None:
    """A second opinion on the chain and the list."""
    chain, crl = standing.broker.folder / "chain.pem", standing.broker.folder / "revoked.pem"
    command = ["openssl", "verify", "-x509_strict", "-crl_check", "-purpose", "sslclient", "-CAfile", str(chain)]
    done = subprocess.run([*command, "-CRLfile", str(crl), str(visitors[DESK].pem)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert ssl.OPENSSL_VERSION
