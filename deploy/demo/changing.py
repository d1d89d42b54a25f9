"""Scenes in which something changes for everybody at once: a gate moves, and a practice changes at an instant."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from deploy.clock import wall_ms
from deploy.demo.director import Director, OffScript

_KIOSK, _GATE, _BOARD = (f"terminal-{role}-1" for role in ("kiosk", "gate", "board"))
_LEADS_MS = (7_000, 25_000)
"""How far ahead the change takes effect, so that every screen has it by then; the second where the first was too short."""
_TOGETHER_MS = 2_000
_IDLE_S, _ARRIVES_S = 30.0, 20.0
_FIELDS = ("id", "vessel", "destination", "departs_at", "check_in_until", "gate_closes_at", "gate")


def move_the_gate(director: Director) -> None:
    """After Triin has checked in, her ship leaves from another gate."""
    ticket = director.record("terminal", "tickets", director.id_of("triin-ticket"))
    sailing = director.record("terminal", "departures", ticket["departure"])
    gates = sorted({each["gate"] for each in director.records("terminal", "departures")})
    new = gates[(gates.index(sailing["gate"]) + 1) % len(gates)]
    director.bring("terminal", {"departures": [{**{name: sailing[name] for name in _FIELDS}, "gate": new}]})
    for device in (_KIOSK, _GATE, _BOARD):
        director.at_device(device, "departures", sailing["id"], lambda record: record["gate"] == new)
    number = new.rpartition("-")[2]
    director.screen(
        _BOARD,
        lambda shows: any(line["gate"].endswith(number) for line in shows.get("departures", ())),
        "The board shows the new gate",
    )
    shot = director.scan(_KIOSK, "triin-ticket", "informed", "Triin asks again: her gate has moved, and where to")
    step = shot.shows["step"]
    if step["message"] != "moved" or step.get("place_id") != new:
        raise OffScript(f"{_KIOSK} does not say that the gate is {new} now")


def change_the_practice(director: Director) -> None:
    """A pack with a change for an instant soon is published; every screen shows it from that instant on."""
    before = {device: _hint_of(director, device) for device in (_KIOSK, _GATE, _BOARD)}
    at = _publish(director, tuple(before))
    for device, hint in before.items():
        director.screen(device, _says(hint), f"Before {_clock(at)}: the usual way")
    late = {}
    for device, hint in before.items():
        shot = director.first(device, _says_other(hint), f"{_clock(at)} on the dot: by the middle door", _ARRIVES_S)
        late[device] = shot.at - at
    if min(late.values()) < 0 or max(late.values()) > _TOGETHER_MS:
        raise OffScript(f"the screens did not switch together: {late} ms after the instant")


def _publish(director: Director, devices: tuple[str, ...]) -> int:
    """Publish the change until all devices have it before its instant; that instant in epoch ms."""
    late: list[str] = []
    for lead in _LEADS_MS:
        for device in devices:
            director.watches[device].mark()
        at = -(-(wall_ms() + lead) // 1000) * 1000
        version = director.change_practice("terminal", "middle-door.csv", at)
        active = [director.written(each, "PackActivated", _of(version), _ARRIVES_S) for each in devices]
        late = [device for device, event in zip(devices, active, strict=True) if event.at >= at]
        if not late:
            return at
    raise OffScript(f"{', '.join(late)} took the change up only after it was in force")


def _of(version: str) -> Callable[[Mapping[str, Any]], bool]:
    return lambda body: body["version"] == version


def _hint_of(director: Director, device: str) -> str:
    """What a screen says while nobody is there; waits until nobody is."""
    shot = director.wait_for(device, lambda shows: bool(_hint(shows)), _IDLE_S)
    return _hint(shot.shows)


def _hint(shows: Mapping[str, Any]) -> str:
    return str(shows.get("hint") or shows.get("notice") or "")


def _clock(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1000).astimezone():%H:%M:%S}"


def _says(hint: str) -> Callable[[Mapping[str, Any]], bool]:
    return lambda shows: _hint(shows) == hint


def _says_other(hint: str) -> Callable[[Mapping[str, Any]], bool]:
    return lambda shows: _hint(shows) not in {"", hint}
