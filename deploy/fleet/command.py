"""`opas fleet COMMAND`: let devices in, list them, renew their certificates, turn them out."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from deploy.fleet.access import add_access, open_access
from deploy.web import HubApi

_ROLES = ("kiosk", "gate", "board", "desk")
_STANDING = {
    "claimed": "claimed",
    "expired": "EXPIRED: claim it anew",
    "removed": "removed",
    "token": "token, no certificate",
}


def main(arguments: Sequence[str]) -> int:
    """Do what `arguments` ask for; the exit status. Raises `DeployError`."""
    options = _parser().parse_args(arguments)
    run: Callable[[HubApi, argparse.Namespace], int] = options.run
    return run(open_access(options), options)


def _claim(hub: HubApi, options: argparse.Namespace) -> int:
    form = {
        "code": options.code,
        "site": options.site,
        "device": options.device,
        "role": options.role,
        "name": options.name,
        "replace": options.replace,
    }
    claimed = hub.post("/v1/claims", form)
    print(f"{claimed['device']} is {claimed['role']} at {claimed['site']}; it goes on by itself within seconds.")
    print(f"key {claimed['fingerprint'][:16]}…, certificate until {_date(claimed['not_after'])}, renewed before that.")
    return 0


def _list(hub: HubApi, options: argparse.Namespace) -> int:
    members, waiting = hub.get("/v1/fleet"), hub.get("/v1/enrolments")
    if options.json:
        print(json.dumps({"devices": members, "waiting": waiting}, indent=1))
        return 0
    rows = [("DEVICE", "SITE", "ROLE", "STANDING", "UNTIL"), *map(_row, members)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for each in waiting:
        was = f", comes back as {each['was']}" if each["was"] else ""
        told = ", CONTESTED: another device came with its code" if each["contested"] else ""
        print(f"waiting to be claimed: key {each['fingerprint'][:16]}…, until {_time(each['expires_at'])}{was}{told}")
    return 0


def _revoke(hub: HubApi, options: argparse.Namespace) -> int:
    for device in options.devices:
        taken = hub.delete(f"/v1/devices/{quote(device, safe='')}/certificates")["taken_back"]
        print(f"{device} is out: {taken} certificates count no more, nor does its token. Its events stay.")
    return 0


def _rotate(hub: HubApi, options: argparse.Namespace) -> int:
    for device in options.devices:
        hub.post(f"/v1/devices/{quote(device, safe='')}/renewal", {})
        print(f"{device} makes a new key the next time it asks, within a quarter of an hour.")
    return 0


def _ca(hub: HubApi, options: argparse.Namespace) -> int:
    authority = hub.get("/v1/authority")
    if options.out is not None:
        options.out.write_text(authority["root"], encoding="ascii")
    print(authority["pin"])
    return 0


def _row(member: dict[str, Any]) -> tuple[str, ...]:
    standing = _STANDING.get(member["standing"], member["standing"])
    cloned = ", CLONED: two devices send under its name" if member["cloned"] else ""
    until = "" if member["not_after"] is None else _date(member["not_after"])
    return member["device"], member["site"], member["role"], standing + cloned, until


def _date(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d}"


def _time(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1000, UTC):%H:%M UTC}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="opas fleet", description="Who belongs to the fleet.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    claim = _command(commands, "claim", "let in the device that shows a code", _claim)
    claim.add_argument("code", help="the eight letters and digits on its screen, or what its QR code says")
    claim.add_argument("--site", required=True, help="the site that it stands at; it must be registered")
    claim.add_argument("--device", required=True, help="its name: lower-case letters, digits, hyphens")
    claim.add_argument("--role", required=True, choices=_ROLES)
    claim.add_argument("--name", default="", help="what people call it")
    claim.add_argument("--replace", action="store_true", help="turn out the device that has this name now")
    listing = _command(commands, "list", "all devices with their certificates, and who waits to be claimed", _list)
    listing.add_argument("--json", action="store_true", help="as JSON")
    for name, says, run in (
        ("revoke", "turn devices out for good", _revoke),
        ("rotate", "have devices make a new key now", _rotate),
    ):
        _command(commands, name, says, run).add_argument("devices", nargs="+", metavar="DEVICE")
    ca = _command(commands, "ca", "the fingerprint that a fresh device is told as [hub] ca_sha256", _ca)
    ca.add_argument("--out", type=Path, help="write the certificate there, too")
    return parser


def _command(
    commands: Any, name: str, says: str, run: Callable[[HubApi, argparse.Namespace], int]
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=says, description=says)
    add_access(parser)
    parser.set_defaults(run=run)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
