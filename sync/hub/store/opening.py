"""Opens the hub's database: SQLite in the data folder, or the PostgreSQL database that the settings name."""

from pathlib import Path

from kiosk.model.clock import Clock
from sync.hub.errors import DataError
from sync.hub.store.interface import HubStore
from sync.hub.store.postgres import PostgresHubStore
from sync.hub.store.sqlite import SqliteHubStore


def open_hub_store(data: Path, database: str, clock: Clock) -> HubStore:
    """The store; `data` is made when it is not there. Raises `DataError`."""
    if not database:
        return SqliteHubStore(data, clock)
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        todo = "Give the hub's user write access, or name another folder as hub.data."
        raise DataError(f"{data}: can't be written ({error.strerror}).", todo) from error
    return PostgresHubStore(database, clock)
