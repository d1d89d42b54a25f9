"""One device under test: an app and an agent as processes, and what its data folder tells from outside."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from kiosk.model.event import Event
from kiosk.model.ids import DeviceId, Epoch, HubVersion, Seq, TicketId
from kiosk.model.records import Collection, Record
from kiosk.store import SystemClock, meta, records
from kiosk.store.database import Database, Place, Use
from kiosk.store.outbox import Marks, Outbox
from kiosk.store.reserve import SUFFIX as RESERVE
from tests.faults.writer import MEGABYTES, SITE

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
_SITE_BROKER = """\

[sitebroker]
host = "127.0.0.1"
port = {port}
password = "{password}"
patience_s = 0.5
silence_s = 2
"""


class View(msgspec.Struct, frozen=True):
    """What a device's database holds at one moment."""

    marks: Marks
    cursor: HubVersion
    records: dict[tuple[Collection, str], Record]


class Device:
    """`folder` is a disk of its own if this machine lets us make one; the files of the tests lie beside it."""

    def __init__(self, folder: Path, device: str, seed: int, name: str = "") -> None:
        """`name` tells it from another one of the same id."""
        self.id = DeviceId(device)
        self.name = name or device
        self.password = f"{device}-secret"
        self.data = folder / self.name
        self.data.mkdir(parents=True)
        self.seed = seed
        self._beside = folder
        self._starts = 0
        self._place: tuple[str, str, tuple[int, ...]] = ("", "", ())
        self.app: subprocess.Popen[bytes] | None = None
        self.agent: subprocess.Popen[bytes] | None = None

    def configure(self, url: str, token: str, ports: tuple[int, ...]) -> None:
        """`ports` are those of its brokers: the site's own first, if there is one, and the central one."""
        self._place = (url, token, ports)
        site = "".join(_SITE_BROKER.format(port=port, password=self.password) for port in ports[:-1])
        self.config.write_text(
            _CONFIG.format(
                device=self.id,
                site=SITE,
                data=self.data,
                megabytes=MEGABYTES,
                url=url,
                token=token,
                port=ports[-1],
                password=self.password,
            )
            + site
        )

    @property
    def config(self) -> Path:
        """Its device.toml."""
        return self._file("toml")

    def twin(self, number: int) -> "Device":
        """Another machine on a copy of this one's card, which must not run."""
        made = Device(self._beside, self.id, self.seed, f"{self.name}-twin-{self._starts}-{number}")
        for path in self.data.glob("opas.db*"):
            if not path.name.endswith(RESERVE):
                shutil.copy(path, made.data)
        made.configure(*self._place)
        return made

    def heal(self) -> None:
        """Start what does not run, as a service manager does."""
        if self.app is None or self.app.poll() is not None:
            self._starts += 1
            seed = f"{self.name} {self.seed} {self._starts}"
            self.app = self._start("tests.faults.writer", str(self.data), self.name, self.id, seed)
        if self.agent is None or self.agent.poll() is not None:
            self.agent = self._start("tests.faults.agent", str(self.config), str(self._file("shift")))

    def kill(self, *, app: bool = True, agent: bool = True) -> None:
        for process in (self.app if app else None, self.agent if agent else None):
            if process is not None and process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()

    def pause(self) -> None:
        self._file("pause").touch()

    def go_on(self) -> None:
        self._file("pause").unlink(missing_ok=True)

    def redeem(self, ticket: TicketId) -> None:
        """Tell the writer to redeem this very ticket."""
        self._file("redeem").write_text(ticket)

    def has_redeemed(self) -> bool:
        """Whether it has done what it was told."""
        return not self._file("redeem").exists()

    def shift_clock(self, ms: int) -> None:
        self._file("shift").write_text(str(ms))

    def accepted(self) -> list[str]:
        """The ids of all events that the app was told are safe, in that order."""
        path = self._file("accepted")
        # A line that was cut off by a kill was not told to anybody.
        return path.read_text().split("\n")[:-1] if path.exists() else []

    def marks(self) -> Marks:
        """How far its outbox is confirmed."""
        with self._opened() as database:
            return Outbox(database).marks()

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
        return self._beside / f"{self.name}.{suffix}"
