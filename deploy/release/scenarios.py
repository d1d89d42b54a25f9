"""Named scenarios: what happens to one person step by step, and what each screen must say then.

They stand in scenarios.toml beside the other tables. A step takes over the situation of the step before; `"none"` takes
something away again.
"""

from pathlib import Path as Folder
from typing import Any

import msgspec

from deploy.release.finding import Finding, PackRefused
from deploy.release.misfit import misfit_in
from deploy.release.tables import read_toml
from deploy.release.tomlplaces import Path, Place, place_of
from kiosk.model.customer import Purpose
from kiosk.model.ids import DeviceId, Lang, PlaceId
from kiosk.model.order import OrderState
from kiosk.model.outcome import Outcome
from kiosk.model.step import Tone
from kiosk.model.ticket import DepartureState, Entitlement, JourneyState, Papers

FILE = "scenarios.toml"
MAX_STEPS = 5_000
_NONE = "none"


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An unknown field is a mistake."""


class Sailing(_Part, frozen=True):
    """A departure that leaves in `leaves_in` minutes by plan, `late` minutes later by now."""

    gate: PlaceId
    leaves_in: int
    state: DepartureState = DepartureState.ON_TIME
    late: int = 0
    vessel: str = "MS Aallotar"
    destination: str = "Tallinn"
    gate_closes_before: int = 10
    check_in_closes_before: int = 30
    papers: Papers = Papers.NONE


class Order(_Part, frozen=True):
    """An order that is promised in `due_in` minutes; it last moved `moved` minutes ago.

    `ready_in` is the honest time, in minutes, where it is another; `faulty` that something in it was brought back;
    `call_in` in how many minutes a call was promised, `called` how many minutes ago it was made.
    """

    number: str
    state: OrderState
    place: PlaceId
    due_in: int = 20
    lines: tuple[str, ...] = ("Coffee",)
    arrived: bool = False
    moved: int = 1
    ready_in: int | None = None
    faulty: bool = False
    call_in: int | None = None
    called: int | None = None


class Said(_Part, frozen=True):
    """What the screen must say; what is left out may be anything."""

    row: str | None = None
    tone: Tone | None = None
    headline: str | None = None
    detail: str | None = None
    lead: str | None = None
    place: str | None = None
    when: str | None = None
    way: bool | None = None
    """Whether a way is drawn."""
    turn: str | None = None
    """The first thing to do on the way."""
    offer: str | None = None
    """The offer's id; empty: none is shown."""


class Act(_Part, frozen=True):
    """One scan: where, what it comes to, and all that is known then."""

    at: DeviceId
    outcome: Outcome
    says: Said
    time: str = "2026-11-21 15:00"
    lang: Lang | None = None
    name: str = ""
    known: bool = False
    step_free: bool = False
    ticket: Entitlement | None = None
    product: str = "foot passenger"
    used: int | None = None
    """How many minutes ago the ticket was used."""
    valid_in: int = -600
    """In how many minutes the ticket begins to be valid."""
    lane: str = ""
    journey: JourneyState | None = None
    told_gate: PlaceId | None = None
    """The gate that was told at check-in."""
    consents: tuple[Purpose, ...] = ()
    likes: tuple[str, ...] = ()
    """Topics that the person said they like."""
    seems_to_like: tuple[str, ...] = ()
    """Topics that they are only thought to like."""
    declined: tuple[str, ...] = ()
    """Offers that they said are not for them."""
    closed: tuple[str, ...] = ()
    """Pathways that the staff closed just now."""
    ahead: int = 0
    """How many customers wait before this one."""
    departure: Sailing | None = None
    next_departure: Sailing | None = None
    orders: tuple[Order, ...] = ()
    connected: bool = True
    data_age: int | None = None


class Scenario(_Part, frozen=True):
    """One person's way."""

    name: str
    steps: tuple[Act, ...]


class ScenarioFile(_Part, frozen=True):
    """The whole file."""

    scenarios: tuple[Scenario, ...] = ()


class Scenarios:
    """The scenarios of a pack and where each step stands."""

    def __init__(self, folder: Folder) -> None:
        """Reads the file; a pack without one has none. Raises `PackRefused`."""
        self.all: tuple[Scenario, ...] = ()
        self._places: dict[Path, Place] = {}
        if not (folder / FILE).exists():
            return
        toml: dict[str, dict[Path, Place]] = {}
        document = read_toml(folder / FILE, toml)
        self._places = toml[FILE]
        lines = document.get("scenarios")
        if isinstance(lines, list) and sum(_steps_in(each) for each in lines) > MAX_STEPS:
            todo = "Keep the scenarios that differ."
            raise PackRefused([Finding(FILE, 0, 0, f"There are more than {MAX_STEPS} steps.", todo, "scenarios")])
        try:
            self.all = msgspec.convert(_carried(document), ScenarioFile).scenarios
        except msgspec.ValidationError as error:
            raise PackRefused([misfit_in(FILE, self._places, str(error), ScenarioFile)]) from error

    def finding(self, number: int, step: int, what: str, todo: str) -> Finding:
        """Something wrong at a step of a scenario, both counted from 0."""
        line, column = place_of(self._places, ("scenarios", number, "steps", step))
        said = f'Scenario "{self.all[number].name}", step {step + 1}: {what}'
        return Finding(FILE, line, column, said, todo, "scenarios")


def _steps_in(scenario: Any) -> int:
    steps = scenario.get("steps") if isinstance(scenario, dict) else None
    return len(steps) if isinstance(steps, list) else 0


def _carried(document: dict[str, Any]) -> dict[str, Any]:
    """The same with the situation of each step taken over into the next."""
    scenarios = document.get("scenarios")
    if not isinstance(scenarios, list):
        return document
    return {**document, "scenarios": [_one(each) if isinstance(each, dict) else each for each in scenarios]}


def _one(scenario: dict[str, Any]) -> dict[str, Any]:
    steps = scenario.get("steps")
    if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
        return scenario
    carried: list[dict[str, Any]] = []
    for step in steps:
        before = {key: value for key, value in (carried[-1] if carried else {}).items() if key != "says"}
        both = {**before, **step}
        carried.append({key: value for key, value in both.items() if value != _NONE})
    return {**scenario, "steps": carried}
