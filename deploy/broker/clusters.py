"""Access rules for brokers that are clusters: what mosquitto's `acl_text` says, in each one's own words. Pure.

None of them is trusted with more than that: events are kept by the devices until the hub's own ack has come.
"""

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape

from deploy.broker.accounts import DEVICE_READS, DEVICE_WRITES, Account, Rights

SHARED_GROUP = "hub"
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]")
_ACCOUNT = re.compile(r"[0-9]{12}")
_ROLE = """\
        <role>
            <id>{name}</id>
            <permissions>
{permissions}
            </permissions>
        </role>"""
_PERMISSION = """\
                <permission>
                    <topic>{topic}</topic>
                    <activity>{activity}</activity>
                    <qos>ALL</qos>
                    <retain>NOT_RETAINED</retain>
                    <shared-subscription>{shared}</shared-subscription>
                    <shared-group>{group}</shared-group>
                </permission>"""
_USER = """\
        <user>
            <name>{name}</name>
            <password>{password}</password>
            <roles>
{roles}
            </roles>
        </user>"""


def emqx_acl(accounts: Sequence[Account]) -> str:
    """The content of EMQX's `acl.conf`: the first rule that fits counts, the last one denies the rest.

    Devices share five rules; a site's claims need one for each of its devices, none where sites have brokers of their own.
    """
    lines = ["%% Written by `opas cluster emqx`. A user is the name in a certificate."]
    for hub in _of(accounts, Rights.HUB):
        read = [f"cx/1/+/{leaf}" for leaf in DEVICE_WRITES]
        # Versions differ in whether the group is part of what is checked.
        shared = [f"$share/{SHARED_GROUP}/{topic}" for topic in read]
        lines.append(_emqx(hub.user, "subscribe", [*read, *shared]))
        lines.append(_emqx(hub.user, "publish", [f"cx/1/+/{leaf}" for leaf in DEVICE_READS]))
    for site in _of(accounts, Rights.SITE):
        lines.append(_emqx(site.user, "publish", [f"cx/1/{d}/{leaf}" for d in site.devices for leaf in DEVICE_WRITES]))
        lines.append(_emqx(site.user, "subscribe", [f"cx/1/{d}/{leaf}" for d in site.devices for leaf in DEVICE_READS]))
    own = "cx/1/${username}"
    lines.append(_emqx("", "publish", [f"{own}/{leaf}" for leaf in DEVICE_WRITES]))
    lines.append(_emqx("", "subscribe", [f"{own}/{leaf}" for leaf in DEVICE_READS]))
    lines += [_emqx(device.user, "all", [_claims(device)]) for device in _of(accounts, Rights.DEVICE)]
    return "\n".join([*lines, "{deny, all}.", ""])


def hivemq_credentials(accounts: Sequence[Account]) -> str:
    """The content of `credentials.xml` of HiveMQ's File RBAC extension, with passwords in plain, as it reads them.

    Raises `ValueError` for an account without a password.
    """
    devices, hubs = _of(accounts, Rights.DEVICE), _of(accounts, Rights.HUB)
    own = "cx/1/${{username}}"
    roles = [
        _role("device", [*_may("PUBLISH", own, DEVICE_WRITES), *_may("SUBSCRIBE", own, DEVICE_READS)]),
        _role("hub", [*_may("PUBLISH", "cx/1/+", DEVICE_READS), *_may("SUBSCRIBE", "cx/1/+", DEVICE_WRITES)]),
    ]
    sites = sorted({device.site for device in devices})
    roles += [_role(f"site-{site}", [_permission(f"cx/1/site/{site}/claims", "ALL")]) for site in sites]
    for bridge in _of(accounts, Rights.SITE):
        rules = [
            rule
            for device in bridge.devices
            for rule in (
                *_may("PUBLISH", f"cx/1/{device}", DEVICE_WRITES),
                *_may("SUBSCRIBE", f"cx/1/{device}", DEVICE_READS),
            )
        ]
        roles.append(_role(f"bridge-{bridge.user}", rules))
    users = [_user(device, ["device", f"site-{device.site}"]) for device in devices]
    users += [_user(hub, ["hub"]) for hub in hubs]
    users += [_user(bridge, [f"bridge-{bridge.user}"]) for bridge in _of(accounts, Rights.SITE)]
    parts = ["    <users>", *users, "    </users>", "    <roles>", *roles, "    </roles>"]
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', "<file-rbac>", *parts, "</file-rbac>", ""])


def aws_policy(pattern: str, region: str, account: str, hub: str = "hub") -> str:
    """One of the policies beside this file for a region and an account. Raises `ValueError` for what is none.

    One policy serves all devices: a thing's name is the device's id, its attribute `site` the site.
    """
    if not _REGION.fullmatch(region):
        msg = f"{region!r} is no region: write it as eu-north-1"
        raise ValueError(msg)
    if not _ACCOUNT.fullmatch(account):
        msg = f"{account!r} is no account: twelve digits"
        raise ValueError(msg)
    return pattern.replace("REGION", region).replace("ACCOUNT", account).replace("HUB", hub)


def _of(accounts: Sequence[Account], rights: Rights) -> list[Account]:
    return [account for account in accounts if account.rights is rights]


def _claims(device: Account) -> str:
    return f"cx/1/site/{device.site}/claims"


def _emqx(user: str, action: str, topics: Sequence[str]) -> str:
    who = f'{{username, "{user}"}}' if user else "all"
    listed = ", ".join(f'"{topic}"' for topic in topics)
    return f"{{allow, {who}, {action}, [{listed}]}}."


def _may(activity: str, prefix: str, leaves: Sequence[str]) -> list[str]:
    return [_permission(f"{prefix}/{leaf}", activity) for leaf in leaves]


def _permission(topic: str, activity: str) -> str:
    # Only the hub reads what all devices send, and only as a member of the group.
    shared = topic.startswith("cx/1/+") and activity == "SUBSCRIBE"
    kind, group = ("SHARED", SHARED_GROUP) if shared else ("NOT_SHARED", "#")
    return _PERMISSION.format(topic=topic, activity=activity, shared=kind, group=group)


def _role(name: str, permissions: Sequence[str]) -> str:
    return _ROLE.format(name=name, permissions="\n".join(permissions))


def _user(account: Account, roles: Sequence[str]) -> str:
    if not account.password:
        msg = f"{account.user} has no password, and this extension knows nothing else"
        raise ValueError(msg)
    listed = "\n".join(f"                <id>{role}</id>" for role in roles)
    return _USER.format(name=account.user, password=escape(account.password), roles=listed)
