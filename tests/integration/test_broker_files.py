"""The generated broker, really run: who gets in, and what each may do."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.broker.accounts import Account, Rights
from deploy.broker.files import write_broker
from deploy.demo.ports import free_ports, listens
from deploy.doctor import mqtt
from deploy.errors import MissingProgram

NOT_AUTHORISED = {0x86, 0x87}
ACCOUNTS = (
    Account("hub", "hub-secret", Rights.HUB),
    Account("shop-desk-1", "desk-secret", Rights.DEVICE, "shop"),
)


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """A running broker's port; its folder has a space in its name, as a checkout may have."""
    (port,) = free_ports(1)
    files = write_broker(tmp_path / "the broker", port, ACCOUNTS)
    with subprocess.Popen(files.command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        deadline = time.monotonic() + 10
        while not listens(port) and time.monotonic() < deadline:
            assert process.poll() is None, process.stdout and process.stdout.read()
            time.sleep(0.02)
        yield port
        process.terminate()


def greet(port: int, user: str, password: str) -> int:
    return mqtt.greet(mqtt.Address("127.0.0.1", port), user, password, 5)


def test_the_right_password_opens_and_any_other_does_not(port: int) -> None:
    assert greet(port, "shop-desk-1", "desk-secret") == mqtt.ACCEPTED
    assert greet(port, "shop-desk-1", "hub-secret") in NOT_AUTHORISED
    assert greet(port, "nobody", "desk-secret") in NOT_AUTHORISED
    assert greet(port, "", "") in NOT_AUTHORISED


def test_nothing_in_the_folder_is_readable_by_others_or_holds_a_password(port: int, tmp_path: Path) -> None:
    folder = tmp_path / "the broker"
    assert folder.stat().st_mode & 0o777 == 0o700
    for file in folder.iterdir():
        assert file.stat().st_mode & 0o077 == 0
        assert b"secret" not in file.read_bytes()


def test_a_missing_mosquitto_is_told_with_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(MissingProgram, match="mosquitto is not on this machine") as caught:
        write_broker(tmp_path / "broker", 1, ACCOUNTS, {"PATH": str(tmp_path)})
    assert "apt-get install mosquitto" in caught.value.todo
