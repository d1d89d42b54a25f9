"""The folder of a broker that takes certificates."""

import json
from pathlib import Path

import pytest
from cryptography import x509

from deploy.broker.secure import BrokerSettings, Home, NoBroker, fresh_request, lives_at
from kiosk.model.ids import EpochMs
from sync.hub.identity.authority import open_authority, read_request
from sync.hub.identity.kinds import Holder, Kind
from tests.fakes.clock import NOON

SETTINGS = BrokerSettings("broker-1", "127.0.0.1", 8883, "https://hub.example:8600")
DAY = 86_400_000


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "broker")
    home.prepare(SETTINGS)
    return home


def access(tmp_path: Path, *accounts: dict[str, str]) -> dict[str, object]:
    """What a hub says."""
    authority = open_authority(tmp_path, NOON)
    return {"revision": "1", "revocations": authority.revocations([], NOON).decode(), "accounts": list(accounts)}


def test_the_configuration_asks_for_certificates_and_nothing_else(home: Home) -> None:
    """The name on it is the user and the client; there is no other listener and no password."""
    lines = home.configuration.read_text().splitlines()
    for line in (
        "listener 8883 127.0.0.1",
        "require_certificate true",
        "use_identity_as_username true",
        "use_username_as_clientid true",
        "allow_anonymous false",
        f"crlfile {home.revoked}",
        f"acl_file {home.acl}",
    ):
        assert line in lines
    assert sum(line.startswith("listener") for line in lines) == 1
    assert not any(line.startswith("password_file") for line in lines)
    assert home.settings() == SETTINGS
    assert home.folder.stat().st_mode & 0o777 == 0o700


def test_rules_are_what_the_hub_says(home: Home, tmp_path: Path) -> None:
    """A device's own topics and its site's claims; before the hub has said anything, nothing."""
    assert home.acl.read_text() == ""
    gate = {"user": "gate-1", "rights": "device", "site": "harbour"}
    home.take_access(access(tmp_path, gate, {"user": "hub", "rights": "hub", "site": ""}))
    rules = home.acl.read_text()
    assert "user gate-1\ntopic write cx/1/gate-1/up\n" in rules
    assert "topic readwrite cx/1/site/harbour/claims" in rules
    assert "user hub\ntopic read cx/1/+/up" in rules
    assert list(x509.load_pem_x509_crl(home.revoked.read_bytes())) == []
    assert home.acl.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "wrong",
    [
        {"accounts": [{"user": "a\ntopic readwrite #", "rights": "device", "site": "harbour"}]},
        {"accounts": [{"user": "gate-1", "rights": "device", "site": "harbour\ntopic #"}]},
        {"accounts": [{"user": "gate-1", "rights": "everything", "site": "harbour"}]},
        {"accounts": "all"},
        {"accounts": [{}]},
        {"revocations": "none"},
    ],
)
def test_what_is_no_answer_of_a_hub_changes_nothing(home: Home, tmp_path: Path, wrong: dict[str, object]) -> None:
    """Least of all the meaning of a line."""
    good = access(tmp_path, {"user": "gate-1", "rights": "device", "site": "harbour"})
    home.take_access(good)
    before = home.acl.read_text(), home.revoked.read_text()
    with pytest.raises((ValueError, KeyError, TypeError)):
        home.take_access({**good, **wrong})
    assert (home.acl.read_text(), home.revoked.read_text()) == before


def test_a_folder_without_a_broker_says_how_to_make_one(tmp_path: Path) -> None:
    for text in (None, "", "[]", json.dumps({"name": "x"})):
        if text is not None:
            (tmp_path / "broker.json").write_text(text)
        with pytest.raises(NoBroker, match="holds no broker") as told:
            Home(tmp_path).settings()
        assert "opas broker new" in told.value.todo
    with pytest.raises(NoBroker):
        lives_at(Home(tmp_path), NOON)


def test_it_knows_how_much_of_its_certificate_is_over(home: Home, tmp_path: Path) -> None:
    """So that it renews in time."""
    key, request = fresh_request()
    issued = open_authority(tmp_path, NOON).issue_server(
        read_request(request), Holder(Kind.BROKER, "broker-1"), NOON, ["broker.example"]
    )
    home.identity.write_text(key + issued.pem)
    assert lives_at(home, NOON) < 0.01
    assert 0.6 < lives_at(home, NOON + 240 * DAY) < 0.7
    assert lives_at(home, EpochMs(NOON + 366 * DAY)) > 1
    assert fresh_request()[0] != key
