"""A backup of the hub: its database and its signing keys in one folder, with a sum over each file.

Devices keep for some days what the hub has confirmed. A hub that is put back from a backup tells each its older
watermark, gets again what it lacks, and knows what it has; so a backup a day loses nothing.
"""

import hashlib
import os
import shutil
from pathlib import Path

import msgspec

from kiosk.model.ids import EpochMs
from sync.hub.errors import DataError
from sync.hub.settings import Settings
from sync.hub.store.copying import DUMP_NAME, SQLITE_NAME, copy_sqlite, dump_postgresql, load_postgresql

_CONTENTS = "backup.json"
_KEYS = "issuer-*.json"
_AUTHORITY = "ca-*"
"""Keys and certificates of the hub's own authority, in a folder that the settings name; the root's may be elsewhere."""
_CHUNK = 1 << 20


class Contents(msgspec.Struct, frozen=True):
    """What a backup holds: the hex SHA-256 of each file by its name, and when it was made."""

    made_at: EpochMs
    files: dict[str, str]


def back_up(settings: Settings, into: Path, now: EpochMs) -> Contents:
    """Write a backup to the new folder `into`, durable and whole or not there. Raises `DataError`."""
    if into.exists():
        raise DataError(f"{into}: is there already.", "Name a new folder for each backup.")
    draft = into.with_name(f"{into.name}.unfinished")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        draft.mkdir(mode=0o700, parents=True)
        contents = _fill(settings, draft, now)
        draft.rename(into)
        _sync_folder(into.parent)
    except OSError as error:
        raise DataError(f"{into}: can't be written ({error.strerror}).", "Make room and give write access.") from error
    finally:
        # Keys are in it: half a backup is not left lying about.
        shutil.rmtree(draft, ignore_errors=True)
    return contents


def _fill(settings: Settings, draft: Path, now: EpochMs) -> Contents:
    if settings.hub.database:
        dump_postgresql(settings.hub.database, draft)
    else:
        copy_sqlite(settings.data, draft)
    for key in (*sorted(settings.data.glob(_KEYS)), *sorted(settings.ca.glob(_AUTHORITY))):
        shutil.copy(key, draft / key.name)
    contents = Contents(now, {path.name: _durable_sum(path) for path in sorted(draft.iterdir())})
    (draft / _CONTENTS).write_bytes(msgspec.json.encode(contents))
    _durable_sum(draft / _CONTENTS)
    return contents


def restore(settings: Settings, backup: Path) -> Contents:
    """Put the checked `backup` into an empty data folder, and an empty PostgreSQL database. Raises `DataError`."""
    contents = _checked(backup)
    name = DUMP_NAME if settings.hub.database else SQLITE_NAME
    if name not in contents.files:
        todo = "Set hub.database as it was for that hub: a backup of SQLite goes back to SQLite."
        raise DataError(f"{backup}: is a backup of another kind of database.", todo)
    data = settings.data
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(data.glob("hub.db*")) or any(data.glob(_KEYS)) or any(settings.ca.glob(_AUTHORITY)):
            todo = "Stop the hub, and move what is in that folder aside first."
            raise DataError(f"{data}: holds a hub's data already.", todo)
        if settings.hub.database:
            load_postgresql(settings.hub.database, backup)
        settings.ca.mkdir(mode=0o700, parents=True, exist_ok=True)
        for file in contents.files:
            if file != DUMP_NAME:
                place = (settings.ca if file.startswith("ca-") else data) / file
                shutil.copyfile(backup / file, place)
                place.chmod(0o600)
                _durable_sum(place)
        _sync_folder(settings.ca)
        _sync_folder(data)
    except OSError as error:
        raise DataError(f"{data}: can't be written ({error.strerror}).", "Make room and give write access.") from error
    return contents


def _checked(backup: Path) -> Contents:
    try:
        contents = msgspec.json.decode((backup / _CONTENTS).read_bytes(), type=Contents)
        wrong = [name for name, told in contents.files.items() if _durable_sum(backup / name) != told]
    except (OSError, msgspec.MsgspecError) as error:
        todo = "Name the folder that `opas hub backup` made, with all of its files."
        raise DataError(f"{backup}: is no whole backup.", todo) from error
    if wrong or any(Path(name).name != name for name in contents.files):
        raise DataError(f"{backup}: {', '.join(wrong)} is not as it was written.", "Take another backup.")
    return contents


def _durable_sum(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(_CHUNK):
            digest.update(part)
        os.fsync(file.fileno())
    return digest.hexdigest()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
