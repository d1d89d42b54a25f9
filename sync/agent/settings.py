"""What the agent is told: the tables [device], [hub], [broker] and [sitebroker] of the same device.toml that the app reads.

`OPAS_<TABLE>_<KEY>` in the environment overrides a value, e.g. `OPAS_BROKER_PORT=1884`.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from kiosk.errors import ConfigurationError
from kiosk.model.identity import Granted, granted_tables
from kiosk.model.ids import DeviceId, SiteId
from kiosk.store.identity import IdentityFiles
from sync.link import BrokerAddress

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_TABLES = ("device", "hub", "broker", "sitebroker")
_DAY_MS = 86_400_000
_LONGEST_PATIENCE_S = 3_600


class DeviceTable(msgspec.Struct, frozen=True):
    """Of the app's own table, what the agent needs; `keep_days` is how long confirmed events stay on the device."""

    id: DeviceId
    site: SiteId
    data: str
    role: str = ""
    max_megabytes: int = 512
    keep_days: int = 7


class HubTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The hub's device port. `tls_ca` is a file of PEM certificates, where the system's own do not suffice.

    A device that comes with a certificate has no token. A fresh one is told by `ca_sha256` (hex) or by `tls_ca` which
    hub to trust. Every `check_s` seconds it asks the hub whether its certificate shall be renewed.
    """

    url: str
    token: str = ""
    tls_ca: str = ""
    ca_sha256: str = ""
    check_s: float = 900.0


class BrokerTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The broker; the user is the device's id. A device that comes with a certificate has no password."""

    host: str
    port: int
    password: str = ""
    tls_ca: str = ""


class SiteBrokerTable(BrokerTable, frozen=True, forbid_unknown_fields=True):
    """The site's own broker; once it has been away for `patience_s` seconds the central one is used.

    Once the hub has been silent there for `silence_s` to three times that, it is looked for at the central one.
    """

    patience_s: float = 8.0
    silence_s: float = 15.0


class FreshTable(msgspec.Struct, frozen=True):
    """Of [device], what a device must be told that learns the rest when it is claimed."""

    data: str


class FreshSettings(msgspec.Struct, frozen=True):
    """What the agent of a device is told that has no name of its own in its file."""

    device: FreshTable
    hub: HubTable

    @property
    def data(self) -> Path:
        """The device's data folder."""
        return Path(self.device.data)


class AgentSettings(msgspec.Struct, frozen=True):
    """Everything the agent is told before it starts."""

    device: DeviceTable
    hub: HubTable
    broker: BrokerTable
    sitebroker: SiteBrokerTable | None = None
    """The site's own broker, where there is one: it is tried first, and `broker` is used while it is away."""
    claimed: bool = False
    """Whether the device got its name by a claim, and comes with a certificate."""

    @property
    def identity(self) -> IdentityFiles | None:
        """The files of its identity, None for one that has a token and a password."""
        return IdentityFiles(Path(self.device.data)) if self.claimed else None

    @property
    def database(self) -> Path:
        """The SQLite file that app and agent share."""
        return Path(self.device.data) / "opas.db"

    @property
    def keep_ms(self) -> int:
        """How long confirmed events stay, in milliseconds."""
        return self.device.keep_days * _DAY_MS

    @property
    def address(self) -> BrokerAddress:
        """The central broker as the link needs it."""
        return self._address_of(self.broker)

    @property
    def site_address(self) -> BrokerAddress | None:
        """The site's own broker, None where there is none."""
        return None if self.sitebroker is None else self._address_of(self.sitebroker)

    def _address_of(self, broker: BrokerTable) -> BrokerAddress:
        tls_ca = Path(broker.tls_ca) if broker.tls_ca else None
        files = self.identity
        if files is None:
            return BrokerAddress(broker.host, broker.port, self.device.id, broker.password, tls_ca)
        return BrokerAddress(
            broker.host, broker.port, self.device.id, "", tls_ca or files.trusted, files.certificate, check_time=False
        )


def load_fresh(path: Path, environ: Mapping[str, str]) -> FreshSettings | None:
    """What the file of a device says that is to be claimed; None for one that has its name in the file.

    Raises `ConfigurationError`.
    """
    tables = _read(path)
    _override(tables, environ)
    device = tables.get("device", {})
    if not isinstance(device, dict) or "id" in device:
        return None
    try:
        fresh = msgspec.convert(tables, FreshSettings, strict=False)
    except msgspec.ValidationError as error:
        todo = "A device to be claimed needs [device] data and [hub] url and ca_sha256; any other one needs its id."
        raise ConfigurationError(f"{path}: {error}", todo) from error
    if urlsplit(fresh.hub.url).scheme != "https":
        todo = "Write https://HOST:PORT, and set identity.tls at the hub."
        raise ConfigurationError(f'{path}: hub.url = "{fresh.hub.url}": a device is claimed over TLS only.', todo)
    _check_url(path, fresh.hub)
    if not fresh.hub.check_s > 0:
        todo = "Write how many seconds it shall wait between two questions, 900 for a quarter of an hour."
        raise ConfigurationError(f"{path}: hub.check_s = {fresh.hub.check_s} is no time.", todo)
    return fresh


def load_settings(path: Path, environ: Mapping[str, str], granted: Granted | None = None) -> AgentSettings:
    """Read and check, with what the hub `granted` laid below.

    Raises `ConfigurationError` that names the file, the value and what to write instead.
    """
    tables = _read(path)
    _override(tables, environ)
    if granted is not None:
        tables = granted_tables(tables, granted)
    try:
        settings = msgspec.convert({**tables, "claimed": granted is not None}, AgentSettings, strict=False)
    except msgspec.ValidationError as error:
        todo = "Correct that value; the tables [device], [hub] and [broker] must be there."
        raise ConfigurationError(f"{path}: {error}", todo) from error
    _check(path, settings)
    return settings


def _read(path: Path) -> dict[str, Any]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        todo = "Write the device's configuration there, or name another file with --config."
        raise ConfigurationError(f"{path}: there is no such file.", todo) from error
    except OSError as error:
        raise ConfigurationError(f"{path}: can't be read ({error.strerror}).", "Give this user read access.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: is not TOML ({error}).", "Correct the line it names.") from error
    return {name: tables[name] for name in _TABLES if name in tables}


def _override(tables: dict[str, Any], environ: Mapping[str, str]) -> None:
    for name, value in environ.items():
        ours, _, rest = name.lower().partition("_")
        table, _, key = rest.partition("_")
        if ours == "opas" and table in _TABLES and key and isinstance(tables.setdefault(table, {}), dict):
            tables[table][key] = value


def _check(path: Path, settings: AgentSettings) -> None:
    device, hub, broker = settings.device, settings.hub, settings.broker
    for label, value in (("device.id", device.id), ("device.site", device.site)):
        if not _ID.fullmatch(value):
            todo = "Use lower-case letters, digits and hyphens, 63 at most."
            raise ConfigurationError(f'{path}: {label} = "{value}" is no valid name.', todo)
    _check_url(path, hub)
    if not settings.claimed and not (hub.token.isascii() and hub.token.isprintable() and hub.token):
        todo = "Copy the token that the hub gave for this device."
        raise ConfigurationError(f"{path}: hub.token is no token.", todo)
    _check_broker(path, "broker", broker)
    if settings.sitebroker is not None:
        _check_broker(path, "sitebroker", settings.sitebroker)
        for key in ("patience_s", "silence_s"):
            if not 0 < getattr(settings.sitebroker, key) <= _LONGEST_PATIENCE_S:
                todo = f"Write seconds, above 0 and {_LONGEST_PATIENCE_S} at most."
                raise ConfigurationError(f"{path}: sitebroker.{key} is out of range.", todo)
    _check_numbers(path, device)


def _check_broker(path: Path, label: str, broker: BrokerTable) -> None:
    if not broker.host or not 0 < broker.port < 1 << 16:
        todo = "Write the broker's name and its port, 1 to 65535 (usually 1883, with TLS 8883)."
        raise ConfigurationError(f"{path}: [{label}] host and port name no broker.", todo)


def _check_url(path: Path, hub: HubTable) -> None:
    try:
        parts = urlsplit(hub.url)
        reachable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        reachable = False
    if not reachable:
        todo = "Write the address of the hub's device port, as in https://hub.example:8600."
        raise ConfigurationError(f'{path}: hub.url = "{hub.url}" is no address.', todo)


def _check_numbers(path: Path, device: DeviceTable) -> None:
    for label, value in (("device.max_megabytes", device.max_megabytes), ("device.keep_days", device.keep_days)):
        if value < 1:
            raise ConfigurationError(f"{path}: {label} = {value} is too small.", "Write a whole number, 1 at least.")
