"""Broker clusters: their rules let through what mosquitto's let through and nothing else, and the wire fits into each."""

import json
import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from deploy.broker import accounts, limits
from deploy.broker.accounts import Account, Rights
from deploy.broker.cluster import main
from deploy.broker.clusters import SHARED_GROUP, aws_policy, emqx_acl, hivemq_credentials
from deploy.broker.limits import Limits, hubs_needed
from deploy.errors import DeployError
from kiosk.model.ids import DeviceId, SiteId
from sync.hub.ingest import FILTERS
from sync.link.settings import BrokerAddress, LinkSettings
from sync.wire import topics
from sync.wire.messages import MAX_ENVELOPE_BYTES

HERE = Path(accounts.__file__).parent
_LONGEST = "x" * 63
_DEVICES = {"gate-1": "harbour", "gate-10": "harbour", "desk-1": "market"}
_FLEET = [Account(name, "a-secret", Rights.DEVICE, site) for name, site in _DEVICES.items()]
_FLEET.append(Account("hub-1", "a-secret", Rights.HUB))
_KEEPALIVE_S = LinkSettings(BrokerAddress("broker", 8883, "gate-1", ""), "gate-1").keepalive_s
_LEAVES = ("up", "hello", "status", "req", "ack", "down")
_TOPICS = [f"cx/1/{device}/{leaf}" for device in _DEVICES for leaf in _LEAVES]
_TOPICS += [f"cx/1/site/{site}/claims" for site in ("harbour", "market")]
_FILTERS = [*_TOPICS, "#", "cx/#", "cx/1/+/up", "cx/1/+/ack", "cx/1/site/+/claims"]

May = Callable[[str, str, str], bool]
"""Whether a user may `publish` on a topic or `subscribe` to a filter."""


def _should(user: str, action: str, topic: str) -> bool:
    """What the design says: a device its own topics and its site's claims, the hub everybody's."""
    if user.startswith("hub-"):
        leaf = topic.rpartition("/")[2]
        if action == "publish":
            return topic.count("/") == 3 and leaf in accounts.DEVICE_READS
        return topic.startswith("cx/1/") and topic.count("/") == 3 and leaf in accounts.DEVICE_WRITES
    if topic == f"cx/1/site/{_DEVICES[user]}/claims":
        return True
    leaves = accounts.DEVICE_WRITES if action == "publish" else accounts.DEVICE_READS
    return topic in {f"cx/1/{user}/{leaf}" for leaf in leaves}


def _fits(pattern: str, topic: str) -> bool:
    """MQTT's own matching, a filter as a topic taken literally where the rule is."""
    ours, theirs = pattern.split("/"), topic.split("/")
    return len(ours) == len(theirs) and all(p in ("+", t) for p, t in zip(ours, theirs, strict=True))


def _emqx() -> May:
    rule = re.compile(r'\{(allow|deny), (?:\{username, "([^"]+)"\}|(all))(?:, (\w+), \[([^\]]*)\])?\}\.')
    lines = [line for line in emqx_acl(_FLEET).splitlines() if line and not line.startswith("%%")]
    rules = [match.groups() for line in lines if (match := rule.fullmatch(line))]
    assert len(rules) == len(lines), "a line is no rule"
    assert rules[-1][0] == "deny"

    def may(user: str, action: str, topic: str) -> bool:
        for verdict, who, everybody, what, listed in rules:
            if not (everybody or who == user) or what not in (None, "all", action):
                continue
            named = re.findall(r'"([^"]+)"', listed or "")
            if not named or any(_fits(each.replace("${username}", user), topic) for each in named):
                return bool(verdict == "allow")
        return False

    return may


def _hivemq() -> May:
    root = ET.fromstring(hivemq_credentials(_FLEET))  # noqa: S314 - our own text
    roles = {role.findtext("id"): role.findall("permissions/permission") for role in root.findall("roles/role")}
    users = {user.findtext("name"): [each.text for each in user.findall("roles/id")] for user in root.iter("user")}

    def may(user: str, action: str, topic: str) -> bool:
        return any(
            permission.findtext("activity") in ("ALL", action.upper())
            and _fits((permission.findtext("topic") or "").replace("${{username}}", user), topic)
            for role in users[user]
            for permission in roles[role]
        )

    return may


def _aws() -> May:
    texts = {
        kind: aws_policy((HERE / f"awsiot-{kind}.json").read_text(), "eu-north-1", "1" * 12)
        for kind in ("device", "hub")
    }
    head = f"arn:aws:iot:eu-north-1:{'1' * 12}:"

    def may(user: str, action: str, topic: str) -> bool:
        text = texts["hub" if user.startswith("hub-") else "device"]
        text = text.replace("${iot:Connection.Thing.ThingName}", user)
        text = text.replace("${iot:Connection.Thing.Attributes[site]}", _DEVICES.get(user, ""))
        kind = "topic" if action == "publish" else "topicfilter"
        found = [each for each in json.loads(text)["Statement"] if each["Action"] == f"iot:{action.title()}"]
        resources = [resource.removeprefix(head) for each in found for resource in each["Resource"]]
        asked = [f"{kind}/{topic}", f"{kind}/$share/{SHARED_GROUP}/{topic}"]
        # + and # mean nothing in a policy; only * does.
        return any(fnmatchcase(one, resource.replace("[", "[[]")) for one in asked for resource in resources)

    return may


@pytest.mark.parametrize("rules", [_emqx, _hivemq, _aws])
def test_a_cluster_lets_a_device_do_what_is_its_own_and_nothing_else(rules: Callable[[], May]) -> None:
    may = rules()
    for user in _DEVICES:
        for topic in _TOPICS:
            assert may(user, "publish", topic) == _should(user, "publish", topic), (user, topic)
        for topic in _FILTERS:
            assert may(user, "subscribe", topic) == _should(user, "subscribe", topic), (user, topic)


@pytest.mark.parametrize("rules", [_emqx, _hivemq, _aws])
def test_a_cluster_lets_a_hub_hear_and_answer_all_devices(rules: Callable[[], May]) -> None:
    may = rules()
    for device in _DEVICES:
        for leaf in accounts.DEVICE_READS:
            assert may("hub-1", "publish", f"cx/1/{device}/{leaf}")
        for leaf in accounts.DEVICE_WRITES:
            assert not may("hub-1", "publish", f"cx/1/{device}/{leaf}")
    for topic_filter in FILTERS:
        assert may("hub-1", "subscribe", topic_filter.removeprefix(f"$share/{SHARED_GROUP}/"))
    assert not may("hub-1", "subscribe", "#")


def _used_topics() -> Iterator[str]:
    device, site = DeviceId(_LONGEST), SiteId(_LONGEST)
    yield from (each(device) for each in (topics.up, topics.hello, topics.ack, topics.down, topics.status))
    yield topics.claims(site)
    yield from FILTERS


@pytest.mark.parametrize("broker", limits.ALL, ids=lambda each: each.broker)
def test_the_wire_fits_into_what_each_broker_allows(broker: Limits) -> None:
    """Every topic with the longest names there can be, the largest message, and what one connection subscribes to."""
    for topic in _used_topics():
        bare = topic.removeprefix(f"$share/{SHARED_GROUP}/")
        assert bare.count("/") + 1 <= broker.topic_levels
        assert len(topic.encode()) <= broker.topic_bytes
    assert len(f"{_LONGEST}-01234567") <= broker.client_bytes
    assert broker.payload_bytes >= MAX_ENVELOPE_BYTES
    assert len(FILTERS) <= (broker.filters_at_once or len(FILTERS))
    assert len(FILTERS) <= (broker.filters or len(FILTERS))
    # One that is asked for and not kept to is lengthened by the broker, never shortened.
    assert broker.keepalive_s[1] >= _KEEPALIVE_S
    assert broker.shared
    assert broker.mqtt5


def test_the_rules_name_every_topic_of_the_wire() -> None:
    """A new topic on the wire must get its rule on every broker."""
    leaves = {topic.rpartition("/")[2] for topic in _used_topics()}
    assert leaves <= {*accounts.DEVICE_WRITES, *accounts.DEVICE_READS, "claims"}
    assert f"$share/{SHARED_GROUP}/" in FILTERS[0]


@pytest.mark.parametrize("kind", ["device", "hub"])
def test_a_policy_is_no_longer_than_aws_takes(kind: str) -> None:
    text = aws_policy((HERE / f"awsiot-{kind}.json").read_text(), "ap-southeast-1", "1" * 12)
    assert len("".join(text.split())) <= limits.AWS_POLICY_CHARACTERS


def test_configuration_files_say_what_the_limits_say() -> None:
    """The numbers that the test above relies on are those that the brokers are told."""
    emqx = (HERE / "emqx.conf").read_text()
    assert f"max_packet_size = {limits.EMQX.payload_bytes // 1024}KB" in emqx
    assert f"max_topic_levels = {limits.EMQX.topic_levels}" in emqx
    assert f"max_inflight = {limits.EMQX.in_flight}" in emqx
    hivemq = ET.parse(HERE / "hivemq.xml").getroot()  # noqa: S314 - our own file
    assert hivemq.findtext("mqtt/packets/max-packet-size") == str(limits.HIVEMQ.payload_bytes)
    assert hivemq.findtext("mqtt/receive-maximum/server-receive-maximum") == str(limits.HIVEMQ.in_flight)


def test_emqx_configuration_has_the_form_of_its_language() -> None:
    """Blocks close, and every other line sets one value."""
    depth = 0
    for number, line in enumerate((HERE / "emqx.conf").read_text().splitlines(), start=1):
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        depth += bare.count("{") - bare.count("}") + bare.count("[") - bare.count("]")
        assert depth >= 0, number
        assert re.fullmatch(r"[\w.]+ = .+|[\w.]+ \{|[}\]]|\{ .+ \},?", bare), (number, bare)
    assert depth == 0


@pytest.mark.parametrize(("messages", "size", "hubs"), [(50, 10_000, 1), (101, 10_000, 2), (40, 2_000_000, 4)])
def test_aws_sends_one_connection_only_so_much(messages: float, size: float, hubs: int) -> None:
    """So many hubs it takes, by messages or by bytes a second."""
    assert hubs_needed(limits.AWS_IOT, messages, size) == hubs
    assert hubs_needed(limits.EMQX, messages, size) == 1


def test_the_command_writes_what_each_broker_needs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fleet = tmp_path / "devices.json"
    fleet.write_text(json.dumps([{"id": name, "site": site, "role": "gate"} for name, site in _DEVICES.items()]))
    for broker, names in (("emqx", {"emqx.conf", "acl.conf"}), ("hivemq", {"config.xml", "credentials.xml"})):
        into = tmp_path / broker
        assert main([broker, "--devices", str(fleet), "--into", str(into), "--hubs", "2"]) == 0
        assert {path.name for path in into.iterdir()} == names
        rules = "".join(path.read_text() for path in into.iterdir())
        assert "hub-2" in rules
        assert all(name in rules for name in _DEVICES)
    into = tmp_path / "aws"
    assert main(["aws", "--into", str(into), "--region", "eu-north-1", "--account", "123456789012"]) == 0
    for path in into.iterdir():
        text = path.read_text()
        assert json.loads(text)["Version"] == "2012-10-17"
        assert "ACCOUNT" not in text
    assert "attach-policy" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["emqx"], "--devices is missing"),
        (["emqx", "--devices", "/nowhere.json"], "can't be read"),
        (["aws", "--region", "north", "--account", "123456789012"], "no region"),
        (["aws", "--region", "eu-north-1", "--account", "12"], "no account"),
    ],
)
def test_the_command_says_what_is_missing(tmp_path: Path, arguments: list[str], says: str) -> None:
    with pytest.raises(DeployError, match=says):
        main([*arguments, "--into", str(tmp_path / "out")])


def test_a_device_that_is_called_like_a_hub_is_refused(tmp_path: Path) -> None:
    """It would get the hub's rights."""
    fleet = tmp_path / "devices.json"
    fleet.write_text('[{"id": "hub-1", "site": "harbour"}]')
    with pytest.raises(DeployError, match="called hub-1"):
        main(["emqx", "--devices", str(fleet), "--into", str(tmp_path / "out")])
