"""What must hold after every fault: each accepted event in the hub once and in order, each record the same everywhere."""

import time
from collections import Counter, defaultdict
from typing import Any

import msgspec

from kiosk.errors import StoreError
from kiosk.model.case import Case, CaseKind
from kiosk.model.ids import DeviceId, TicketId
from kiosk.model.records import Collection, Record, decode_record
from kiosk.model.ticket import Ticket
from tests.faults.device import Device
from tests.faults.ground import Ground
from tests.faults.writer import SITE

_PATIENCE_S = 90.0
_PAUSE_S = 0.1
_PAGE = 10_000
Records = dict[tuple[Collection, str], Record]
Told = dict[str, Any]


class Judge:
    """`safe` are the events that the hub held at the last judgement, `lost` those that a damaged database took along."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self.safe: set[str] = set()
        self.lost: set[str] = set()
        self.settled_pairs = 0
        """How many tickets that two gates took the hub has given to one of them, and told staff of the other."""
        self._damages: Counter[DeviceId] = Counter()
        self._buried: list[tuple[DeviceId, list[str]]] = []
        self._seen: list[Told] = []
        self._restores = 0

    def judge(self) -> None:
        """Let the devices stop writing, wait until everything has found its place; fail if it does not."""
        everyone = self._ground.everyone
        for device in everyone:
            device.pause()
        deadline = time.monotonic() + _PATIENCE_S
        while problems := self._problems():
            assert time.monotonic() < deadline, "\n".join(problems)
            time.sleep(_PAUSE_S)
            self._ground.heal()
        for device in everyone:
            assert "Traceback" not in device.log(), device.log()
        # A twin writes no more: it is about to be taken out, and what it wrote now would go with it.
        for device in self._ground.devices:
            device.go_on()

    def judge_all(self) -> None:
        """The same, with every event read anew."""
        self._seen = []
        self.judge()

    def note_damage(self, device: Device) -> None:
        """What this device's database alone held may be gone."""
        self.lost |= set(device.accepted()) - self.safe
        self._damages[device.id] += 1

    def bury(self, twin: Device) -> None:
        """Its events stay, though it is gone."""
        self._buried.append((twin.id, twin.accepted()))

    def _problems(self) -> list[str]:
        everyone = self._ground.everyone
        waiting = [f"{each.name} waits: {told}" for each in everyone if (told := _waiting(each))]
        if waiting:
            return waiting
        events, central = self._events(), self._records()
        found = [problem for each in self._ground.devices for problem in self._of(each.id, events)]
        accepted = [(each.id, each.accepted()) for each in everyone] + self._buried
        found += [problem for device, ids in accepted for problem in self._kept(device, ids, events)]
        found += [problem for each in everyone for problem in _unequal(each, central)]
        found += [problem for ticket in self._ground.pairs for problem in _contradicted(ticket, events, central)]
        if not found:
            self.safe = {event["id"] for event in events}
            self.settled_pairs = sum(_winners(ticket, events) == 1 for ticket in self._ground.pairs)
        return found

    def _of(self, device: DeviceId, events: list[Told]) -> list[str]:
        """What is wrong with a device's events by themselves."""
        own = [event for event in events if event["device"] == device]
        counts = Counter(event["id"] for event in own)
        found = [f"{device}: {name} came {count} times" for name, count in counts.items() if count > 1]
        epochs: dict[str, list[int]] = defaultdict(list)
        for event in own:
            epochs[event["epoch"]].append(event["seq"])
        for epoch, seqs in epochs.items():
            if seqs != list(range(seqs[0], seqs[0] + len(seqs))):
                found.append(f"{device}: epoch {epoch} has gaps or is out of order: {seqs}")
        rebuilt = sum(event["type"] == "DatabaseRebuilt" for event in own)
        if rebuilt > self._damages[device]:
            found.append(f"{device}: its database was rebuilt {rebuilt} times, damaged {self._damages[device]}")
        return found

    def _kept(self, device: DeviceId, accepted: list[str], events: list[Told]) -> list[str]:
        """What is wrong with the events that one machine was told are safe."""
        ids = [event["id"] for event in events if event["device"] == device]
        found = []
        missing = [name for name in accepted if name not in set(ids) | self.lost]
        if missing:
            found.append(f"{device}: {len(missing)} accepted events are not in the hub: {missing[:3]}")
        place = {name: number for number, name in enumerate(accepted)}
        order = [place[name] for name in ids if name in place]
        if order != sorted(order):
            found.append(f"{device}: the hub has its events in another order")
        return found

    def _events(self) -> list[Told]:
        hubs = self._ground.hubs
        if self._restores != hubs.restores:
            self._restores, self._seen = hubs.restores, []
        while True:
            after = self._seen[-1]["rowid"] if self._seen else 0
            page = hubs.first.admin("GET", "/v1/events", params={"after": after, "limit": _PAGE})
            self._seen += page
            if len(page) < _PAGE:
                return self._seen

    def _records(self) -> Records:
        found: Records = {}
        for collection in (Collection.TICKETS, Collection.ORDERS, Collection.CASES):
            for raw in self._ground.hubs.first.admin("GET", f"/v1/sites/{SITE}/records/{collection}"):
                record = decode_record(collection, msgspec.json.encode(raw))
                found[collection, record.id] = record
        return found


def _waiting(device: Device) -> str:
    try:
        marks = device.marks()
    except StoreError as trouble:
        return str(trouble)
    return f"{marks.waiting} of {marks.last}" if marks.waiting else ""


def _unequal(device: Device, central: Records) -> list[str]:
    own = device.view().records
    return [
        f"{device.name}: {key} is {own.get(key)}, at the hub {central.get(key)}"
        for key in sorted(set(own) | set(central))
        if own.get(key) != central.get(key)
    ][:3]


def _attempts(ticket: TicketId, events: list[Told]) -> list[Told]:
    return [each for each in events if each["type"] == "TicketRedeemed" and each["body"]["ticket"] == ticket]


def _winners(ticket: TicketId, events: list[Told]) -> int:
    """How many redemptions stand of a ticket that was tried more than once."""
    attempts = _attempts(ticket, events)
    return sum(each["conflict"] is None for each in attempts) if len(attempts) > 1 else 0


def _contradicted(ticket: TicketId, events: list[Told], central: Records) -> list[str]:
    """One redemption stands, each other one is a conflict and a case; but for a ticket that an old backup lacks."""
    record, attempts = central.get((Collection.TICKETS, ticket)), _attempts(ticket, events)
    if not isinstance(record, Ticket) or not attempts:
        return []
    standing = [each["id"] for each in attempts if each["conflict"] is None]
    told = None if record.redemption is None else record.redemption.event
    cases = [
        each
        for each in central.values()
        if isinstance(each, Case) and each.kind is CaseKind.CONTRADICTION and each.about and each.about.id == ticket
    ]
    if standing != [told] or len(cases) != len(attempts) - 1:
        return [f"ticket {ticket}: {standing} stand, the record says {told}, {len(cases)} cases, {len(attempts)} tries"]
    return []
