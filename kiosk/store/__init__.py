"""The device's data in one SQLite file, shared with the agent: records, outbox, content packs."""

from kiosk.store.clock import SystemClock, new_id
from kiosk.store.device import DeviceStore, open_store
from kiosk.store.journal import ChangeRefused
from kiosk.store.packs import StoredPack

__all__ = ["ChangeRefused", "DeviceStore", "StoredPack", "SystemClock", "new_id", "open_store"]
