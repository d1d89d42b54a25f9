"""`opas hub consent` against a running hub: a withdrawal reaches a real agent's database."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.model.customer import ConsentState, Purpose, Subject, consented
from kiosk.model.records import Collection
from tests.integration.hub.running import RunningHub
from tests.integration.sync.broker import DEVICE_ID, SITE_ID, Broker
from tests.integration.sync.device import Device
from tests.integration.sync.hubend import TOKEN

_PERSON = "00000000000000c1"
_IMPORT = {
    "subjects": [
        {
            "id": _PERSON,
            "name": "Anna Korhonen",
            "consents": [
                {"purpose": "personalisation", "state": "granted", "text_version": "2027-1"},
                {"purpose": "profiling", "state": "granted", "text_version": "2027-1"},
            ],
            "interests": [{"topic": "coffee", "basis": "stated"}, {"topic": "games", "basis": "inferred"}],
        }
    ]
}


@pytest.fixture
def hub(tmp_path: Path, broker: Broker) -> Iterator[RunningHub]:
    made = RunningHub(tmp_path / "hub", broker.port)
    made.start()
    made.keep_ports()
    yield made
    made.close()


@pytest.fixture
def device(tmp_path: Path, hub: RunningHub, broker: Broker) -> Iterator[Device]:
    token = hub.make_device(DEVICE_ID, SITE_ID)
    hub.admin("POST", f"/v1/sites/{SITE_ID}/import", json=_IMPORT)
    made = Device(tmp_path / "device", broker.port, hub.devices)
    made.config.write_text(made.config.read_text().replace(TOKEN, token))
    made.start_agent()
    yield made
    made.close()


def _wait_for(device: Device, true: Callable[[Subject], bool]) -> None:
    for _ in range(400):
        found = device.store.get(Collection.SUBJECTS, _PERSON)
        if isinstance(found, Subject) and true(found):
            return
        device.store.wait(0.05)
    raise AssertionError(device.log())


def test_a_consent_withdrawn_on_the_command_line_is_withdrawn_on_the_device(hub: RunningHub, device: Device) -> None:
    """One purpose, then all that is left; what it permitted is gone from the device, too."""
    _wait_for(device, lambda person: len(person.interests) == 2)
    shown = hub.command("consent", "show", SITE_ID, _PERSON)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "profiling        granted, text 2027-1" in shown.stdout
    assert "Anna" not in shown.stdout
    done = hub.command("consent", "withdraw", SITE_ID, _PERSON, "profiling")
    assert done.stdout.splitlines() == [
        "profiling: withdrawn, text 2027-1.",
        "1 interest dropped.",
        f"Every screen of {SITE_ID} follows as soon as the change arrives there.",
    ]
    _wait_for(device, lambda person: [each.topic for each in person.interests] == ["coffee"])
    assert "personalisation: withdrawn" in hub.command("consent", "withdraw", SITE_ID, _PERSON).stdout
    _wait_for(device, lambda person: not person.interests and not consented(person.consents, Purpose.PERSONALISATION))
    assert "personalisation  revoked, text 2027-1" in hub.command("consent", "show", SITE_ID, _PERSON).stdout
    (answers,) = [
        {each.state for each in person.consents}
        for person in device.store.all(Collection.SUBJECTS)
        if isinstance(person, Subject)
    ]
    assert answers == {ConsentState.REVOKED}


def test_somebody_whom_the_site_does_not_know_is_told_with_where_to_look(hub: RunningHub, device: Device) -> None:
    """Neither shown nor withdrawn."""
    for action in ("show", "withdraw"):
        done = hub.command("consent", action, SITE_ID, "00000000000000ff")
        assert done.returncode == 69
        assert "no such subject" in done.stderr
        assert "records/subjects" in done.stderr
