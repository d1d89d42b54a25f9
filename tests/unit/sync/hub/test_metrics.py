"""The hub in numbers."""

import re

import pytest

from kiosk.model.event import Health
from kiosk.model.ids import HubVersion
from sync.wire.messages import Status
from tests.unit.sync.hub.office import Office
from tests.unit.sync.hub.world import DESK, GATE, OTHER_SITE, SECOND_GATE, SITE, envelope, event, redeemed

_LINE = re.compile(r'[a-z_]+(\{[a-z]+="(\\.|[^"\\])*"(,[a-z]+="(\\.|[^"\\])*")*\})? [-+0-9.e]+')


def lines(office: Office) -> list[str]:
    return office.page.get("/metrics").text.splitlines()


def test_it_counts_what_was_kept_refused_and_put_aside(office: Office) -> None:
    """With the outboxes of the devices and the versions of their data."""
    office.world.take(envelope(event(1, redeemed()), b"{}", first=1))
    office.world.take(envelope(event(1, redeemed())))
    office.world.take(envelope(event(1, redeemed(), name="late")), device=SECOND_GATE)
    office.world.take(Status(Health.READY, version=HubVersion(7), waiting=12))
    office.tally.bad = 3
    text = lines(office)
    device = f'{{device="{GATE}",site="terminal",role="gate"}}'
    for line in (
        "opas_events_total 2",
        "opas_duplicates_total 1",
        "opas_conflicts 1",
        "opas_quarantined 1",
        'opas_messages_refused_total{reason="bad"} 3',
        "opas_broker_connected 1",
        "opas_storage_well 1",
        f"opas_device_ready{device} 1",
        f"opas_device_outbox_events{device} 12",
        f"opas_device_data_version{device} 7",
    ):
        assert line in text


def test_every_line_is_of_the_format_and_every_metric_has_its_help_and_type(office: Office) -> None:
    """As a Prometheus server reads it, also with a strange name in a label."""
    office.admin.put("/v1/sites/strange", json={"name": 'a "b" \\'})
    answer = office.page.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.text.endswith("\n")
    named: set[str] = set()
    for line in answer.text.splitlines():
        if line.startswith("# TYPE "):
            named.add(line.split()[2])
            assert line.split()[3] in {"counter", "gauge"}
        elif not line.startswith("# HELP "):
            assert _LINE.fullmatch(line), line
            assert re.split(r"[{ ]", line)[0] in named
    assert len(named) >= 15


@pytest.mark.parametrize("problem", ["", "hub.db: the disk is full."])
def test_trouble_is_a_number(office: Office, problem: str) -> None:
    """To be alarmed on."""
    office.storage_problem = problem
    assert f"opas_storage_well {0 if problem else 1}" in lines(office)


def test_by_which_way_devices_come_is_told_of_the_site(office: Office) -> None:
    """Those that are heard; a bridge that is dead is one number to be alarmed on."""
    for device, route in ((GATE, "past"), (SECOND_GATE, "bridge")):
        office.world.take(Status(Health.READY, site=SITE, route=route), device=device)
    office.world.take(Status(Health.READY, site=OTHER_SITE, route="by satellite"), device=DESK)

    def told() -> set[str]:
        return {line for line in lines(office) if line.startswith("opas_site_devices{") and not line.endswith(" 0")}

    both = {f'opas_site_devices{{site="{SITE}",route="{route}"}} 1' for route in ("past", "bridge")}
    assert told() == {*both, f'opas_site_devices{{site="{OTHER_SITE}",route="unknown"}} 1'}
    assert f'opas_site_devices{{site="{SITE}",route="central"}} 0' in lines(office)
    office.world.take(Status(Health.OFFLINE), device=GATE)
    assert both - told() == {f'opas_site_devices{{site="{SITE}",route="past"}} 1'}


def test_it_names_nobody(office: Office) -> None:
    """Nor does it give a device of an unknown time a silence of decades."""
    text = "\n".join(lines(office))
    assert "opas_device_silent_seconds{" not in text
    assert "subject" not in text
