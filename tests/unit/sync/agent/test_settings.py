"""The agent's part of device.toml."""

from pathlib import Path

import pytest

from kiosk.errors import ConfigurationError
from kiosk.model.identity import Granted
from kiosk.model.ids import DeviceId, SiteId
from sync.agent.settings import load_fresh, load_settings

GOOD = """\
[device]
id = "desk-1"
site = "harbour"
role = "desk"
data = "/var/lib/opas"
site_key = "the app's own"

[[sources]]
kind = "camera"

[hub]
url = "https://hub.example:8600"
token = "t0ken"

[broker]
host = "broker.example"
port = 8883
password = "pass"
tls_ca = "/etc/opas/ca.pem"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "device.toml"
    path.write_text(GOOD)
    return path


def test_what_the_agent_needs_is_read(file: Path) -> None:
    """The app's own tables and values are passed over."""
    settings = load_settings(file, {})
    assert settings.database == Path("/var/lib/opas/opas.db")
    assert settings.keep_ms == 7 * 86_400_000
    address = settings.address
    assert (address.host, address.port, address.user, address.password) == ("broker.example", 8883, "desk-1", "pass")
    assert address.tls_ca == Path("/etc/opas/ca.pem")
    assert str(address) == "broker.example:8883"


def test_a_sites_own_broker_is_optional(file: Path) -> None:
    """With a password of its own there, and its own patience."""
    assert load_settings(file, {}).site_address is None
    file.write_text(
        f'{GOOD}[sitebroker]\nhost = "10.0.0.2"\nport = 1883\npassword = "there"\npatience_s = 3\nsilence_s = 4\n'
    )
    settings = load_settings(file, {"OPAS_SITEBROKER_PORT": "1885"})
    address = settings.site_address
    assert address is not None
    assert (address.host, address.port, address.user, address.password) == ("10.0.0.2", 1885, "desk-1", "there")
    assert settings.address.host == "broker.example"
    assert settings.sitebroker is not None
    assert (settings.sitebroker.patience_s, settings.sitebroker.silence_s) == (3, 4)


@pytest.mark.parametrize(
    "wrong",
    ["port = 0", *(f"port = 1883\n{key} = {value}" for key in ("patience_s", "silence_s") for value in (0, 9999))],
)
def test_a_wrong_value_of_the_sites_broker_is_named(file: Path, wrong: str) -> None:
    """As any other."""
    file.write_text(f'{GOOD}[sitebroker]\nhost = "10.0.0.2"\n{wrong}\n')
    with pytest.raises(ConfigurationError, match="sitebroker"):
        load_settings(file, {})


def test_the_environment_overrides(file: Path) -> None:
    """As in the app; others' variables are none of our business."""
    environ = {
        "OPAS_BROKER_PORT": "1884",
        "OPAS_BROKER_TLS_CA": "",
        "OPAS_SCREEN_SIZE": "1x1",
        "OPAS_LOG": "DEBUG",
        "HOME": "/",
    }
    settings = load_settings(file, environ)
    assert settings.broker.port == 1884
    assert settings.address.tls_ca is None


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('id = "desk-1"', 'id = "Desk 1"', "device.id"),
        ('site = "harbour"', 'site = "../x"', "device.site"),
        ('url = "https://hub.example:8600"', 'url = "hub.example"', "hub.url"),
        ('url = "https://hub.example:8600"', 'url = "http://[::1"', "hub.url"),
        ('url = "https://hub.example:8600"', 'url = "http://h:99999"', "hub.url"),
        ('token = "t0ken"', 'token = "t\\n"', "hub.token"),
        ('token = "t0ken"', 'token = ""', "hub.token"),
        ("port = 8883", "port = 0", "[broker]"),
        ('host = "broker.example"', 'host = ""', "[broker]"),
        ("port = 8883", 'port = "many"', "broker.port"),
        ("[broker]", "[brokers]", "broker"),
        ("[broker]", "[broker]\nuser = 1", "user"),
        ('role = "desk"', "keep_days = 0", "device.keep_days"),
        ('role = "desk"', "max_megabytes = 0", "device.max_megabytes"),
        ("[hub]", "[hub", "TOML"),
    ],
)
def test_a_wrong_value_is_named(file: Path, old: str, new: str, what: str) -> None:
    """With the file, and with what to write instead."""
    file.write_text(GOOD.replace(old, new))
    with pytest.raises(ConfigurationError) as wrong:
        load_settings(file, {})
    assert str(file) in wrong.value.what
    assert what in wrong.value.what
    assert wrong.value.todo


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """Or that is a folder."""
    with pytest.raises(ConfigurationError, match="no such file"):
        load_settings(tmp_path / "no.toml", {})
    with pytest.raises(ConfigurationError, match="can't be read"):
        load_settings(tmp_path, {})


FRESH = """\
[device]
data = "/var/lib/opas"

[hub]
url = "https://hub.example:8600"
ca_sha256 = "ab"
"""
GRANTED = Granted(DeviceId("gate-1"), SiteId("harbour"), "gate", "Gate", "key", "broker.example", 8883)


def test_a_file_without_a_name_is_of_a_device_to_be_claimed(tmp_path: Path) -> None:
    """It says which hub, and which authority; what the hub granted is laid below it."""
    path = tmp_path / "device.toml"
    path.write_text(FRESH)
    fresh = load_fresh(path, {})
    assert fresh is not None
    assert (fresh.data, fresh.hub.url, fresh.hub.ca_sha256) == (Path("/var/lib/opas"), "https://hub.example:8600", "ab")
    settings = load_settings(path, {}, GRANTED)
    assert settings.device.id == "gate-1"
    identity = settings.identity
    assert identity is not None
    address = settings.address
    assert (address.host, address.port, address.user, address.password) == ("broker.example", 8883, "gate-1", "")
    assert (address.identity, address.tls_ca) == (identity.certificate, identity.trusted)
    assert not address.check_time
    path.write_text(FRESH + '[broker]\nhost = "site.example"\nport = 8884\n')
    assert str(load_settings(path, {}, GRANTED).address) == "site.example:8884"


def test_a_file_with_a_name_is_of_no_such_device(file: Path) -> None:
    assert load_fresh(file, {}) is None
    assert load_settings(file, {}).identity is None


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("https:", "http:", "over TLS only"),
        ('url = "https://hub.example:8600"', "", "url"),
        ("https://hub.example:8600", "https://", "no address"),
        ('data = "/var/lib/opas"', "", "data"),
        ('ca_sha256 = "ab"', "check_s = 0", "check_s"),
    ],
)
def test_what_a_fresh_card_lacks_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    path = tmp_path / "device.toml"
    path.write_text(FRESH.replace(old, new))
    with pytest.raises(ConfigurationError, match=words) as told:
        load_fresh(path, {})
    assert told.value.todo
