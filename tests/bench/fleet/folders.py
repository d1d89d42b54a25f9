"""The devices' databases: one is built by the store itself, the others are copies under names and epochs of their own."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from kiosk.model.ids import DeviceId, SiteId
from kiosk.store import SystemClock, meta, queries
from kiosk.store.agentside import AgentStore
from kiosk.store.database import Place
from kiosk.store.rebuild import new_epoch

MEGABYTES = 4
A_SITE = 4
"""Devices at a site: a kiosk, a gate, a board and a desk."""


def device_id(number: int) -> DeviceId:
    return DeviceId(f"device-{number}")


def site_of(number: int, a_site: int = A_SITE) -> SiteId:
    return SiteId(f"site-{number // a_site}")


def place_of(folder: Path, number: int, a_site: int = A_SITE, megabytes: int = MEGABYTES) -> Place:
    path = folder / f"{number // 1000}" / f"{number}" / "opas.db"
    return Place(path, device_id(number), site_of(number, a_site), SystemClock(), megabytes)


def make(folder: Path, numbers: range, a_site: int = A_SITE) -> None:
    """A database for each of `numbers`; the first is the pattern."""
    pattern = place_of(folder, numbers[0], a_site).path
    AgentStore(place_of(folder, numbers[0], a_site)).close()
    for number in numbers[1:]:
        place = place_of(folder, number, a_site)
        place.path.parent.mkdir(parents=True)
        shutil.copyfile(pattern, place.path)
        with closing(sqlite3.connect(place.path)) as connection:
            connection.execute("PRAGMA synchronous = OFF")
            for key, value in (
                (meta.Key.DEVICE, place.device),
                (meta.Key.SITE, place.site),
                (meta.Key.EPOCH, new_epoch()),
            ):
                connection.execute(queries.SET_META, (key, value))
            connection.commit()
