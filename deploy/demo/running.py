"""The whole demo as one thing that starts and stops: broker, hub, and an agent and an app per device."""

import secrets
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.broker.accounts import Account, Rights, new_password
from deploy.broker.files import BrokerFiles, write_broker, write_private
from deploy.clock import wall_ms
from deploy.demo.codes import CodePicture, CodesFolder, write_strip
from deploy.demo.devices import (
    OFFSCREEN,
    Addresses,
    Device,
    DeviceFolder,
    Secrets,
    Showing,
    environment,
    write_device,
)
from deploy.demo.ports import LOOPBACK, free_ports, listens
from deploy.demo.seeding import SITE_NAMES, PackFile, Seeded, compile_pack, seed
from deploy.demo.supervisor import Program, Supervisor, Tier
from deploy.demo.tomltext import Table, toml_text
from deploy.errors import Unreachable
from deploy.web import HubApi

_BROKER_S, _HUB_S, _DEVICES_S = 15.0, 30.0, 120.0
_ASK_S = 5.0
_HUB = "hub"
_BROKER = "broker"


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run, and where. `showing` says how a device shows itself; one that is not in it draws offscreen.

    Without `apps` only the agents of the devices run.
    """

    folder: Path
    repository: Path
    devices: Sequence[Device]
    showing: Mapping[str, Showing] = field(default_factory=dict)
    apps: bool = True

    def folder_of(self, device: str) -> DeviceFolder:
        """A device's places."""
        return DeviceFolder(self.folder, device)


class RunningDemo:
    """Started when entered, all gone when left. One thread runs it. `say` is told of each phase in a short line."""

    def __init__(self, plan: Plan, say: Callable[[str], None]) -> None:
        self.plan = plan
        self.supervisor = Supervisor(plan.folder / "logs")
        self.pictures: dict[str, CodePicture] = {}
        """The codes that have a key."""
        hub, console, broker = free_ports(3)
        self.addresses = Addresses(hub, console, broker)
        self._admin_token = secrets.token_urlsafe(32)
        self.hub = HubApi(self.addresses.console_url, self._admin_token, _ASK_S)
        self._say = say
        self._accounts = {_HUB: Account(_HUB, new_password(), Rights.HUB)} | {
            device.id: Account(device.id, new_password(), Rights.DEVICE, device.site) for device in plan.devices
        }
        self._broker_program: Program | None = None

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.supervisor.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.supervisor.stop()

    def start_broker(self) -> None:
        """Start the broker, on the same port each time, and wait until it listens."""
        if self._broker_program is None:
            files = write_broker(self.plan.folder / _BROKER, self.addresses.broker, list(self._accounts.values()))
            self._broker_program = _broker_program(files)
        self.supervisor.start(self._broker_program)
        self.supervisor.wait("the broker", lambda: listens(self.addresses.broker), _BROKER_S)

    def kill_broker(self) -> None:
        """End the broker as a power cut would."""
        self.supervisor.kill(_BROKER)

    def _start(self) -> None:
        self._say(f"broker    127.0.0.1:{self.addresses.broker}, a password and access rules for each device")
        self.start_broker()
        self._say(f"hub       {self.addresses.hub_url} for devices, console at {self.addresses.console_url}")
        self._start_hub()
        self._say("content   people, tickets, orders, departures and content packs")
        seeded = seed(self.hub, self.plan.devices, self._packs(), wall_ms())
        for device in self.plan.devices:
            self._write_device(device, seeded)
        strips = [device for device, showing in self.plan.showing.items() if showing.strip]
        if strips:
            # An app looks at its strip once, when it starts.
            self._draw_codes(seeded, strips)
        self._say(f"devices   {', '.join(device.id for device in self.plan.devices)}")
        for device in self.plan.devices:
            self._start_device(device)
        if not strips:
            # Without one the pictures are drawn while the apps come up.
            self._draw_codes(seeded, [])
        if self.plan.apps:
            self.supervisor.wait("the devices", self._devices_are_up, _DEVICES_S)

    def _start_hub(self) -> None:
        config = self.plan.folder / "hub" / "hub.toml"
        config.parent.mkdir(mode=0o700)
        account = self._accounts[_HUB]
        tables: dict[str, Table] = {
            "hub": {
                "data": str(config.parent / "data"),
                "listen": f"{LOOPBACK}:{self.addresses.hub}",
                "console": f"{LOOPBACK}:{self.addresses.console}",
                "admin_token": self._admin_token,
            },
            "broker": {
                "host": LOOPBACK,
                "port": self.addresses.broker,
                "user": account.user,
                "password": account.password,
            },
        }
        write_private(config, toml_text(tables))
        self.supervisor.start(Program(_HUB, Tier.HUB, _python("sync.hub", config)))
        self.supervisor.wait("the hub", self._hub_answers, _HUB_S)

    def _hub_answers(self) -> bool:
        try:
            self.hub.get("/v1/state")
        except Unreachable:
            return False
        return True

    def _devices_are_up(self) -> bool:
        started = {event["device"] for event in self.hub.get("/v1/events?after=0&limit=1000")}
        return started >= {device.id for device in self.plan.devices}

    def _packs(self) -> dict[str, PackFile]:
        sources = self.plan.repository / "assets" / "packs"
        sites = dict.fromkeys(device.site for device in self.plan.devices)
        return {site: compile_pack(sources / site, site) for site in sites}

    def _write_device(self, device: Device, seeded: Seeded) -> None:
        known = Secrets(seeded.site_keys[device.site], seeded.tokens[device.id], self._accounts[device.id].password)
        folder = self.plan.folder_of(device.id)
        write_device(device, folder, self.addresses, known, self.plan.showing.get(device.id, OFFSCREEN))

    def _start_device(self, device: Device) -> None:
        config = self.plan.folder_of(device.id).config
        showing = self.plan.showing.get(device.id, OFFSCREEN)
        self.supervisor.start(Program(f"{device.id}-agent", Tier.AGENT, _python("sync.agent", config)))
        if self.plan.apps:
            self.supervisor.start(Program(device.id, Tier.APP, _python("kiosk", config), environment(showing)))

    def _draw_codes(self, seeded: Seeded, strips: Sequence[str]) -> None:
        names = {site: SITE_NAMES[site] for site in seeded.sites}
        codes = CodesFolder(self.plan.folder / "codes", self.plan.repository / "assets" / "fonts", names)
        samples = [sample for site in seeded.sites.values() for sample in site.samples]
        pictures = codes.write(samples, seeded.payloads)
        self.pictures = {one.sample.key: one for one in pictures if one.sample.key}
        for device in strips:
            write_strip(pictures, device.partition("-")[0], self.plan.folder_of(device).strip)


def _python(module: str, config: Path) -> tuple[str, ...]:
    return (sys.executable, "-u", "-m", module, "--config", str(config))


def _broker_program(files: BrokerFiles) -> Program:
    return Program(_BROKER, Tier.BROKER, files.command, advice="Is another mosquitto on this port? Start again.")
