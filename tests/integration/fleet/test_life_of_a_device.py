"""From a fresh card to a member of the fleet, with a new key on the way, and out again."""

import stat

from kiosk.model.identity import Standing
from tests.integration.fleet.ground import Fleet, until


def test_a_fresh_card_is_claimed_works_renews_is_turned_out_and_comes_back(fleet: Fleet) -> None:
    """All of it without a reinstall, and no event is lost on the way."""
    device = fleet.card("gate-1")
    assert fleet.claim(device, "gate-1").returncode == 0
    device.wait_claimed()
    for file in (device.files.certificate, device.files.folder / "settings.json"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    device.write(3)
    until(lambda: fleet.events_of("gate-1") == 3, device.log)

    before = device.files.certificate.read_bytes()
    assert fleet.hub.opas("fleet", "rotate", "gate-1").returncode == 0
    until(lambda: device.files.certificate.read_bytes() != before, device.log)
    assert not device.files.next.exists()
    device.write(2)
    until(lambda: fleet.events_of("gate-1") == 5, device.log)

    assert fleet.hub.opas("fleet", "revoke", "gate-1").returncode == 0
    notice = until(lambda: (told := device.notice()) and told.code and told, device.log)
    assert notice.standing is Standing.REMOVED
    device.write(4)
    fleet.broker.wait_for_rule("gate-1", there=False)
    assert device.waiting() == 4

    assert fleet.claim(device, "other").returncode == 77
    assert fleet.claim(device, "gate-1").returncode == 0
    until(lambda: fleet.events_of("gate-1") == 9, device.log)


def test_while_the_hub_is_away_the_broker_goes_on_with_what_it_was_told(fleet: Fleet) -> None:
    """Also after a restart; and it takes up what changed as soon as the hub is back."""
    device = fleet.member("gate-1")
    device.write(1)
    until(lambda: fleet.events_of("gate-1") == 1, device.log)
    fleet.hub.keep_ports()
    assert fleet.hub.end() == 0
    fleet.broker.end()
    fleet.broker.start()
    until(lambda: device.log().count("connected again") >= 1, device.log)
    device.write(2)
    assert "goes on with what it was told last" in (fleet.broker.folder / "log").read_text()
    fleet.hub.start()
    until(lambda: fleet.events_of("gate-1") == 3, device.log)
    second = fleet.member("gate-2")
    second.write(1)
    until(lambda: fleet.events_of("gate-2") == 1, second.log)
