"""The broker's access rules."""

import pytest

from deploy.broker.accounts import Account, Rights, acl_text, new_password, passwords_text
from kiosk.model.ids import DeviceId, SiteId
from sync.wire import topics

DEVICE = Account("shop-desk-1", "secret", Rights.DEVICE, "shop")
HUB = Account("hub", "secret", Rights.HUB)


def rules(account: Account) -> set[str]:
    return {line.removeprefix("topic ") for line in acl_text([account]).splitlines() if line.startswith("topic ")}


def test_a_device_may_write_and_read_its_own_topics_and_its_sites_claims_only() -> None:
    device, site = DeviceId("shop-desk-1"), SiteId("shop")
    assert rules(DEVICE) == {
        f"write {topics.up(device)}",
        f"write {topics.hello(device)}",
        f"write {topics.status(device)}",
        f"write cx/1/{device}/req",
        f"read {topics.ack(device)}",
        f"read {topics.down(device)}",
        f"readwrite {topics.claims(site)}",
    }


def test_the_hub_reads_what_all_devices_send_and_answers_each() -> None:
    assert {f"read {topics.INGEST_FILTER}", f"read {topics.HELLO_FILTER}", f"read {topics.STATUS_FILTER}"} <= rules(HUB)
    assert "write cx/1/+/ack" in rules(HUB)
    assert not any(rule.startswith("write") and rule.endswith("/up") for rule in rules(HUB))


@pytest.mark.parametrize("user", ["", "a b", "d\ntopic #", "+", "#", "Å", "x" * 64, "d:1"])
def test_a_name_that_would_change_the_files_is_refused(user: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        Account(user, "secret", Rights.DEVICE, "shop")


@pytest.mark.parametrize("password", ["", "a:b", "a\nroot:x"])
def test_a_password_that_would_change_the_file_is_refused(password: str) -> None:
    with pytest.raises(ValueError, match="printable"):
        Account("shop-desk-1", password, Rights.DEVICE, "shop")


def test_passwords_are_random_and_fit_into_the_file() -> None:
    first, second = new_password(), new_password()
    assert first != second
    assert passwords_text([Account("hub", first, Rights.HUB)]) == f"hub:{first}\n"
