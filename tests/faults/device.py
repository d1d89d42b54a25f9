"""One device under test: an app and an agent as processes, and what its data folder tells from outside."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from kiosk.model.event import Event
from kiosk.model.ids import DeviceId, Epoch, HubVersion, Seq, SiteId
from kiosk.model.records import Collection, Record
from kiosk.store import SystemClock, meta, records
from kiosk.store.database import Database, Place, Use
from kiosk.store.outbox import Marks, Outbox
from tests.faults.writer import MEGABYTES

SITE = SiteId("harbour")
_CONFIG = """\
[device]
id = "{device}"
site = "{site}"
role = "gate"
data = "{data}"
site_key = "unused by the agent"
max_megabytes = {megabytes}

[hub]
url = "{url}"
token = "{token}"

[broker]
host = "127.0.0.1"
port = {port}
password = "{password}"
"""


class View(msgspec.Struct, frozen=True):
    """What a device's database holds at one moment."""

    marks: Marks
    cursor: HubVersion
    records: dict[tuple[Collection, str], Record]


class Device:
    """`folder` is a disk of its own if this machine lets us make one; the files of the tests lie beside it."""

    def __init__(self, folder: Path, name: str, seed: int) -> None:
        self.id = DeviceId(name)
        self.password = f"{name}-secret"
        self.data = folder / name
        self.data.mkdir(parents=True)
        self.seed = seed
        self._beside = folder
        self._starts = 0
        self.app: subprocess.Popen[bytes] | None = None
        self.agent: subprocess.Popen[bytes] | None = None

    def configure(self, url: str, token: str, port: int) -> None:
        self._file("toml").write_text(
            _CONFIG.format(
                device=self.id,
                site=SITE,
                data=self.data,
                megabytes=MEGABYTES,
                url=url,
                token=token,
                port=port,
                password=self.password,
            )
        )

    def heal(self) -> None:
        """Start what does not run, as a service manager does."""
        if self.app is None or self.app.poll() is not None:
            self._starts += 1
            seed = f"{self.id} {self.seed} {self._starts}"
            self.app = self._start("tests.faults.writer", str(self.data), self.id, SITE, seed)
        if self.agent is None or self.agent.poll() is not None:
            self.agent = self._start("tests.faults.agent", str(self._file("toml")), str(self._file("shift")))

    def kill(self, *, app: bool = True, agent: bool = True) -> None:
        for process in (self.app if app else None, self.agent if agent else None):
            if process is not None and process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()

    def pause(self) -> None:
        self._file("pause").touch()

    def go_on(self) -> None:
        self._file("pause").unlink(missing_ok=True)

    def shift_clock(self, ms: int) -> None:
        self._file("shift").write_text(str(ms))

    def accepted(self) -> list[str]:
        """The ids of all events that the app was told are safe, in that order."""
        path = self._file("accepted")
        # A line that was cut off by a kill was not told to anybody.
        return path.read_text().split("\n")[:-1] if path.exists() else []

    def view(self) -> View:
        with self._opened() as database:
            return database.read(
                lambda connection: View(
                    Outbox(database).marks(),
                    meta.cursor(connection),
                    {
                        (collection, record.id): record
                        for collection in (Collection.TICKETS, Collection.ORDERS, Collection.CASES)
                        for record in records.all_of(connection, collection)
                    },
                )
            )

    def sent(self, most: int) -> tuple[Epoch, list[Event]]:
        """Some events that the hub has confirmed, oldest first."""
        with self._opened() as database:
            outbox = Outbox(database)
            marks = outbox.marks()
            stored = outbox.after(Seq(max(0, marks.acked - most)), most)
            return marks.epoch, [
                msgspec.json.decode(each.body, type=Event) for each in stored if each.seq <= marks.acked
            ]

    def log(self) -> str:
        return self._file("log").read_text()

    @contextmanager
    def _opened(self) -> Iterator[Database]:
        place = Place(self.data / "opas.db", self.id, SITE, SystemClock(), MEGABYTES)
        with closing(Database(place, Use.UPKEEP)) as database:
            yield database

    def _start(self, module: str, *arguments: str) -> subprocess.Popen[bytes]:
        with self._file("log").open("ab") as log:
            return subprocess.Popen([sys.executable, "-m", module, *arguments], stderr=log, env={**os.environ})

    def _file(self, suffix: str) -> Path:
        return self._beside / f"{self.id}.{suffix}"
