"""One configured device: its file, its database, its hub and its broker."""

import os
import sqlite3
import tomllib
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.doctor import mqtt
from deploy.doctor.finding import Finding, Machine, fail, ok, warn
from deploy.doctor.identity import CENTRAL_BROKER, SITE_BROKER, Identity, identity, spare
from deploy.doctor.way import way
from deploy.errors import DeployError
from deploy.web import HubApi

_OTHERS = 0o077
_UNAUTHORISED = frozenset({401, 403})
_DATABASE_TIMEOUT_S = 5.0
_TIMEOUT_S = 5.0
_DEFAULT_PORT = 8883


@dataclass(frozen=True, slots=True)
class DeviceFile:
    """A device.toml as it stands, unchecked: the app checks it when it starts."""

    path: Path
    tables: dict[str, Any]

    def table(self, name: str) -> dict[str, Any]:
        """One table, empty when it is missing or no table."""
        found = self.tables.get(name)
        return found if isinstance(found, dict) else {}

    @property
    def database(self) -> Path:
        """The SQLite file that app and agent share."""
        return Path(str(self.table("device").get("data", "."))) / "opas.db"

    @property
    def sources(self) -> list[dict[str, Any]]:
        """Its cameras and scanners; without any said, it has one camera."""
        sources = self.tables.get("sources", [{"kind": "camera"}])
        return [source for source in sources if isinstance(source, dict)] if isinstance(sources, list) else []

    @property
    def uses_camera(self) -> bool:
        """Whether one of its sources is a camera."""
        return any(source.get("kind") == "camera" for source in self.sources)


def read(path: Path) -> tuple[DeviceFile | None, Finding]:
    """The file, and how it stands with it."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        todo = "Name the device's file with --config, and run the doctor as the user who runs the app."
        return None, fail("config", f"{path} can't be read ({error.strerror})", todo)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return None, fail("config", f"{path} is not TOML ({error})", "Correct the line it names.")
    mode = path.stat().st_mode
    if mode & _OTHERS:
        says = f"{path} holds secrets, and others may read it (mode {mode & 0o777:o})"
        return DeviceFile(path, tables), fail("config", says, f"chmod 600 {path}")
    return DeviceFile(path, tables), ok("config", str(path))


def device(machine: Machine, file: DeviceFile) -> list[Finding]:
    """Database, hub and broker of this device."""
    del machine  # a device names its own places
    if "id" not in file.table("device"):
        claimed = Identity(file.database.parent)
        found = identity(claimed, str(file.table("hub").get("url", "")), file.table("sitebroker"))
        return [_database(file.database), *found, *_way(file)]
    brokers = [_broker(file, "broker", SITE_BROKER)]
    if file.table("sitebroker"):
        brokers = [spare(_broker(file, "sitebroker", SITE_BROKER)), _broker(file, "broker", CENTRAL_BROKER)]
    return [_database(file.database), _hub(file), *brokers, *_way(file)]


def _way(file: DeviceFile) -> list[Finding]:
    """Where a site has no broker of its own there is one way only."""
    return [way(_written_down(file.database))] if file.table("sitebroker") else []


def _written_down(database: Path) -> dict[str, str]:
    """What app and agent have written down beside their tables; nothing from a file that is missing or damaged."""
    try:
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True, timeout=_TIMEOUT_S)) as opened:
            return {str(key): str(value) for key, value in opened.execute("SELECT key, value FROM meta")}
    except sqlite3.Error:
        return {}


def _database(path: Path) -> Finding:
    if not path.exists():
        if os.access(path.parent if path.parent.exists() else path.parent.parent, os.W_OK):
            return ok("database", f"{path} is made at the first start")
        return fail("database", f"{path} can't be made", f"Give this user the right to write to {path.parent}.")
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=_DATABASE_TIMEOUT_S)
        try:
            problem = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
        finally:
            connection.close()
    except sqlite3.OperationalError as error:
        todo = "End the process that holds it, and run the doctor as the user who runs the app."
        return fail("database", f"{path} can't be opened ({error})", todo)
    except sqlite3.DatabaseError as error:
        problem = str(error)
    if problem != "ok":
        todo = "Start the app: it puts the file aside, rebuilds it from the hub and reports that."
        return fail("database", f"{path} is damaged ({problem.splitlines()[0]})", todo)
    return ok("database", f"{path}, whole, {path.stat().st_size // 1024:,} KiB")


def _hub(file: DeviceFile) -> Finding:
    table = file.table("hub")
    url = str(table.get("url", ""))
    try:
        answer = HubApi(url, str(table.get("token", "")), _TIMEOUT_S).ask("GET", "/v1/packs/none")
    except DeployError as error:
        return fail("hub", error.what, "Correct [hub] url, start the hub, or look at the network between them.")
    if answer.status in _UNAUTHORISED:
        return fail("hub", f"{url} refuses this device's token", "Claim the device anew and copy its [hub] token.")
    return ok("hub", f"{url} answers and knows this device")


def _broker(file: DeviceFile, name: str, topic: str) -> Finding:
    table, user = file.table(name), str(file.table("device").get("id", ""))
    address = mqtt.Address(
        str(table.get("host", "")), int(table.get("port", _DEFAULT_PORT)), str(table.get("tls_ca", ""))
    )
    try:
        reason = mqtt.greet(address, user, str(table.get("password", "")), _TIMEOUT_S)
    except OSError as error:
        todo = f"Correct [{name}] host and port, start the broker, or look at the network between them."
        return fail(topic, f"{address.host}:{address.port} does not answer ({error})", todo)
    if reason != mqtt.ACCEPTED:
        todo = f"Copy the [{name}] password that was made for this device."
        return fail(topic, f"{address.host}:{address.port} refuses {user} (reason {reason:#x})", todo)
    where = f"{address.host}:{address.port}"
    if not address.ca_file and address.host not in {"127.0.0.1", "localhost", "::1"}:
        return warn(topic, f"{where} accepts {user}, without encryption", f"Set [{name}] tls_ca.")
    return ok(topic, f"{where} accepts {user}")
