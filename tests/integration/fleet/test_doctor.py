"""The doctor looks at a device that comes with a certificate."""

import os
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from deploy.doctor import device as of_device
from deploy.doctor.finding import Finding, Level, Machine
from kiosk.model.ids import EpochMs
from sync.hub.identity.authority import open_authority, own_request
from sync.hub.identity.keyfiles import key_pem
from sync.hub.identity.kinds import Holder, Kind
from tests.integration.fleet.ground import CardDevice, Fleet

_DAY_MS = 86_400_000


def examined(device: CardDevice) -> dict[str, Finding]:
    device.config.chmod(0o600)
    file, _ = of_device.read(device.config)
    assert file is not None
    return {finding.topic: finding for finding in of_device.device(Machine(), file)}


def levels(device: CardDevice) -> dict[str, str]:
    return {topic: finding.level.value for topic, finding in examined(device).items() if topic != "database"}


def test_it_says_what_is_wrong_with_a_certificate_and_what_to_do(fleet: Fleet) -> None:
    """Before the claim, after it, with a key that others may read, late, run out, and taken out."""
    device = fleet.card("gate-1", check_s=600)
    device.code()
    finding = examined(device)["identity"]
    assert finding.level is Level.FAIL
    assert "belongs to no fleet yet" in finding.says
    assert "opas fleet claim" in finding.todo
    assert fleet.claim(device, "gate-1").returncode == 0
    device.wait_claimed()
    assert levels(device) == {"identity": "ok", "hub": "ok", "site broker": "ok"}
    assert "gate-1 at harbour" in examined(device)["hub"].says

    device.files.certificate.chmod(0o644)
    assert "others may read it" in examined(device)["identity"].says
    device.files.certificate.chmod(0o600)

    device.end()
    own = device.files.certificate.read_bytes()
    for at, word, level in (
        (-80, "should have been renewed", "warn"),
        (-100, "run out", "fail"),
        (50, "future", "warn"),
    ):
        device.files.certificate.write_bytes(forged(fleet.hub.folder / "data", at))
        found = examined(device)
        assert (found["identity"].level.value, word in found["identity"].says) == (level, True), found["identity"]
        if at in {-100, 50}:
            assert found["hub"].level is Level.FAIL
            assert found["site broker"].level is Level.FAIL
    device.files.certificate.write_bytes(own)
    assert fleet.hub.opas("fleet", "revoke", "gate-1").returncode == 0
    assert examined(device)["hub"].level is Level.FAIL
    assert "counts no more" in examined(device)["hub"].says


def forged(authority: Path, days: int) -> bytes:
    """Key and certificate of gate-1 as they would be if it had been claimed so many days from now."""
    now = time.time_ns() // 1_000_000  # noqa: TID251 - what OpenSSL goes by
    key = ec.generate_private_key(ec.SECP256R1())
    issued = open_authority(authority, EpochMs(now)).issue(
        own_request(key), Holder(Kind.DEVICE, "gate-1", "harbour"), EpochMs(now + days * _DAY_MS), 90
    )
    return key_pem(key) + issued.pem.encode()


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_keys_that_can_t_be_read_are_told(fleet: Fleet) -> None:
    device = fleet.member("gate-1")
    device.files.trusted.chmod(0o000)
    assert "can't be read" in examined(device)["identity"].says
