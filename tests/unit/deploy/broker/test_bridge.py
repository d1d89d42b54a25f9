"""The bridge's lines in the configuration of a site's broker."""

from pathlib import Path

import pytest

from deploy.broker.accounts import Account, Rights, acl_text
from deploy.broker.bridge import Bridge, bridge_text

SITE = Account("site-shop", "secret", Rights.SITE, devices=("shop-desk-1", "shop-kiosk-1"))


def lines(bridge: Bridge) -> list[str]:
    return [line for line in bridge_text(bridge).splitlines() if not line.startswith("#")]


def test_each_topic_of_each_device_goes_its_own_way_and_no_claims() -> None:
    """And the account at the centre may do just that."""
    topics = [line.split() for line in lines(Bridge("mq.example", 8883, SITE)) if line.startswith("topic ")]
    ways = {(topic, way) for _, topic, way, _ in topics}
    assert {qos for *_, qos in topics} == {"1"}
    allowed = [line.split() for line in acl_text([SITE]).splitlines() if line.startswith("topic ")]
    assert ways == {(topic, "out" if right == "write" else "in") for _, right, topic in allowed}
    assert len(ways) == 12
    assert not any("claims" in topic or "+" in topic or "#" in topic for topic, _ in ways)


def test_it_speaks_tls_when_an_authority_is_named() -> None:
    """To the address and as the account that were given."""
    plain, secured = Bridge("mq.example", 1883, SITE), Bridge("mq.example", 8883, SITE, Path("/etc/opas/ca.pem"))
    assert "bridge_cafile /etc/opas/ca.pem" in lines(secured)
    assert not any("cafile" in line for line in lines(plain))
    assert {"address mq.example:8883", "remote_username site-shop", "remote_password secret"} <= set(lines(secured))


@pytest.mark.parametrize("host", ["", "a b", "a\nallow_anonymous true"])
def test_a_host_that_would_change_the_file_is_refused(host: str) -> None:
    with pytest.raises(ValueError, match="no host"):
        Bridge(host, 1883, SITE)


def test_only_a_sites_account_with_a_plain_password_can_be_bridged() -> None:
    with pytest.raises(ValueError, match="no account of a site"):
        Bridge("mq.example", 1883, Account("hub", "secret", Rights.HUB))
    with pytest.raises(ValueError, match="blanks"):
        Bridge("mq.example", 1883, Account("site-shop", "two words", Rights.SITE))
    with pytest.raises(ValueError, match="no name"):
        Account("site-shop", "secret", Rights.SITE, devices=("+",))
