"""The hub's configuration: one TOML file, each value also settable by an environment variable, frozen once read.

`OPAS_<TABLE>_<KEY>` overrides a value, e.g. `OPAS_HUB_LISTEN=0.0.0.0:8600`.
"""

import ipaddress
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from sync.hub.errors import SettingsError
from sync.hub.store.classes import EventClass

_TABLES = ("hub", "broker", "retention", "identity")
_NAME_PARTS = 3
_MIN_TOKEN = 16
_TOKEN = re.compile(rf"[!-~]{{{_MIN_TOKEN},}}")
_MAX_PORT = 65_535
_MIN_DAYS = 31
_MAX_DAYS = 36_500
_MAX_CERTIFICATE_DAYS = 825
_EXAMPLE = "deploy/hub.toml shows every value."


class HubTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the hub keeps its data and where it listens, each as HOST:PORT.

    `database` is a PostgreSQL database as a `postgresql://` URL; empty for SQLite in the folder `data`.
    """

    data: str
    admin_token: str
    listen: str = "127.0.0.1:8600"
    console: str = "127.0.0.1:8601"
    database: str = ""


class BrokerTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The MQTT broker; `tls_ca` is the file of the authority to trust, empty for a plain connection.

    With `certificate` the hub trusts its own authority and comes with a certificate of it, without a password.
    """

    host: str = "127.0.0.1"
    port: int = 1883
    user: str = "hub"
    password: str = ""
    tls_ca: str = ""
    certificate: bool = False


class RetentionTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many days events are kept at least, by class; they go by whole months."""

    readings_days: int = 90
    deeds_days: int = 730

    @property
    def days(self) -> dict[EventClass, int]:
        """The days of each class."""
        return {EventClass.READING: self.readings_days, EventClass.DEED: self.deeds_days}


class IdentityTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Devices known by certificates of the hub's own authority instead of tokens.

    With `tls` the device port speaks TLS, under the host names and addresses in `names`. `ca` is the folder of the
    authority's keys, empty for `hub.data`. `broker` is HOST:PORT of the broker as devices reach it, empty for the
    hub's own `[broker]`.
    """

    tls: bool = False
    names: tuple[str, ...] = ()
    ca: str = ""
    device_days: int = 90
    broker: str = ""


class Address(msgspec.Struct, frozen=True):
    """Where to listen."""

    host: str
    port: int

    def __str__(self) -> str:
        """As it stands in the configuration."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything the hub is told before it starts."""

    hub: HubTable
    broker: BrokerTable = BrokerTable()
    retention: RetentionTable = RetentionTable()
    identity: IdentityTable = IdentityTable()

    @property
    def ca(self) -> Path:
        """The folder of the authority's keys."""
        return Path(self.identity.ca) if self.identity.ca else self.data

    @property
    def broker_of_devices(self) -> Address:
        """The broker as devices reach it; its host may be a name."""
        host, _, port = self.identity.broker.rpartition(":")
        return Address(host, int(port)) if host else Address(self.broker.host, self.broker.port)

    @property
    def data(self) -> Path:
        """The folder of the database and the signing keys."""
        return Path(self.hub.data)

    @property
    def listen(self) -> Address:
        """Where devices fetch data and packs."""
        return _address(self.hub.listen)

    @property
    def console(self) -> Address:
        """Where the console and the admin API are, on loopback."""
        return _address(self.hub.console)


def load_settings(path: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """Read `path`, lay the environment over it and check everything.

    Raises `SettingsError` that names the file, the value and what to write instead.
    """
    tables = _read(path)
    for name, value in (os.environ if environ is None else environ).items():
        parts = name.lower().split("_", _NAME_PARTS - 1)
        if len(parts) == _NAME_PARTS and parts[0] == "opas" and parts[1] in _TABLES:
            tables.setdefault(parts[1], {})[parts[2]] = value
    try:
        settings = msgspec.convert(tables, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{path}: {error}.", f"Correct that value; {_EXAMPLE}") from error
    _check(path, settings)
    return settings


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        todo = "Copy deploy/hub.toml there and fill it in, or name another file with --config."
        raise SettingsError(f"{path}: there is no such file.", todo) from error
    except OSError as error:
        raise SettingsError(f"{path}: can't be read ({error.strerror}).", "Give this user read access.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: is not TOML ({error}).", "Correct the line it names.") from error


def _check(path: Path, settings: Settings) -> None:
    for label, text in (("hub.listen", settings.hub.listen), ("hub.console", settings.hub.console)):
        try:
            _address(text)
        except ValueError as error:
            todo = "Write an IP address and a port, as in 127.0.0.1:8600."
            raise SettingsError(f'{path}: {label} = "{text}" is no address.', todo) from error
    if not ipaddress.ip_address(settings.console.host).is_loopback:
        todo = "Listen on 127.0.0.1 and come by an SSH tunnel: the page asks nobody who they are."
        raise SettingsError(f'{path}: hub.console = "{settings.hub.console}" can be reached from outside.', todo)
    _check_storage(path, settings)
    _check_identity(path, settings)
    if not _TOKEN.fullmatch(settings.hub.admin_token):
        # The example's text has blanks: nobody shall run with a token that everybody can read.
        todo = "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
        raise SettingsError(f"{path}: hub.admin_token is not {_MIN_TOKEN} or more characters without blanks.", todo)
    if not 1 <= settings.broker.port <= _MAX_PORT:
        todo = "Write the broker's port, 1883 for plain MQTT, 8883 for TLS."
        raise SettingsError(f"{path}: broker.port = {settings.broker.port} is no port.", todo)


def _check_storage(path: Path, settings: Settings) -> None:
    if not settings.hub.data:
        raise SettingsError(f"{path}: hub.data is empty.", "Name the folder for the database and the keys.")
    if settings.hub.database and not settings.hub.database.startswith(("postgresql://", "postgres://")):
        todo = "Write postgresql://USER:PASSWORD@HOST:5432/DATABASE, or leave it out for SQLite in hub.data."
        raise SettingsError(f"{path}: hub.database is no address of a PostgreSQL database.", todo)
    for name, days in msgspec.structs.asdict(settings.retention).items():
        if not _MIN_DAYS <= days <= _MAX_DAYS:
            # A device may send again what it sent some weeks ago, and the hub must still know it.
            todo = f"Write {_MIN_DAYS} to {_MAX_DAYS} days."
            raise SettingsError(f"{path}: retention.{name} = {days} is too short or too long.", todo)


def _check_identity(path: Path, settings: Settings) -> None:
    identity = settings.identity
    if identity.tls and not identity.names:
        todo = 'Write the host names and addresses by which devices reach this hub, as in ["hub.example"].'
        raise SettingsError(f"{path}: identity.names is empty.", todo)
    if settings.broker.certificate and not identity.tls:
        todo = "Set identity.tls = true: a broker that asks for certificates needs devices that have some."
        raise SettingsError(f"{path}: broker.certificate is set, and identity.tls is not.", todo)
    if not 1 <= identity.device_days <= _MAX_CERTIFICATE_DAYS:
        todo = f"Write 1 to {_MAX_CERTIFICATE_DAYS} days; a device renews at two thirds of it."
        raise SettingsError(f"{path}: identity.device_days = {identity.device_days} is too short or too long.", todo)
    if identity.broker and not re.fullmatch(r"[^\s:]+:[1-9]\d{0,4}|\[[0-9a-fA-F:]+\]:[1-9]\d{0,4}", identity.broker):
        todo = "Write it as HOST:PORT, as in broker.example:8883."
        raise SettingsError(f'{path}: identity.broker = "{identity.broker}" is no address.', todo)


def _address(text: str) -> Address:
    host, _, port = text.rpartition(":")
    address = ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
    if not port.isdecimal() or int(port) > _MAX_PORT:
        msg = "no port"
        raise ValueError(msg)
    return Address(str(address), int(port))
