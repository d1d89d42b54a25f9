"""`opas hub …` as an administrator runs it: real processes, both databases, a real agent at the other end."""

import json
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from kiosk.model.case import Case, CaseKind
from kiosk.model.customer import Ref, RefKind
from kiosk.model.event import TicketRedeemed
from kiosk.model.ids import PackVersion, TicketId
from kiosk.model.records import Collection
from kiosk.model.ticket import Decision
from tests.integration.hub.running import DeviceEnd, RunningHub
from tests.integration.sync.broker import DEVICE_ID, SITE_ID, Broker
from tests.integration.sync.device import Device
from tests.integration.sync.hubend import TOKEN
from tests.postgresql import Cluster
from tests.unit.sync.hub.world import envelope, event

UNKNOWN = b'{"id":"x","seq":2,"at":1,"mono":1,"boot":"b","pack":"p","body":{"type":"OrderWrapped","order":"o"}}'


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return ""
    cluster: Cluster = request.getfixturevalue("cluster")
    return cluster.fresh_database()


@pytest.fixture
def hub(tmp_path: Path, broker: Broker, database: str) -> Iterator[RunningHub]:
    made = RunningHub(tmp_path / "hub", broker.port, database=database)
    yield made
    made.close()


def until(device: Device, true: Callable[[], bool]) -> None:
    for _ in range(600):
        if true():
            return
        device.store.wait(0.05)
    raise AssertionError(device.log())


@pytest.fixture
def device(tmp_path: Path, hub: RunningHub, broker: Broker) -> Iterator[Device]:
    """A device with its agent running, known to the running hub, whose ports stay from now on."""
    hub.start()
    hub.keep_ports()
    token = hub.make_device(DEVICE_ID)
    made = Device(tmp_path / "device", broker.port, hub.devices)
    made.config.write_text(made.config.read_text().replace(TOKEN, token))
    made.start_agent()
    yield made
    made.close()


def test_a_hub_restored_from_an_old_backup_gets_again_what_it_lacks_and_doubles_nothing(
    tmp_path: Path, hub: RunningHub, device: Device, database: str, request: pytest.FixtureRequest
) -> None:
    """Backed up while it runs; then the disk is lost, with all that came since."""
    device.write(40)
    until(device, lambda: device.store.waiting() == 0)
    done = hub.command("backup", tmp_path / "backup")
    assert (done.returncode, done.stderr) == (0, "")
    device.write(40)
    until(device, lambda: device.store.waiting() == 0)
    hub.end(signal.SIGKILL)
    shutil.rmtree(hub.folder / "data")
    if database:
        cluster: Cluster = request.getfixturevalue("cluster")
        name = database.partition("?")[0].rpartition("/")[2]
        cluster.do(f"DROP DATABASE {name} WITH (FORCE)")
        cluster.do(f"CREATE DATABASE {name}")
    device.write(5)
    done = hub.command("restore", tmp_path / "backup")
    assert (done.returncode, done.stderr) == (0, "")
    hub.start()
    until(device, lambda: len(hub.events()) == 85 and device.store.waiting() == 0)
    assert [(each["seq"], each["id"]) for each in hub.events()] == [(each.seq, each.id) for each in device.written]
    assert hub.admin("GET", "/v1/state")["counts"] == {"events": 85, "conflicts": 0, "quarantined": 0}
    assert hub.end() == 0


def test_a_backup_is_whole_or_refused(tmp_path: Path, hub: RunningHub) -> None:
    """Over an old one, over a hub's data, and from a folder in which a bit was turned."""
    hub.start()
    hub.keep_ports()
    backup = tmp_path / "backup"
    assert hub.command("backup", backup).returncode == 0
    again = hub.command("backup", backup)
    assert (again.returncode, "is there already" in again.stderr) == (74, True)
    hub.end()
    over = hub.command("restore", backup)
    assert over.returncode == 74
    assert "holds a hub's data already" in over.stderr
    shutil.rmtree(hub.folder / "data")
    file = next(backup.glob("hub.*"))
    body = bytearray(file.read_bytes())
    body[len(body) // 2] ^= 1
    file.write_bytes(body)
    broken = hub.command("restore", backup)
    assert broken.returncode == 74
    assert "not as it was written" in broken.stderr
    assert not list((hub.folder / "data").glob("*"))
    assert not list(tmp_path.glob("*.unfinished"))


def test_what_nobody_can_read_yet_is_shown_and_stays_when_it_is_replayed(hub: RunningHub, broker: Broker) -> None:
    """With the reason, and the status that a script asks for; its neighbours were taken in."""
    hub.start()
    hub.keep_ports()
    hub.make_device(DEVICE_ID)
    end = DeviceEnd(broker.address(DEVICE_ID))
    end.send_until_acked(envelope(event(1), UNKNOWN, event(3), first=1), 3)
    end.close()
    done = hub.command("replay")
    assert done.returncode == 1
    assert done.stdout.startswith("0 taken in, 1 still in quarantine\n  1: no valid event")
    assert "opas_quarantined 1\n" in httpx2.get(f"{hub.console}/metrics", trust_env=False).text
    assert [each["seq"] for each in hub.events()] == [1, 3]


def test_events_are_exported_to_a_file_while_the_hub_runs(tmp_path: Path, hub: RunningHub, device: Device) -> None:
    """Started again it goes on, and without a hub it says what to do."""
    path = tmp_path / "events.jsonl"
    device.write(30)
    until(device, lambda: device.store.waiting() == 0)
    assert hub.command("export", path).stdout == "30 events exported, up to number 30\n"
    device.write(3)
    until(device, lambda: device.store.waiting() == 0)
    assert hub.command("export", path).returncode == 0
    ids = [json.loads(line)["data"]["id"] for line in path.read_text().splitlines()]
    assert ids == [each.id for each in device.written]
    hub.end()
    away = hub.command("export", path, "--tries", "1")
    assert away.returncode == 69
    assert "no hub answers" in away.stderr
    assert "What to do: Start it" in away.stderr


def test_a_person_who_is_erased_is_gone_from_the_device_and_the_device_says_so(hub: RunningHub, device: Device) -> None:
    """The proof at the hub is the device's own word, and it is true."""
    person, ticket = "00000000000000c1", "00000000000000a1"
    passage = {"id": ticket, "subject": person, "product": "ferry", "valid_from": 0, "valid_until": 4_000_000_000_000}
    people = {"subjects": [{"id": person, "name": "Anna K."}], "tickets": [passage]}
    hub.admin("POST", f"/v1/sites/{SITE_ID}/import", json=people)
    until(device, lambda: device.store.get(Collection.TICKETS, ticket) is not None)
    asked = hub.admin("DELETE", f"/v1/sites/{SITE_ID}/subjects/{person}")
    assert asked["erasure"]["records"] == 2
    until(device, lambda: hub.admin("GET", "/v1/erasures")[0]["confirmed"] == [DEVICE_ID])
    assert hub.admin("GET", "/v1/erasures")[0]["missing"] == []
    assert device.store.get(Collection.SUBJECTS, person) is None
    assert device.store.get(Collection.TICKETS, ticket) is None
    assert hub.end() == 0


def test_a_contradiction_reaches_the_desk_of_its_site(hub: RunningHub, device: Device, broker: Broker) -> None:
    """A ticket that the hub has redeemed already was let through here, while nobody could know."""
    ticket = TicketId("00000000000000a1")
    passage = {
        "id": ticket,
        "subject": "00000000000000c1",
        "product": "ferry",
        "valid_from": 0,
        "valid_until": 4_000_000_000_000,
    }
    people = {"subjects": [{"id": "00000000000000c1", "name": "Anna K."}], "tickets": [passage]}
    hub.admin("POST", f"/v1/sites/{SITE_ID}/import", json=people)
    until(device, lambda: device.store.get(Collection.TICKETS, ticket) is not None)
    device.end_agent()
    hub.admin("POST", f"/v1/sites/{SITE_ID}/import", json={"tickets": [{**passage, "state": "annulled"}]})
    redeemed = TicketRedeemed(ticket, Decision.OFFLINE_PROVISIONAL)
    device.written += device.store.record([redeemed], PackVersion("1"))
    device.start_agent()
    until(device, lambda: len(device.store.all(Collection.CASES)) == 1)
    (case,) = device.store.all(Collection.CASES)
    assert isinstance(case, Case)
    assert (case.kind, case.about) == (CaseKind.CONTRADICTION, Ref(RefKind.TICKET, ticket))
    assert [each["conflict"] for each in hub.events()] == ["not_valid"]
    assert hub.end() == 0
