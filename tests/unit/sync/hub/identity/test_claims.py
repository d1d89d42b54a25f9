"""Claims and every way to cheat them that somebody may try."""

import secrets
import threading
from typing import Any

import msgspec
import pytest

from kiosk.model.identity import claim_code, fingerprint_of, scanned, shown
from sync.agent.identity.keys import new_key, public_der, request_for
from sync.hub.store.identity_rows import Enrolment
from tests.unit.sync.hub.identity.gatehouse import Gatehouse, Newcomer

MINUTE = 60_000


def test_a_claimed_device_is_let_in_and_told_who_it_is(gatehouse: Gatehouse) -> None:
    """The code on its screen is enough; what is secret goes to the holder of the key only."""
    newcomer = gatehouse.newcomer()
    claimed = gatehouse.claim(shown(newcomer.code).lower()).json()
    assert (claimed["device"], claimed["site"], claimed["role"]) == ("gate-9", "terminal", "gate")
    assert claimed["fingerprint"] == fingerprint_of(public_der(newcomer.key))
    answer = newcomer.ask()
    assert answer["state"] == "claimed"
    assert "site_key" not in str(answer)
    told = gatehouse.behind(answer["certificate"]).get("/v1/identity").json()
    assert (told["device"], told["site"], told["role"], told["broker_host"]) == (
        "gate-9",
        "terminal",
        "gate",
        "broker.example",
    )
    assert told["site_key"]
    assert gatehouse.behind(answer["certificate"]).get("/v1/changes?since=0").status_code == 200


def test_who_asks_again_gets_the_same_answer(gatehouse: Gatehouse) -> None:
    """A device killed before it wrote the certificate down, and an administrator whose connection broke."""
    newcomer = gatehouse.newcomer()
    first = newcomer.ask()
    assert first == newcomer.ask()
    claimed = gatehouse.claim(newcomer.code).json()
    assert gatehouse.claim(newcomer.code).json() == claimed
    assert newcomer.ask() == newcomer.ask()
    assert len(gatehouse.office.admin.get("/v1/fleet").json()) == 4


def test_a_code_is_good_once(gatehouse: Gatehouse) -> None:
    """Replayed for another device it says what it was used for."""
    newcomer = gatehouse.newcomer()
    gatehouse.claim(newcomer.code)
    answer = gatehouse.claim(newcomer.code, "gate-10")
    assert answer.status_code == 409
    assert "used already, for gate-9" in answer.json()["error"]


def test_a_code_runs_out(gatehouse: Gatehouse) -> None:
    """After a quarter of an hour; the device comes with another one, and the old one is told to be old for a day."""
    newcomer = gatehouse.newcomer()
    old = newcomer.code
    gatehouse.clock.advance(15 * MINUTE)
    assert newcomer.ask()["state"] == "expired"
    assert gatehouse.claim(old).status_code == 410
    newcomer.nonce = secrets.token_hex(16)
    assert newcomer.ask()["state"] == "waiting"
    assert gatehouse.claim(old).status_code == 404
    assert gatehouse.claim(newcomer.code).status_code == 200


def test_guessing_is_slowed_down_and_never_names_a_code(gatehouse: Gatehouse) -> None:
    """Ten wrong codes in a minute, then nothing is even looked at, also not the right one."""
    newcomer = gatehouse.newcomer()
    listed = gatehouse.office.admin.get("/v1/enrolments").json()
    assert newcomer.code not in str(listed)
    wrong = [claim_code(b"guess", number.to_bytes(16, "big")) for number in range(10)]
    answers = [gatehouse.claim(code) for code in wrong]
    assert {answer.status_code for answer in answers} == {404}
    assert {bool(answer.json()["todo"]) for answer in answers} == {True}
    assert gatehouse.claim(newcomer.code).status_code == 429
    gatehouse.clock.advance(MINUTE + 1)
    assert gatehouse.claim(newcomer.code).status_code == 200


@pytest.mark.parametrize("typed", ["", "K7QF", "K7QF-3M9U", "'; DROP TABLE enrolments;--"])
def test_what_is_no_code_is_said_to_be_none(gatehouse: Gatehouse, typed: str) -> None:
    answer = gatehouse.claim(typed)
    assert (answer.status_code, answer.json()["field"]) == (422, "code")


def test_another_key_has_another_code(gatehouse: Gatehouse) -> None:
    """Somebody in between who puts his own request in the place of the device's gets a code that no screen shows."""
    victim, thief = Newcomer(gatehouse), Newcomer(gatehouse)
    thief.nonce = victim.nonce
    assert thief.ask()["state"] == "waiting"
    assert thief.code != victim.code
    assert gatehouse.claim(victim.code).status_code == 404


def test_a_scanned_code_names_the_whole_key(gatehouse: Gatehouse) -> None:
    """Even one who found another key for the same forty bits is refused."""
    newcomer = gatehouse.newcomer()
    right = scanned(newcomer.code, fingerprint_of(public_der(newcomer.key)))
    wrong = scanned(newcomer.code, fingerprint_of(b"another key"))
    assert gatehouse.claim(wrong).status_code == 409
    assert gatehouse.claim(right).status_code == 200


def test_two_devices_with_one_code_are_both_sent_back(gatehouse: Gatehouse) -> None:
    """Neither is believed; the right one makes a new key and shows another code."""
    victim, twin = gatehouse.newcomer(), Newcomer(gatehouse)
    store, now = gatehouse.office.world.store, gatehouse.clock.now().wall_ms
    fingerprint = fingerprint_of(public_der(twin.key))
    with store.writing() as writing:
        # No second key for a code is to be had here: put down as if there were one.
        known = writing.identities.enrolment(fingerprint_of(public_der(victim.key)))
        assert isinstance(known, Enrolment)
        writing.identities.put_enrolment(msgspec.structs.replace(known, contested=True))
        writing.identities.put_enrolment(
            msgspec.structs.replace(known, fingerprint=fingerprint, csr=request_for(twin.key), asked_at=now)
        )
    assert victim.ask()["state"] == "contested"
    answer = gatehouse.claim(victim.code)
    assert answer.status_code == 409
    assert "Two devices" in answer.json()["error"]
    victim.key, victim.nonce = new_key(), secrets.token_hex(16)
    assert victim.ask()["state"] == "waiting"


def test_of_two_administrators_at_once_one_wins(gatehouse: Gatehouse) -> None:
    """The other is told what the code was used for."""
    newcomer = gatehouse.newcomer()
    answers: list[Any] = []
    go = threading.Barrier(4)

    def claim(number: int) -> None:
        go.wait()
        answers.append(gatehouse.claim(newcomer.code, f"gate-{number}"))

    threads = [threading.Thread(target=claim, args=(number,)) for number in range(10, 14)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    fleet = gatehouse.office.admin.get("/v1/fleet").json()
    assert [member["standing"] for member in fleet].count("claimed") == 1


def test_a_name_that_is_taken_is_given_away_only_when_asked_for(gatehouse: Gatehouse) -> None:
    """The device that had it is then refused at once."""
    _, first = gatehouse.member("gate-9")
    newcomer = gatehouse.newcomer()
    assert gatehouse.claim(newcomer.code, "gate-9").status_code == 409
    assert first.get("/v1/changes?since=0").status_code == 200
    assert gatehouse.claim(newcomer.code, "gate-9", replace=True).status_code == 200
    refused = first.get("/v1/changes?since=0")
    assert (refused.status_code, refused.json()["field"]) == (403, "removed")


@pytest.mark.parametrize("name", ["hub", "site", "broker", "unclaimed", "Gate", "a" * 64, "../x"])
def test_a_name_that_stands_for_something_else_is_no_device_s(gatehouse: Gatehouse, name: str) -> None:
    newcomer = gatehouse.newcomer()
    assert gatehouse.claim(newcomer.code, name).status_code == 422


def test_a_broker_s_or_hub_s_name_is_no_device_s(gatehouse: Gatehouse) -> None:
    """Under the hub's name at the broker a device would have the hub's rights."""
    gatehouse.office.registry.own_pem("hub-2")
    newcomer = gatehouse.newcomer()
    assert gatehouse.claim(newcomer.code, "hub-2").status_code == 422


def test_a_device_with_data_comes_back_as_what_it_was(gatehouse: Gatehouse) -> None:
    """Under another name its unsent events would be somebody else's."""
    newcomer = gatehouse.newcomer(was="gate-3")
    assert gatehouse.claim(newcomer.code, "gate-4").status_code == 409
    assert gatehouse.claim(newcomer.code, "gate-3").status_code == 200


def test_a_site_must_be_there(gatehouse: Gatehouse) -> None:
    newcomer = gatehouse.newcomer()
    assert gatehouse.claim(newcomer.code, site="nowhere").status_code == 404
    assert gatehouse.claim(newcomer.code).status_code == 200


def test_the_token_of_before_is_worth_nothing_after_a_claim(gatehouse: Gatehouse) -> None:
    """A device that moves from its token to a certificate leaves no second key behind."""
    headers = gatehouse.office.make_device("gate-9", "terminal")
    gatehouse.member("gate-9", replace=True)
    assert gatehouse.office.devices.get("/v1/changes", headers=headers).status_code == 401


def bad_forms() -> dict[str, dict[str, str]]:
    key = new_key()
    good = request_for(key)
    body = good.splitlines()
    body[2] = body[2][::-1]
    return {
        "no request": {"csr": "hello", "nonce": "00" * 16},
        "damaged": {"csr": "\n".join(body), "nonce": "00" * 16},
        "too long": {"csr": good + "x" * 9_000, "nonce": "00" * 16},
        "no nonce": {"csr": good, "nonce": ""},
        "short nonce": {"csr": good, "nonce": "00" * 15},
        "no hex": {"csr": good, "nonce": "xy" * 16},
    }


@pytest.mark.parametrize("name", bad_forms())
def test_a_request_that_is_none_is_refused(gatehouse: Gatehouse, name: str) -> None:
    """Damaged, too long, or not signed with its own key."""
    answer = gatehouse.anybody.post("/v1/enrolments", json=bad_forms()[name])
    assert answer.status_code in {413, 422}, answer.text
    assert gatehouse.office.admin.get("/v1/enrolments").json() == []


def test_whoever_asks_too_often_is_told_to_wait(gatehouse: Gatehouse) -> None:
    newcomer = gatehouse.newcomer()
    statuses = {gatehouse.anybody.post("/v1/enrolments", json=newcomer.form()).status_code for _ in range(245)}
    assert statuses == {200, 429}


def test_claims_and_lists_are_for_administrators(gatehouse: Gatehouse) -> None:
    newcomer = gatehouse.newcomer()
    form = {"code": newcomer.code, "site": "terminal", "device": "gate-9", "role": "gate"}
    page = gatehouse.office.page
    assert page.post("/v1/claims", json=form).status_code == 401
    for method, path in (
        ("GET", "/v1/enrolments"),
        ("GET", "/v1/fleet"),
        ("GET", "/v1/authority"),
        ("DELETE", "/v1/devices/terminal-gate-1/certificates"),
        ("POST", "/v1/devices/terminal-gate-1/renewal"),
        ("POST", "/v1/brokers/broker"),
    ):
        assert page.request(method, path).status_code == 401
