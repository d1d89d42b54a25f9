"""The device's configuration: one TOML file, each value also settable by an environment variable, frozen once read.

The file `device.toml` is shared with the agent, which reads the tables `[hub]`, `[broker]` and `[sitebroker]` that are skipped here.
`OPAS_<TABLE>_<KEY>` overrides a value of a table, e.g. `OPAS_SCREEN_SIZE=1080x1920`.
"""

import base64
import binascii
import os
import re
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import msgspec

from kiosk.errors import ConfigurationError
from kiosk.model.identity import FOLDER, SETTINGS_FILE, Granted, granted_tables
from kiosk.model.ids import DeviceId, DurationMs, Lang, SiteId
from kiosk.model.nearest import nearest_word
from kiosk.model.source import DEFAULT_SOURCES, ScanningConfig, SourceConfig
from kiosk.model.trust import ClaimsKey, OrderPattern, RailKey, Trust

SITE_KEY_BYTES = 32
ED25519_BYTES = 32
_NO_KEY = base64.b64encode(bytes(SITE_KEY_BYTES)).decode()
_ED25519_DER = bytes.fromhex("302a300506032b6570032100")
Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_TABLES = ("device", "screen", "speech", "demo")
UNCLAIMED = "unclaimed"
"""What a device and its site are called until somebody has claimed it."""
_FOREIGN_TABLES = ("hub", "broker", "sitebroker")


class Role(StrEnum):
    """What this device is: one app in four roles."""

    KIOSK = "kiosk"
    GATE = "gate"
    BOARD = "board"
    DESK = "desk"


class DeviceConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who this device is and where it keeps its data. `site_key` is base64 of 32 secret bytes."""

    id: DeviceId
    site: SiteId
    role: Role
    data: str
    site_key: str
    max_megabytes: int = 512


class ScreenConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The window: `size` in pixels as WIDTHxHEIGHT; `language` is the first one shown."""

    size: str = "1080x1920"
    fullscreen: bool = True
    language: Lang = Lang("fi")
    languages: tuple[Lang, ...] = (Lang("fi"), Lang("sv"), Lang("en"), Lang("et"))
    position: str = ""
    """Where a window that is not full screen stands, as LEFT,TOP."""


class SpeechConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Reading aloud; `command` is espeak-ng or another program with its options."""

    enabled: bool = True
    command: str = "espeak-ng"


class DemoConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For the demo, tests and screenshots only; each empty unless set.

    `shots` is a folder that receives a PNG of every screen shown; never set it where real people stand before the
    screen. `pilot` is a file of taps and keys to play. `strip` is a folder of code pictures, shown beside the window.
    """

    shots: str = ""
    pilot: str = ""
    strip: str = ""


class TrustConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose codes count beside Opas's own; all of it may be left out. Keys are base64.

    `order_patterns` are the shapes of plain order numbers (`kiosk.model.trust.OrderPattern`). `pretix_keys` are as
    pretix gives them in an event's `valid_keys`, or the 32 bytes alone. The keys of `rail_keys` and `claims_keys` are
    SubjectPublicKeyInfo in DER. `revoked` and `blocked` are SHA-256 (hex) of whole codes.
    """

    order_patterns: tuple[str, ...] = ()
    rotating_tolerance_s: Annotated[int, msgspec.Meta(ge=0, le=300)] = 30
    pretix_keys: tuple[bytes, ...] = ()
    rail_keys: tuple[RailKey, ...] = ()
    claims_keys: tuple[ClaimsKey, ...] = ()
    revoked: frozenset[Sha256] = frozenset()
    blocked: frozenset[Sha256] = frozenset()

    def resolved(self) -> Trust:
        """The same as the readers of codes want it. Raises `ValueError` for a key or pattern that is none."""
        return Trust(
            rotating_tolerance=DurationMs(self.rotating_tolerance_s * 1000),
            pretix_keys=tuple(map(_raw_ed25519, self.pretix_keys)),
            revoked=self.revoked,
            blocked=self.blocked,
            rail_keys=self.rail_keys,
            claims_keys=self.claims_keys,
            order_patterns=tuple(map(OrderPattern, self.order_patterns)),
        )


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything the app is told before it starts."""

    device: DeviceConfig
    screen: ScreenConfig = ScreenConfig()
    speech: SpeechConfig = SpeechConfig()
    demo: DemoConfig = DemoConfig()
    trust: TrustConfig = TrustConfig()
    scanning: ScanningConfig = ScanningConfig()
    sources: tuple[SourceConfig, ...] = DEFAULT_SOURCES

    @property
    def claimed(self) -> bool:
        """Whether this device has a name and a site; one that has none can only show that."""
        return self.device.site != UNCLAIMED

    @property
    def data(self) -> Path:
        """The folder of the database, the doorbells and the logs."""
        return Path(self.device.data)

    @property
    def database(self) -> Path:
        """The SQLite file that app and agent share."""
        return self.data / "opas.db"

    @property
    def size(self) -> tuple[int, int]:
        """Window width and height in pixels."""
        width, _, height = self.screen.size.partition("x")
        return int(width), int(height)

    @property
    def site_key(self) -> bytes:
        """The site's secret: keys of credential hashes and sealed names are derived from it."""
        return base64.b64decode(self.device.site_key, validate=True)


def load_config(path: Path, environ: Mapping[str, str] | None = None) -> Config:
    """Read `path`, lay the environment over it and check everything.

    Raises `ConfigurationError` that names the file, the value and what to write instead.
    """
    tables = _read_tables(path)
    for name in _FOREIGN_TABLES:
        tables.pop(name, None)
    _override(tables, os.environ if environ is None else environ)
    tables = _with_claim(tables)
    try:
        config = msgspec.convert(tables, Config, strict=False)
    except msgspec.ValidationError as error:
        meant = nearest_word(error, Config)
        todo = f"Correct that value; deploy/device.toml shows every one. {meant}".rstrip()
        raise ConfigurationError(f"{path}: {error}", todo) from error
    _check(path, config)
    return config


def _read_tables(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        todo = "Copy deploy/device.toml there and fill it in, or name another file with --config."
        raise ConfigurationError(f"{path}: there is no such file.", todo) from error
    except OSError as error:
        raise ConfigurationError(f"{path}: can't be read ({error.strerror}).", "Give this user read access.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: is not TOML ({error}).", "Correct the line it names.") from error


def _override(tables: dict[str, Any], environ: Mapping[str, str]) -> None:
    for name, value in environ.items():
        parts = name.lower().split("_", 2)
        if len(parts) == len(("opas", "table", "key")) and parts[0] == "opas" and parts[1] in _TABLES:
            tables.setdefault(parts[1], {})[parts[2]] = value


def _with_claim(tables: dict[str, Any]) -> dict[str, Any]:
    """The tables, and where they do not name the device, who it is by its claim (`kiosk.model.identity`)."""
    device = tables.get("device")
    if not isinstance(device, dict) or "id" in device or "data" not in device:
        return tables
    path = Path(str(device["data"])) / FOLDER / SETTINGS_FILE
    try:
        granted = msgspec.json.decode(path.read_bytes(), type=Granted)
    except FileNotFoundError:
        granted = Granted(DeviceId(UNCLAIMED), SiteId(UNCLAIMED), Role.KIOSK, "", _NO_KEY, "", 0)
    except OSError as error:
        raise ConfigurationError(f"{path}: can't be read ({error.strerror}).", "Give this user read access.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        todo = "Remove that file and claim the device anew; its data stay."
        raise ConfigurationError(f"{path}: is damaged.", todo) from error
    return {**tables, "device": granted_tables(tables, granted)["device"]}


def _raw_ed25519(key: bytes) -> bytes:
    """The 32 bytes of a public key that came alone or as PEM (RFC 8410)."""
    if b"BEGIN PUBLIC KEY" in key:
        key = base64.b64decode(b"".join(line for line in key.splitlines() if b"-----" not in line))
        key = key.removeprefix(_ED25519_DER)
    if len(key) != ED25519_BYTES:
        msg = "trust.pretix_keys holds a key that is no public Ed25519 key"
        raise ValueError(msg)
    return key


def _check(path: Path, config: Config) -> None:
    for label, value in (("device.id", config.device.id), ("device.site", config.device.site)):
        if not _ID.fullmatch(value):
            todo = "Use lower-case letters, digits and hyphens, 63 at most."
            raise ConfigurationError(f'{path}: {label} = "{value}" is no valid name.', todo)
    try:
        config.trust.resolved()
    except ValueError as error:
        todo = "Correct it in the table [trust]; deploy/device.toml shows an example."
        raise ConfigurationError(f"{path}: {error}.", todo) from error
    if not re.fullmatch(r"[1-9]\d{2,3}x[1-9]\d{2,3}", config.screen.size):
        todo = "Write width x height in pixels, as in 1080x1920."
        raise ConfigurationError(f'{path}: screen.size = "{config.screen.size}" is no size.', todo)
    if config.screen.language not in config.screen.languages:
        todo = "Add it to screen.languages or choose one of them."
        raise ConfigurationError(f'{path}: screen.language = "{config.screen.language}" is not offered.', todo)
    try:
        size = len(config.site_key)
    except binascii.Error:
        size = 0
    if size != SITE_KEY_BYTES:
        todo = f"Copy the key that the hub gave for this site ({SITE_KEY_BYTES} bytes in base64)."
        raise ConfigurationError(f"{path}: device.site_key is not a site key.", todo)
