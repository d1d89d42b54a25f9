"""Two processes on one file, and processes that die."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.store.database import Database, Place, Use
from kiosk.store.device import DeviceStore, open_store
from kiosk.store.outbox import Outbox
from kiosk.store.rebuild import Rebuild
from tests.fakes.clock import NOON, FakeClock
from tests.unit.kiosk.store.samples import DEVICE, PACK, SITE, SITE_KEY, scanned


def start(command: str, path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.unit.kiosk.store.child", command, str(path)], stdout=subprocess.PIPE, text=True
    )


def kill(process: subprocess.Popen[str]) -> str:
    process.kill()
    rest, _ = process.communicate()
    return rest


def reopen(path: Path, clock: FakeClock) -> DeviceStore:
    return open_store(path, device=DEVICE, site=SITE, site_key=SITE_KEY, clock=clock)


def test_what_was_told_durable_survives_kill_9(path: Path, clock: FakeClock) -> None:
    """Every event that `record` returned is there, in order, and the epoch goes on."""
    process = start("write", path)
    assert process.stdout is not None
    told = [int(process.stdout.readline()) for _ in range(50)]
    told += [int(line) for line in kill(process).split("\n") if line]
    with closing(reopen(path, clock)) as store:
        assert store.rebuilt is None
        assert store.waiting() >= told[-1]
        (event,) = store.record([scanned()], PACK)
        assert event.seq == store.waiting()


def test_kill_9_inside_a_transaction_leaves_nothing_of_it(path: Path, clock: FakeClock) -> None:
    """Half a change is no change, and the lock falls with its holder."""
    with closing(reopen(path, clock)) as store:
        store.record([scanned()], PACK)
        process = start("hang", path)
        assert process.stdout is not None
        assert process.stdout.readline() == "inside\n"
        kill(process)
        (event,) = store.record([scanned()], PACK)
        assert event.seq == 2


def test_processes_that_open_a_new_place_at_once_agree(path: Path, clock: FakeClock) -> None:
    """One builds, the others find it: one epoch, no event lost."""
    processes = [start("epoch", path) for _ in range(4)]
    epochs = {process.communicate()[0] for process in processes}
    assert len(epochs) == 1
    with closing(reopen(path, clock)) as store:
        assert store.epoch + "\n" in epochs
        assert store.waiting() == 4


def test_processes_that_meet_damage_at_once_rebuild_once(path: Path, clock: FakeClock) -> None:
    """The second to notice finds the new file in place."""
    reopen(path, clock).close()
    with path.open("r+b") as file:
        file.write(b"no database at all")
    processes = [start("epoch", path) for _ in range(4)]
    assert len({process.communicate()[0] for process in processes}) == 1
    assert len(list(path.parent.glob("opas.db.corrupt-*"))) == 1
    with closing(reopen(path, clock)) as store:
        assert store.waiting() == 4


def test_a_transaction_that_went_into_the_file_put_aside_is_done_again(path: Path, clock: FakeClock) -> None:
    """The file is put aside between the write and its commit: the event is in the new database."""
    with closing(Database(Place(path, DEVICE, SITE, clock), Use.EVENTS)) as database:
        runs = []

        def work(connection: object) -> None:
            runs.append(connection)
            if len(runs) == 1:
                Rebuild(path, DEVICE, SITE, NOON).put_aside_and_build("a test")
            connection.execute("INSERT INTO outbox VALUES (1, X'00')")  # type: ignore[attr-defined]

        database.transaction(work)
        assert len(runs) == 2
        assert Outbox(database).marks().last == 1


@pytest.mark.parametrize("companion", ["", "-wal"])
def test_a_rebuild_cut_off_halfway_is_finished_at_the_next_start(path: Path, clock: FakeClock, companion: str) -> None:
    """Killed after the database, or after its log too, was moved: the next start builds, and tells where it can."""
    with closing(reopen(path, clock)) as store:
        store.record([scanned()], PACK)
        path.rename(path.with_name("aside"))
        if companion:
            path.with_name("opas.db-wal").rename(path.with_name("aside-wal"))
        epoch = Database(Place(path, DEVICE, SITE, clock), Use.UPKEEP)
        epoch.close()
        assert store.waiting() == 0
        told = store.rebuilt
    assert (told is not None) is (not companion)
