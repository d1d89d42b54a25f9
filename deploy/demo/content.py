"""What the demo's hub is told of one site: people, tickets, orders, departures, and which codes show what.

All invented, the same for the same seed, with every time relative to `now`.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from deploy.demo.names import Person, new_id, people

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Kind(StrEnum):
    """What a code stands for, in the words of the hub."""

    TICKET = "ticket"
    LOYALTY = "loyalty"
    ORDER = "order"
    PLAIN = "plain"
    """Not issued by the hub: text of another system, or none of ours at all."""


class Group(StrEnum):
    """The sections of the page of codes, in this order."""

    STORY = "The people of the story"
    REFUSED = "What is refused, and why"
    TICKETS = "Tickets"
    ORDERS = "Orders"
    LOYALTY = "Loyalty codes"


@dataclass(frozen=True, slots=True)
class Sample:
    """One code to hold up. `key` is the story's name for it, empty for most; `payload` only where the hub makes none.

    `tampered` asks for a copy of the hub's code with another number in it: its signature no longer fits.
    """

    site: str
    kind: Kind
    id: str
    group: Group
    title: str
    note: str
    key: str = ""
    payload: str = ""
    tampered: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """A pickup order, in the hub's words."""

    id: str
    number: str
    subject: str
    site: str
    due_at: int
    place: str
    state: str
    lines: list[dict[str, Any]]
    ready_at: int | None = None


@dataclass(slots=True)
class Site:
    """One site while it is being filled; `body` is what the hub's import takes."""

    id: str
    name: str
    now: int
    rng: random.Random
    samples: list[Sample] = field(default_factory=list)
    subjects: list[dict[str, Any]] = field(default_factory=list)
    departures: list[dict[str, Any]] = field(default_factory=list)
    tickets: list[dict[str, Any]] = field(default_factory=list)
    orders: list[dict[str, Any]] = field(default_factory=list)
    cards: list[dict[str, Any]] = field(default_factory=list)
    _people: Iterator[Person] = field(init=False)

    def __post_init__(self) -> None:
        """Draw people with the site's own dice."""
        self._people = people(self.rng)

    @property
    def body(self) -> dict[str, Any]:
        """The hub's import document."""
        return {name: getattr(self, name) for name in ("subjects", "departures", "tickets", "orders", "cards")}

    def somebody(self, named: tuple[str, str, str] | None = None, *, step_free: bool = False) -> Person:
        """Add a person: first name, family name and language, or whoever comes next."""
        person = next(self._people) if named is None else Person(new_id(self.rng), *named)
        since = self.now - self.rng.randint(30, 2000) * DAY
        self.subjects.append(
            {
                "id": person.id,
                "name": person.shown,
                "lang": person.lang,
                "step_free": step_free,
                "member_since": since,
            }
        )
        return person

    def likes(self, person: Person, topic: str) -> None:
        """This person told the house what they like, and consented to suggestions about it."""
        subject = next(each for each in self.subjects if each["id"] == person.id)
        subject["consents"] = [{"purpose": "personalisation", "state": "granted", "text_version": "demo-1"}]
        subject["interests"] = [{"topic": topic, "basis": "stated"}]

    def show(self, sample: Sample) -> None:
        """Put a code on the page."""
        self.samples.append(sample)

    def loyalty(self, person: Person, group: Group = Group.LOYALTY, note: str = "", key: str = "") -> None:
        """A person's loyalty code."""
        note = note or "Loyalty code: shows what is next for this person."
        self.show(Sample(self.id, Kind.LOYALTY, person.id, group, person.shown, note, key))

    def order(self, order: Order) -> Order:
        """Add an order."""
        self.orders.append({name: value for name, value in asdict(order).items() if value is not None})
        return order


def articles(rng: random.Random, shelf: Mapping[str, tuple[int, int]]) -> list[dict[str, Any]]:
    """One to four articles off the shelf, each with how many."""
    chosen = rng.sample(sorted(shelf), rng.randint(1, 4))
    return [{"article": article, "quantity": rng.randint(*shelf[article])} for article in chosen]


def on_the_clock(moment: int) -> int:
    """The moment, moved to the next five minutes: nothing departs at 17:03:21."""
    step = 5 * MINUTE
    return -(-moment // step) * step
