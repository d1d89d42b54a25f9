"""Fills a running hub: sites, devices, content packs, people; and keeps what it gave back."""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.demo.content import Site
from deploy.demo.devices import Device
from deploy.demo.shop import NAME as SHOP_NAME
from deploy.demo.shop import SITE as SHOP
from deploy.demo.shop import make_shop
from deploy.demo.terminal import NAME as TERMINAL_NAME
from deploy.demo.terminal import SITE as TERMINAL
from deploy.demo.terminal import Places, make_terminal
from deploy.errors import DeployError
from deploy.release.finding import PackRefused
from deploy.release.pack import build_pack
from deploy.web import HubApi

SEED = 1640
"""The same people at every start; only their times move."""
SITE_NAMES = {TERMINAL: TERMINAL_NAME, SHOP: SHOP_NAME}


@dataclass(slots=True)
class Seeded:
    """What the hub gave: keys by site, tokens by device, payloads by site, kind and id; and the sites' content."""

    site_keys: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    payloads: dict[tuple[str, str, str], str] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PackFile:
    """A compiled content pack, as far as the demo's content depends on it."""

    site: str
    body: bytes
    document: Mapping[str, Any]

    def place(self, device: str) -> str:
        """Where the pack says that a touchpoint stands. Raises `DeployError` when it does not know it."""
        for touchpoint in self.document["touchpoints"]:
            if touchpoint["id"] == device:
                return str(touchpoint["place"])
        raise DeployError(
            f"The content pack of {self.site} does not name {device}.", "Add it to touchpoints in assets/packs."
        )

    def gates(self) -> tuple[str, ...]:
        """The places that one boards from; where none is called a gate, the place of the gate itself."""
        found = [str(place["id"]) for place in self.document["places"] if str(place["id"]).startswith("gate-")]
        return tuple(found) or (self.place("terminal-gate-1"),)


def compile_pack(folder: Path, site: str) -> PackFile:
    """The pack whose source lies in `folder`. Raises `DeployError` with all that is wrong with it."""
    try:
        body = build_pack(folder)
    except PackRefused as refused:
        raise DeployError(f"{folder} can't be compiled:\n{refused}", "Correct the content pack.") from refused
    return PackFile(site, body, json.loads(body))


def seed(hub: HubApi, devices: Iterable[Device], packs: Mapping[str, PackFile], now: int) -> Seeded:
    """Make the sites of `packs` with all that belongs to them. Raises what the hub refuses."""
    seeded = Seeded()
    for site, pack in packs.items():
        seeded.site_keys[site] = _site_key(hub.put(f"/v1/sites/{site}", {"name": SITE_NAMES[site]}))
        hub.put(f"/v1/sites/{site}/pack", pack.body)
        content = _content(site, pack, now)
        answer = hub.post(f"/v1/sites/{site}/import", content.body)
        seeded.payloads |= {(site, code["kind"], code["id"]): code["payload"] for code in answer["codes"]}
        seeded.sites[site] = content
    for device in devices:
        form = {"site": device.site, "role": device.role, "name": device.name}
        seeded.tokens[device.id] = str(hub.put(f"/v1/devices/{device.id}", form)["token"])
    return seeded


def _content(site: str, pack: PackFile, now: int) -> Site:
    desk = pack.place(f"{site}-desk-1")
    if site == SHOP:
        return make_shop(SEED, now, desk)
    return make_terminal(SEED, now, Places(pack.gates(), desk))


def _site_key(answer: Mapping[str, Any]) -> str:
    key = str(answer["site_key"])
    try:
        base64.b64decode(key, validate=True)
    except binascii.Error as error:
        raise DeployError("The hub gave a site key that is none.", "Read the hub's log.") from error
    return key
