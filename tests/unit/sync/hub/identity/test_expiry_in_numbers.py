"""How the fleet's certificates stand, for whoever is to be woken before they run out."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from sync.agent.identity.keys import new_key, request_for
from sync.hub.store.identity_rows import IdentityRows, Rows, Value
from tests.fakes.clock import NOON
from tests.unit.sync.hub.identity.gatehouse import Gatehouse

_DAY = 86_400_000
_NEXT = 'opas_certificate_next_expiry_timestamp_seconds{kind="device"}'


def _numbers(gatehouse: Gatehouse) -> dict[str, float]:
    lines = gatehouse.office.page.get("/metrics").text.splitlines()
    split = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in split}


def _devices(gatehouse: Gatehouse) -> dict[str, float]:
    numbers = _numbers(gatehouse)
    states = ("valid", "overdue", "expired", "removed")
    return {state: numbers[f'opas_certificates{{kind="device",state="{state}"}}'] for state in states}


def test_a_certificate_is_valid_then_overdue_then_expired(gatehouse: Gatehouse) -> None:
    """A device that can't renew is seen weeks before it is shut out; what has run out is no next end any more."""
    assert _devices(gatehouse) == {"valid": 0, "overdue": 0, "expired": 0, "removed": 0}
    assert _NEXT not in _numbers(gatehouse)
    _, port = gatehouse.member()
    port.get("/v1/identity")
    assert _numbers(gatehouse)[_NEXT] == (NOON + 90 * _DAY) // 1000
    gatehouse.clock.advance(69 * _DAY)
    assert _devices(gatehouse)["valid"] == 1
    gatehouse.clock.advance(3 * _DAY)
    assert _devices(gatehouse) == {"valid": 0, "overdue": 1, "expired": 0, "removed": 0}
    gatehouse.clock.advance(18 * _DAY)
    assert _devices(gatehouse) == {"valid": 0, "overdue": 0, "expired": 1, "removed": 0}
    assert _NEXT not in _numbers(gatehouse)


def test_only_a_renewal_that_the_device_has_come_with_counts(gatehouse: Gatehouse) -> None:
    """One that was lost on its way to the device keeps nobody in."""
    _, old = gatehouse.member()
    old.get("/v1/identity")
    gatehouse.clock.advance(75 * _DAY)
    new = old.post("/v1/identity/renewal", json={"csr": request_for(new_key())}).json()["certificate"]
    assert _devices(gatehouse)["overdue"] == 1
    gatehouse.behind(new).get("/v1/identity")
    assert _devices(gatehouse)["valid"] == 1
    assert _numbers(gatehouse)[_NEXT] == (NOON + 165 * _DAY) // 1000


def test_the_next_end_is_the_first_of_all_and_who_was_turned_out_has_none(gatehouse: Gatehouse) -> None:
    """Each device counts once."""
    gatehouse.member("gate-8")
    gatehouse.clock.advance(10 * _DAY)
    gatehouse.member("gate-9")
    assert _numbers(gatehouse)[_NEXT] == (NOON + 90 * _DAY) // 1000
    gatehouse.office.admin.delete("/v1/devices/gate-8/certificates")
    assert _devices(gatehouse) == {"valid": 1, "overdue": 0, "expired": 0, "removed": 1}
    assert _numbers(gatehouse)[_NEXT] == (NOON + 100 * _DAY) // 1000


def test_brokers_have_their_own_numbers(gatehouse: Gatehouse) -> None:
    """A broker that runs out takes everybody with it."""
    form = {"csr": request_for(new_key()), "names": ["broker.example"]}
    assert gatehouse.office.admin.post("/v1/brokers/main", json=form).status_code == 200
    numbers = _numbers(gatehouse)
    assert numbers['opas_certificates{kind="broker",state="valid"}'] == 1
    assert numbers['opas_certificate_next_expiry_timestamp_seconds{kind="broker"}'] > NOON / 1000
    assert numbers['opas_certificates{kind="device",state="valid"}'] == 0


def test_the_authoritys_own_ends_are_told(gatehouse: Gatehouse) -> None:
    """Fifteen years for the issuing one, twenty-five for the root."""
    numbers = _numbers(gatehouse)
    for name, years in (("issuing", 15), ("root", 25)):
        end = numbers[f'opas_authority_expiry_timestamp_seconds{{certificate="{name}"}}']
        assert end == (NOON + years * 365 * _DAY) // 1000


@pytest.mark.parametrize("database", [""], ids=["sqlite"])
def test_no_certificate_is_read_for_it(gatehouse: Gatehouse, tmp_path: Path, database: str) -> None:
    """Ten thousand of them are some fifteen megabytes, and monitoring asks all the time: the index alone answers."""
    plans: list[str] = []
    with closing(sqlite3.connect(tmp_path / "data" / "hub.db")) as connection:

        def explain(statement: str, values: Sequence[Value]) -> Rows:
            plans.extend(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values))
            return ()

        IdentityRows(explain).standings(NOON)
    assert [plan for plan in plans if "certificates" in plan] == [
        "SCAN certificates USING COVERING INDEX certificates_by_end"
    ]
