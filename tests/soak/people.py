"""The people who come: invented, imported into the hub, each with codes that are theirs."""

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from deploy.clock import wall_ms
from deploy.demo.codes import draw_code
from deploy.demo.content import Kind
from deploy.demo.seeding import compile_pack
from deploy.demo.terminal import SITE, Places, make_terminal
from deploy.web import HubApi

_DESK = f"{SITE}-desk-1"
_LATE_MS = 24 * 3_600_000


class Visitor(msgspec.Struct, frozen=True):
    """One code that somebody brings. `name` is how screens may call them, empty for what belongs to nobody."""

    payload: str
    name: str
    picture: Path


class Crowd(msgspec.Struct, frozen=True):
    """All who may come, a subject for orders of nobody in particular, and where the desk hands them over."""

    visitors: tuple[Visitor, ...]
    regular: str
    desk: str

    def others(self, name: str) -> frozenset[str]:
        """The names that must not stand on a screen that answers somebody called `name`."""
        return frozenset(each.name for each in self.visitors) - {name}


def invite(hub: HubApi, repository: Path, folder: Path, seed: int) -> Crowd:
    """Import a crowd, beside what the site has, and draw a picture of each of their codes."""
    pack = compile_pack(repository / "assets" / "packs" / SITE, SITE)
    site = make_terminal(seed, wall_ms(), Places(pack.gates(), pack.place(_DESK)))
    answer = hub.post(f"/v1/sites/{SITE}/import", site.body)
    names, owners = {each["id"]: str(each["name"]) for each in site.subjects}, _owners(site.tickets, site.orders)
    folder.mkdir(parents=True)
    visitors = []
    for number, code in enumerate(answer["codes"]):
        subject = code["id"] if code["kind"] == Kind.LOYALTY else owners[code["id"]]
        picture = folder / f"{number:04}.png"
        draw_code(code["payload"], picture)
        visitors.append(Visitor(code["payload"], names[subject], picture))
    # A line that is played is trimmed at its ends.
    typed = tuple(each for each in visitors if each.payload == each.payload.strip())
    return Crowd(typed, str(site.subjects[0]["id"]), pack.place(_DESK))


def order_for(crowd: Crowd, dice: random.Random, number: str) -> dict[str, Any]:
    """An order that has just come in."""
    return {
        "id": dice.randbytes(8).hex(),
        "number": number,
        "subject": crowd.regular,
        "site": SITE,
        # The most urgent of all: a desk shows its queue page by page, and some of the crowd's orders nobody ever prepares.
        "due_at": wall_ms() - _LATE_MS,
        "place": crowd.desk,
        "state": "accepted",
        "lines": [{"article": "Kahvi 500 g", "quantity": 1}],
    }


def _owners(*groups: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {each["id"]: each["subject"] for group in groups for each in group}
