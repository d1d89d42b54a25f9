"""What a device writes and shows, read on from where it was read last, however long the run."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from deploy.demo.devices import DeviceFolder
from deploy.demo.watching import EventLog, OwnEvent


class Tail:
    """One device's events and, where it saves them, the screens it has shown; pictures are removed as they are read."""

    def __init__(self, folder: DeviceFolder) -> None:
        self._log = EventLog(folder.database)
        self._seq = self._log.last()
        self._shots = folder.shots
        self._read = 0
        for _ in self.screens():
            # What was shown before is not of this run.
            continue

    def events(self) -> list[OwnEvent]:
        """Those written since the last call."""
        new = self._log.after(self._seq)
        self._seq = new[-1].seq if new else self._seq
        return new

    def screens(self) -> Iterator[dict[str, Any]]:
        """Those shown since the last call, as they were noted."""
        notes = self._shots / "shots.jsonl"
        if not notes.exists():
            return
        with notes.open("rb") as file:
            file.seek(self._read)
            added = file.read()
        whole = added[: added.rfind(b"\n") + 1]
        self._read += len(whole)
        for line in whole.splitlines():
            note: dict[str, Any] = json.loads(line)
            Path(self._shots, note["file"]).unlink(missing_ok=True)
            yield note
