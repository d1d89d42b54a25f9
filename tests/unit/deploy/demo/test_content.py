"""The demo's invented content: what the hub takes, the same each time, and somebody for every refusal."""

from collections import Counter

import msgspec
import pytest

from deploy.demo.content import DAY, HOUR, MINUTE, Kind, Site
from deploy.demo.shop import make_shop
from deploy.demo.terminal import Places, make_terminal
from kiosk.model.ids import SiteId
from sync.hub.importing.request import ImportRequest, read_import

NOW = 1_800_000_000_000
PLACES = Places(("gate-7", "gate-5"), "pre-orders")


@pytest.fixture(params=["terminal", "shop"])
def site(request: pytest.FixtureRequest) -> Site:
    return make_terminal(1, NOW, PLACES) if request.param == "terminal" else make_shop(1, NOW, "pickup")


def imported(site: Site) -> ImportRequest:
    return read_import(msgspec.json.encode(site.body), SiteId(site.id))


def test_the_hub_takes_every_field(site: Site) -> None:
    request = imported(site)
    assert len(request.subjects) > 50
    assert {order.place for order in request.orders} <= {"pre-orders", "pickup"}
    assert {departure.gate for departure in request.departures} <= {"gate-7", "gate-5"}


def test_the_same_seed_gives_the_same_people_and_a_later_start_only_moves_the_times(site: Site) -> None:
    later = NOW + 3 * DAY
    again = make_terminal(1, later, PLACES) if site.id == "terminal" else make_shop(1, later, "pickup")
    assert [subject["name"] for subject in again.subjects] == [subject["name"] for subject in site.subjects]
    assert [sample.title for sample in again.samples] == [sample.title for sample in site.samples]
    assert [ticket["valid_from"] - 3 * DAY for ticket in again.tickets] == [t["valid_from"] for t in site.tickets]


def test_every_reference_points_at_something_that_is_there(site: Site) -> None:
    request = imported(site)
    subjects = {subject.id for subject in request.subjects}
    departures = {departure.id for departure in request.departures}
    assert {ticket.subject for ticket in request.tickets} | {order.subject for order in request.orders} <= subjects
    assert {ticket.departure for ticket in request.tickets} <= departures
    assert {card.ref.id for card in request.cards} <= subjects


def test_every_code_of_the_hub_stands_for_a_record_and_no_key_or_number_is_there_twice(site: Site) -> None:
    request = imported(site)
    ids: dict[Kind, set[str]] = {
        Kind.TICKET: {ticket.id for ticket in request.tickets},
        Kind.ORDER: {order.id for order in request.orders},
        Kind.LOYALTY: {subject.id for subject in request.subjects},
    }
    assert all(sample.payload or sample.id in ids[sample.kind] for sample in site.samples)
    keys = Counter(sample.key for sample in site.samples if sample.key)
    numbers = Counter(order.number for order in request.orders)
    assert max(keys.values()) == max(numbers.values()) == 1


def test_names_come_in_all_four_languages_and_show_no_family_name(site: Site) -> None:
    assert {subject["lang"] for subject in site.subjects} == {"fi", "sv", "en", "et"}
    assert all(subject["name"].endswith(".") and len(subject["name"].split()[-1]) == 2 for subject in site.subjects)


def test_somebody_meets_every_refusal_of_a_ticket() -> None:
    site = make_terminal(1, NOW, PLACES)
    tickets = {ticket["id"]: ticket for ticket in site.tickets}
    sailings = {departure["id"]: departure for departure in site.departures}
    of = {sample.key: tickets[sample.id] for sample in site.samples if sample.key and sample.id in tickets}
    assert of["terminal-used"]["state"] == "redeemed"
    assert of["terminal-wrong-day"]["valid_from"] > NOW
    assert of["terminal-expired"]["valid_until"] < NOW
    assert of["terminal-revoked"]["state"] == "revoked"
    assert of["terminal-blocked"]["state"] == "blocked"
    assert sailings[of["terminal-too-late"]["departure"]]["check_in_until"] <= NOW
    assert of["terminal-not-checked-in"]["journey"]["state"] == "booked"
    assert of["triin-ticket"]["step_free"]
    plain = {sample.key: sample for sample in site.samples if sample.payload}
    assert plain["terminal-unknown"].payload not in {card["payload"] for card in site.cards}
    assert plain["terminal-lost-card"].payload in {card["payload"] for card in site.cards if card["revoked"]}
    assert next(sample for sample in site.samples if sample.key == "terminal-forged").tampered


@pytest.mark.parametrize("minute", range(0, 24 * 60, 97))
def test_at_any_time_of_the_day_the_storys_passengers_can_check_in_and_board(minute: int) -> None:
    now = NOW + minute * MINUTE
    site = make_terminal(1, now, PLACES)
    sailings = {departure["id"]: departure for departure in site.departures}
    tickets = {ticket["id"]: ticket for ticket in site.tickets}
    for key in ("aino-ticket", "nils-ticket", "triin-ticket", "lucy-ticket"):
        ticket = next(tickets[sample.id] for sample in site.samples if sample.key == key)
        sailing = sailings[ticket["departure"]]
        assert ticket["valid_from"] <= now < ticket["valid_until"]
        # Half an hour is left, so that somebody who tries the demo by hand is not too late at once.
        assert sailing["check_in_until"] - now >= 30 * MINUTE
        assert sailing["departs_at"] - now <= HOUR
