"""`opas hub pathway close|open|clear|list SITE [PATHWAY]`: tell every screen of a site that a way is closed or open now.

`clear` takes back what was said: then the content pack's own word holds again. A time without an offset is the site's.
"""

import argparse
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from kiosk.model.ids import EpochMs
from sync.hub.clock import SystemClock
from sync.hub.commands.client import AdminClient
from sync.hub.commands.pages import actions_of, add_config, page
from sync.hub.errors import HubError
from sync.hub.settings import load_settings

_ACTIONS = (
    ("close", "nobody is led over it from now on"),
    ("open", "it is open, whatever the content pack says"),
    ("clear", "take back what was said of it"),
    ("list", "all ways of a site"),
)
_MS = 1000


class NoTime(HubError):
    """What was given as a time is none."""

    exit_status = 64


def main(argv: Sequence[str]) -> int:
    """Do what the arguments `argv` say; the exit status."""
    asked = _parser().parse_args(argv)
    client = AdminClient(load_settings(asked.config))
    path = f"/v1/sites/{quote(asked.site, safe='')}/pathways"
    if asked.action == "list":
        print("\n".join(told(client.get(path))))
        return 0
    one = f"{path}/{quote(asked.pathway, safe='')}"
    if asked.action == "clear":
        client.delete(one)
        print(f"{asked.pathway}: as the content pack says.")
        return 0
    zone = ZoneInfo(client.get(path)["zone"])
    until = ending(asked.until, asked.minutes, zone, SystemClock().now().wall_ms)
    client.put(one, {"open": asked.action == "open", "until": until, "why": asked.why})
    said = "open" if asked.action == "open" else "closed"
    print(
        f"{asked.pathway}: {said}{'' if until is None else f' until {_local(until, zone)}'}, on every screen of {asked.site}."
    )
    return 0


def ending(until: str | None, minutes: int | None, zone: ZoneInfo, now: EpochMs) -> EpochMs | None:
    """The moment that was asked for, None for none. Raises `NoTime`."""
    if minutes is not None:
        return EpochMs(now + round(timedelta(minutes=minutes).total_seconds() * _MS))
    if until is None:
        return None
    try:
        moment = datetime.fromisoformat(until)
    except ValueError as error:
        raise NoTime(f'"{until}" is no time.', "Write it as 2027-03-28T16:00, in the site's time.") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return EpochMs(round(moment.timestamp() * _MS))


def told(found: dict[str, Any]) -> Iterator[str]:
    """Every way of the site, one a line: what it is, what it joins, and what is said of it."""
    zone = ZoneInfo(found["zone"])
    for way in found["pathways"]:
        said = way["said"]
        state = "as in the pack" if said is None else "open" if said["open"] else "CLOSED"
        if said is not None and said.get("until") is not None:
            state += f" until {_local(said['until'], zone)}"
        if said is not None and said.get("why"):
            state += f" ({said['why']})"
        yield f"{way['id']:<20} {way['mode']:<15} {way['start']} – {way['end']}: {state}"


def _local(moment: int, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(moment / _MS, UTC).astimezone(zone):%Y-%m-%d %H:%M}"


def _parser() -> argparse.ArgumentParser:
    parser = page("pathway", __doc__)
    for action, command in actions_of(parser, _ACTIONS):
        if action != "list":
            command.add_argument("pathway", metavar="PATHWAY", help="its id in pathways.csv")
        if action in {"close", "open"}:
            times = command.add_mutually_exclusive_group()
            times.add_argument(
                "--until",
                metavar="TIME",
                help="when that ends, as in 2027-03-28T16:00 (default: when it is taken back)",
            )
            times.add_argument("--minutes", type=int, metavar="N", help="for how many minutes, instead")
            command.add_argument("--why", default="", metavar="TEXT", help="for colleagues; no screen shows it")
        add_config(command)
    return parser
