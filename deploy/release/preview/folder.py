"""The pack's source folder as it is now: read again whenever a file of it has changed."""

import hashlib
import threading
from dataclasses import dataclass
from pathlib import Path

from deploy.release.checking import compiled, located
from deploy.release.finding import Finding, PackRefused
from deploy.release.scenarios import FILE, Scenario, Scenarios
from deploy.release.source import FILES, Source, read_source
from kiosk.guidance import Guide
from kiosk.guidance.references import flaws_of
from kiosk.model.ids import DeviceId
from kiosk.model.pack import Pack

_NAMES = sorted({*FILES.values(), FILE})
_STAMP_CHARACTERS = 16


@dataclass(frozen=True, slots=True)
class Reading:
    """What stood in the folder: a pack that can speak, or what is wrong with it."""

    stamp: str
    """Another one whenever a file has changed."""
    findings: tuple[Finding, ...] = ()
    pack: Pack | None = None
    source: Source | None = None
    scenarios: tuple[Scenario, ...] = ()
    body: bytes = b""
    """The compiled pack."""

    def line_of(self, table: str, key: str) -> str:
        """Where a part of the pack stands, as file:line."""
        line = self.source.place(table, key)[0] if self.source is not None else 0
        return f"{FILES[table]}:{line}" if line else FILES[table]


class PackFolder:
    """Gives the same reading to all who ask until something changes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._reading: Reading | None = None
        self._guides: dict[DeviceId, Guide] = {}

    def stamp(self) -> str:
        """What tells one state of the folder from another: names, sizes and times of its files."""
        parts = (f"{name}\x00{_state(self.path / name)}" for name in _NAMES)
        return hashlib.sha256("\x01".join(parts).encode()).hexdigest()[:_STAMP_CHARACTERS]

    def read(self) -> Reading:
        """The folder as it is now. Never raises: what is wrong stands in the findings."""
        with self._lock:
            # Taken before the files are read: what changes meanwhile is seen at the next asking.
            stamp = self.stamp()
            if self._reading is None or self._reading.stamp != stamp:
                self._reading, self._guides = _read(self.path, stamp), {}
            return self._reading

    def guide(self, reading: Reading, device: DeviceId) -> Guide:
        """The guide of a touchpoint that the reading's pack names; the next one to ask gets it ready-made."""
        assert reading.pack is not None, "only a pack that was read has guides"  # noqa: S101 - for the type checker
        with self._lock:
            guide = self._guides.get(device)
            if guide is None or guide.pack is not reading.pack:
                guide = self._guides[device] = Guide(reading.pack, device)
            return guide


def _state(path: Path) -> str:
    try:
        found = path.stat()
    except OSError as error:
        return str(error.errno)
    return f"{found.st_mtime_ns} {found.st_size} {found.st_ino}"


def _read(folder: Path, stamp: str) -> Reading:
    try:
        source = read_source(folder)
        scenarios = Scenarios(folder)
        pack, body = compiled(source, folder)
    except PackRefused as refused:
        return Reading(stamp, refused.findings)
    findings = sorted({located(source, flaw) for flaw in flaws_of(pack)})
    return Reading(stamp, tuple(findings), None if findings else pack, source, scenarios.all, body)
