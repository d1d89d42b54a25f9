"""Deals the faults: which hand does which. A new kind needs a line here and a member of `Fault`, nothing else."""

import random
import time
from collections.abc import Callable

from kiosk.errors import StoreError
from kiosk.model.ids import TicketId
from kiosk.model.records import Collection
from tests.faults.damages import WAYS, lose_acks
from tests.faults.device import Device
from tests.faults.disks import fill_disk, hold_full, own_disks
from tests.faults.ground import Ground
from tests.faults.impostors import send_claims_of_tomorrow, send_junk, speak_other_versions
from tests.faults.judge import Judge
from tests.faults.plan import Blow, Fault
from tests.faults.secured import expire, renew, revoke

_YEARS_MS = 10 * 365 * 86_400_000
_JUMPS = 4
_SESSIONS_KILLED = 5
_TWIN_LIVES_S = 1.5
_PATIENCE_S = 40.0
_LOSING = frozenset({Fault.RESTORE_HUB, Fault.DAMAGE, Fault.CLONE})
"""Each of them alone loses nothing; a backup from before the others can't be made good by anybody."""


class Blows:
    """Deals one blow after the other; a judgement between those that together may lose what nobody can give again."""

    def __init__(self, ground: Ground, judge: Judge) -> None:
        self._ground = ground
        self._judge = judge
        self._unsettled: set[Fault] = set()
        self._deal: dict[Fault, Callable[[Device, random.Random], None]] = {
            Fault.KILL_APP: lambda device, _: device.kill(agent=False),
            Fault.KILL_AGENT: lambda device, _: device.kill(app=False),
            Fault.KILL_BOTH: lambda device, _: device.kill(),
            Fault.KILL_BROKER: lambda _, __: ground.kill_broker(wipe=False),
            Fault.WIPE_BROKER: lambda _, __: ground.kill_broker(wipe=True),
            Fault.KILL_SITE_BROKER: lambda _, __: ground.kill_site_broker(wipe=False),
            Fault.WIPE_SITE_BROKER: lambda _, __: ground.kill_site_broker(wipe=True),
            Fault.DEAD_BRIDGE: lambda _, __: ground.cut_bridge(),
            Fault.KILL_HUB: lambda _, __: ground.hubs.kill(),
            Fault.KILL_WORKER: lambda _, drawn: ground.hubs.kill(drawn.getrandbits(1)),
            Fault.KILL_SESSIONS: self._kill_sessions,
            Fault.KILL_DATABASE: lambda _, __: ground.kill_database(),
            Fault.RESTORE_HUB: lambda _, drawn: ground.hubs.restore(drawn.getrandbits(8)),
            Fault.DAMAGE: self._damage,
            Fault.FULL_DISK: fill_disk,
            Fault.FULL_HUB: self._fill_hub,
            Fault.HOSTILE: self._hostile,
            Fault.VERSIONS: self._versions,
            Fault.CLOCK: _jump,
            Fault.PARTITION: self._part_gates,
            Fault.CLONE: self._clone,
            Fault.RENEW: lambda device, _: ground.certify(device, renew),
            Fault.REVOKE: lambda device, _: ground.certify(device, revoke),
            Fault.EXPIRE: lambda device, _: ground.certify(device, expire),
        }

    def deal(self, blow: Blow) -> None:
        """Do it, and leave what it broke broken."""
        if blow.fault in _LOSING and self._unsettled & (_LOSING - {blow.fault}):
            self.settle()
        time.sleep(blow.after_s)
        self._deal[blow.fault](self._ground.devices[blow.device], random.Random(blow.detail))
        self._unsettled.add(blow.fault)

    def settle(self) -> None:
        """Start again what was ended, and judge; a dead bridge must not keep anything from finding its place."""
        self._ground.heal()
        self._judge.judge()
        self._ground.mend_bridge()
        for twin in self._ground.bury_twins():
            self._judge.bury(twin)
        if self._unsettled & {Fault.DAMAGE, Fault.CLONE}:
            self._ground.hubs.forget_backups()
        elif Fault.KILL_BOTH in self._unsettled:
            self._ground.hubs.take_backup()
        self._unsettled.clear()

    def _damage(self, device: Device, drawn: random.Random) -> None:
        running = drawn.random() < 1 / 2
        way = drawn.choice(WAYS)
        if way is lose_acks or not running:
            device.kill()
        path = device.data / "opas.db"
        way(path, drawn)
        if running:
            time.sleep(0.1)
            device.kill()
        self._judge.note_damage(device)

    def _fill_hub(self, _: Device, __: random.Random) -> None:
        """The hub can store nothing for a while; where this machine gives us no disk, it is killed."""
        if not own_disks():
            self._ground.hubs.kill()
            return
        hold_full(self._ground.hubs.first.folder / "others")

    def _kill_sessions(self, _: Device, drawn: random.Random) -> None:
        """In the middle of whatever they do, again and again."""
        for _turn in range(_SESSIONS_KILLED):
            self._ground.kill_sessions()
            time.sleep(drawn.uniform(0.0, 0.1))

    def _hostile(self, device: Device, drawn: random.Random) -> None:
        """Somebody with the device's password sends what came before, again and in every wrong way."""
        self._ground.heal_hub()
        send_junk(device, self._ground.address(device), drawn)

    def _versions(self, device: Device, drawn: random.Random) -> None:
        """Releases before and after this one speak to the hub and to the site's devices."""
        self._ground.heal_hub()
        speak_other_versions(self._ground.address(None), drawn)
        send_claims_of_tomorrow(device, self._ground.address(device), drawn)

    def _part_gates(self, _: Device, __: random.Random) -> None:
        """Both gates know a ticket, then hear nobody, and both take it."""
        self._ground.heal()
        ticket = self._ground.give_ticket()
        devices = self._ground.devices
        self._wait(lambda: all(_knows(each, ticket) for each in devices))
        self._ground.cut_off()
        for device in devices:
            device.redeem(ticket)
        self._wait(lambda: all(each.has_redeemed() for each in devices))

    def _clone(self, device: Device, _: random.Random) -> None:
        """A second machine runs on a copy of the card, under the same name and numbers, until it is found."""
        device.kill()
        self._ground.add_twin(device)
        self._ground.heal()
        time.sleep(_TWIN_LIVES_S)

    def _wait(self, true: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _PATIENCE_S
        while not true():
            assert time.monotonic() < deadline, "it never came to that"
            time.sleep(0.05)
            for device in self._ground.devices:
                device.heal()


def _knows(device: Device, ticket: TicketId) -> bool:
    try:
        return (Collection.TICKETS, ticket) in device.view().records
    except StoreError:
        return False


def _jump(device: Device, drawn: random.Random) -> None:
    """The clock leaps up to ten years, forth and back."""
    for _ in range(_JUMPS):
        device.shift_clock(drawn.randint(-_YEARS_MS, _YEARS_MS))
        time.sleep(drawn.uniform(0.0, 0.1))
