"""What a device did, read from outside: its own outbox, and the pictures of the screens it showed."""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.demo.devices import DeviceFolder

Json = Mapping[str, Any]
_TIMEOUT_S = 5.0
# Tables and columns as `kiosk.store` makes them.
_EVENTS = "SELECT seq, event FROM outbox WHERE seq > ? ORDER BY seq"
_RECORD = "SELECT coalesce(body, base) FROM record WHERE collection = ? AND key = ? ORDER BY generation DESC LIMIT 1"
_EPOCH = "SELECT value FROM meta WHERE key = 'epoch'"


@dataclass(frozen=True, slots=True)
class OwnEvent:
    """One event as the device wrote it."""

    seq: int
    id: str
    at: int
    type: str
    body: Json


class EventLog:
    """A device's outbox, which only its app writes; opened for reading, and only as long as it is read."""

    def __init__(self, database: Path) -> None:
        self._address = f"{database.resolve().as_uri()}?mode=ro"

    def after(self, seq: int) -> list[OwnEvent]:
        """The events numbered above `seq`; none while there is no database yet."""
        try:
            with closing(self._open()) as connection:
                rows = connection.execute(_EVENTS, (seq,)).fetchall()
        except sqlite3.OperationalError:
            return []
        return [_own_event(number, json.loads(text)) for number, text in rows]

    def last(self) -> int:
        """The highest number so far, 0 for none."""
        return max((event.seq for event in self.after(0)), default=0)

    def record(self, collection: str, key: str) -> Json | None:
        """The device's own copy of a record; None where it holds none."""
        try:
            with closing(self._open()) as connection:
                row = connection.execute(_RECORD, (collection, key)).fetchone()
        except sqlite3.OperationalError:
            return None
        copy: Json | None = None if row is None or row[0] is None else json.loads(row[0])
        return copy

    def epoch(self) -> str:
        """The outbox's own identity. Raises `sqlite3.Error` where there is none."""
        with closing(self._open()) as connection:
            return str(connection.execute(_EPOCH).fetchone()[0])

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._address, uri=True, timeout=_TIMEOUT_S)


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture of one screen; `shows` is what was drawn, `scan` the answered scan if it answers one."""

    number: int
    path: Path
    screen: str
    scan: str | None
    at: int
    shows: Json


class ShotLog:
    """The pictures of one device, in the order they were shown."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def after(self, number: int) -> list[Shot]:
        """Those after the first `number`."""
        try:
            lines = (self._folder / "shots.jsonl").read_text(encoding="utf-8").split("\n")
        except FileNotFoundError:
            return []
        # What follows the last line feed is still being written.
        whole = lines[:-1]
        return [self._shot(count, json.loads(line)) for count, line in enumerate(whole[number:], number + 1)]

    def count(self) -> int:
        """How many there are."""
        return len(self.after(0))

    def _shot(self, number: int, note: Json) -> Shot:
        return Shot(number, self._folder / note["file"], note["screen"], note["scan"], note["at"], note["shows"])


@dataclass(slots=True)
class DeviceWatch:
    """One device: both logs, and up to where they were read."""

    device: str
    events: EventLog
    shots: ShotLog
    seen_event: int = 0
    seen_shot: int = 0

    @classmethod
    def of(cls, folder: DeviceFolder) -> "DeviceWatch":
        """The watch of the device whose places these are."""
        return cls(folder.device, EventLog(folder.database), ShotLog(folder.shots))

    def mark(self) -> None:
        """From here on only what is new counts."""
        self.seen_event, self.seen_shot = self.events.last(), self.shots.count()

    def new_events(self) -> list[OwnEvent]:
        """Events since the mark."""
        return self.events.after(self.seen_event)

    def new_shots(self) -> list[Shot]:
        """Pictures since the mark."""
        return self.shots.after(self.seen_shot)

    def newest_shot(self) -> Shot | None:
        """What stands on the screen now, as far as it was ever shown."""
        shots = self.shots.after(0)
        return shots[-1] if shots else None


def _own_event(seq: int, event: Json) -> OwnEvent:
    body = event["body"]
    return OwnEvent(seq, str(event["id"]), int(event["at"]), str(body["type"]), body)
