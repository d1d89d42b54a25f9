"""What must hold after every fault: each accepted event in the hub once and in order, each record the same everywhere."""

import itertools
import time
from collections import Counter
from typing import Any

import msgspec

from kiosk.errors import StoreError
from kiosk.model.ids import DeviceId
from kiosk.model.records import Collection, Record, decode_record
from tests.faults.device import SITE, Device
from tests.faults.ground import Ground

_PATIENCE_S = 90.0
_PAUSE_S = 0.1
_PAGE = 10_000
Records = dict[tuple[Collection, str], Record]


class Judge:
    """`safe` are the events that the hub held at the last judgement, `lost` those that a damaged database took along."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self.safe: set[str] = set()
        self.lost: set[str] = set()
        self._damages: Counter[DeviceId] = Counter()

    def judge(self) -> None:
        """Let the devices stop writing, wait until everything has found its place; fail if it does not."""
        for device in self._ground.devices:
            device.pause()
        deadline = time.monotonic() + _PATIENCE_S
        while problems := self._problems():
            assert time.monotonic() < deadline, "\n".join(problems)
            time.sleep(_PAUSE_S)
            self._ground.heal()
        for device in self._ground.devices:
            assert "Traceback" not in device.log(), device.log()
            device.go_on()

    def note_damage(self, device: Device) -> None:
        """What this device's database alone held may be gone."""
        self.lost |= set(device.accepted()) - self.safe
        self._damages[device.id] += 1

    def _problems(self) -> list[str]:
        waiting = [f"{each.id} waits: {told}" for each in self._ground.devices if (told := _waiting(each))]
        if waiting:
            return waiting
        events = self._events()
        central = self._records()
        found = [
            problem for each in self._ground.devices for problem in (*self._of(each, events), *_unequal(each, central))
        ]
        if not found:
            self.safe = {event["id"] for event in events}
        return found

    def _of(self, device: Device, events: list[dict[str, Any]]) -> list[str]:
        own = [event for event in events if event["device"] == device.id]
        ids = [event["id"] for event in own]
        found = [f"{device.id}: {name} came {count} times" for name, count in Counter(ids).items() if count > 1]
        for epoch, run in itertools.groupby(own, key=lambda event: str(event["epoch"])):
            seqs = [event["seq"] for event in run]
            if seqs != list(range(seqs[0], seqs[0] + len(seqs))):
                found.append(f"{device.id}: epoch {epoch} has gaps or is out of order: {seqs}")
        rebuilt = sum(event["type"] == "DatabaseRebuilt" for event in own)
        if rebuilt > self._damages[device.id]:
            found.append(f"{device.id}: its database was rebuilt {rebuilt} times, damaged {self._damages[device.id]}")
        accepted = device.accepted()
        missing = [name for name in accepted if name not in set(ids) | self.lost]
        if missing:
            found.append(f"{device.id}: {len(missing)} accepted events are not in the hub: {missing[:3]}")
        place = {name: number for number, name in enumerate(accepted)}
        order = [place[name] for name in ids if name in place]
        if order != sorted(order):
            found.append(f"{device.id}: the hub has its events in another order")
        return found

    def _events(self) -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = []
        while True:
            after = events[-1]["rowid"] if events else 0
            page = self._ground.hub.admin("GET", "/v1/events", params={"after": after, "limit": _PAGE})
            events += page
            if len(page) < _PAGE:
                return events

    def _records(self) -> Records:
        found: Records = {}
        for collection in (Collection.TICKETS, Collection.ORDERS, Collection.CASES):
            for raw in self._ground.hub.admin("GET", f"/v1/sites/{SITE}/records/{collection}"):
                record = decode_record(collection, msgspec.json.encode(raw))
                found[collection, record.id] = record
        return found


def _waiting(device: Device) -> str:
    try:
        marks = device.view().marks
    except StoreError as trouble:
        return str(trouble)
    return f"{marks.waiting} of {marks.last}" if marks.waiting else ""


def _unequal(device: Device, central: Records) -> list[str]:
    own = device.view().records
    return [
        f"{device.id}: {key} is {own.get(key)}, at the hub {central.get(key)}"
        for key in sorted(set(own) | set(central))
        if own.get(key) != central.get(key)
    ][:3]
