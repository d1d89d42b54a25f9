"""The invented ferry terminal: its sailings, passengers, tickets and pre-orders."""

import random
from dataclasses import dataclass, replace

from deploy.demo.content import (
    DAY,
    HOUR,
    MINUTE,
    Group,
    Kind,
    Order,
    Sample,
    Site,
    articles,
    on_the_clock,
)
from deploy.demo.names import Person, new_id

SITE = "terminal"
NAME = "Saaristolinjan terminaali"
_LINES = (
    ("MS Aallotar", "Tallinn"),
    ("MS Kajastus", "Stockholm"),
    ("MS Merituuli", "Mariehamn"),
    ("MS Utö", "Visby"),
)
_NEXT_SAILINGS_MIN = (-25, 10, 55, 95, 150, 210, 280, 355, 440, 530, 640)
_DELAYED, _CANCELLED = 4, 6
_PASSENGERS, _PRE_ORDERS = 110, 26
_CHECK_IN_ENDS, _GATE_CLOSES = 20 * MINUTE, 8 * MINUTE
_SHELF = {
    "Lakkahillo": (1, 3),
    "Kahvi 500 g": (1, 4),
    "Tumma suklaa": (1, 6),
    "Gin 0,7 l": (1, 2),
    "Lakritsi": (1, 5),
    "Hajuvesi 50 ml": (1, 1),
    "Kuohuviini": (1, 6),
    "Villapeitto": (1, 1),
}


@dataclass(frozen=True, slots=True)
class Places:
    """Where this site's content pack lets one go: the gates, and the desk that hands over orders."""

    gates: tuple[str, ...]
    desk: str


@dataclass(frozen=True, slots=True)
class Sailing:
    """One departure, as far as its tickets need it."""

    id: str
    departs_at: int
    says: str


@dataclass(frozen=True, slots=True)
class Booking:
    """How one ticket stands."""

    state: str = "valid"
    journey: str = "booked"
    step_free: bool = False
    shifted_ms: int = 0
    """Moves the ticket's validity away from its sailing."""


BOOKED = Booking()


def make_terminal(seed: int, now: int, places: Places) -> Site:
    """The terminal's content at `now` (epoch ms)."""
    site = Site(SITE, NAME, now, random.Random(seed))
    terminal = _Terminal(site, places)
    terminal.sail()
    terminal.story()
    terminal.refusals()
    terminal.crowd()
    return site


class _Terminal:
    """The site being filled."""

    def __init__(self, site: Site, places: Places) -> None:
        self._site = site
        self._places = places
        self._sailings: list[Sailing] = []
        self._number = 10

    def sail(self) -> None:
        """A day of departures, one gone, one closing, one late, one cancelled."""
        for turn, minutes in enumerate(_NEXT_SAILINGS_MIN):
            vessel, destination = _LINES[turn % len(_LINES)]
            departs = on_the_clock(self._site.now + minutes * MINUTE)
            late = departs + 25 * MINUTE if turn == _DELAYED else None
            departure = {
                "id": new_id(self._site.rng),
                "site": SITE,
                "vessel": vessel,
                "destination": destination,
                "departs_at": departs,
                "check_in_until": departs - _CHECK_IN_ENDS,
                "gate_closes_at": departs - _GATE_CLOSES,
                "gate": self._places.gates[turn % len(self._places.gates)],
                "state": self._state(turn, minutes),
            }
            self._site.departures.append(departure if late is None else {**departure, "expected_at": late})
            self._sailings.append(Sailing(str(departure["id"]), departs, f"{destination}, {vessel}"))

    def story(self) -> None:
        """Those whom the story follows; each has a key by which it knows their codes."""
        sailing = self._next()
        aino = self._site.somebody(("Aino", "Virtanen", "fi"))
        self._ticket(aino, sailing, BOOKED, _sample("aino-ticket", Group.STORY, "Checks in, passes the gate once."))
        self._order(aino, 12, "accepted")
        nils = self._site.somebody(("Nils", "Öhman", "sv"))
        self._ticket(nils, sailing, BOOKED, _sample("nils-ticket", Group.STORY, "Checks in while the network is cut."))
        triin = self._site.somebody(("Triin", "Õunapuu", "et"), step_free=True)
        step_free = Booking(step_free=True)
        self._ticket(triin, sailing, step_free, _sample("triin-ticket", Group.STORY, "Travels in a wheelchair."))
        lucy = self._site.somebody(("Lucy", "Hughes", "en"))
        self._site.likes(lucy, "coffee")
        checked_in = Booking(journey="checked_in")
        note = "Has checked in at home; passes the gate while the network is cut."
        self._ticket(lucy, sailing, checked_in, _sample("lucy-ticket", Group.STORY, note))
        for person in (aino, nils, triin, lucy):
            self._site.loyalty(person, Group.STORY, key=f"{person.first.lower()}-card")

    def refusals(self) -> None:
        """One person for each refusal that a ticket can meet."""
        sailing, earlier = self._next(), self._sailings[1]
        cases = (
            ("used", "Bought second-hand: somebody has boarded with it.", sailing, Booking("redeemed", "boarding")),
            ("wrong-day", "Valid tomorrow, not today.", sailing, Booking(shifted_ms=DAY)),
            ("expired", "Was valid yesterday.", sailing, Booking(shifted_ms=-DAY)),
            ("revoked", "The booking was cancelled.", sailing, Booking("revoked")),
            ("blocked", "Blocked: the payment is in dispute.", sailing, Booking("blocked")),
            ("too-late", "Check-in for this sailing has closed.", earlier, BOOKED),
            ("not-checked-in", "Goes straight to the gate without check-in.", sailing, BOOKED),
        )
        for key, note, at, booking in cases:
            self._ticket(self._site.somebody(), at, booking, _sample(f"terminal-{key}", Group.REFUSED, note))
        genuine = self._site.somebody()
        forged = _sample("terminal-forged", Group.REFUSED, "Forged: a real ticket with another number written in.")
        self._ticket(genuine, sailing, BOOKED, replace(forged, tampered=True))
        note = "A voucher of the café next door: no code of this house."
        payload = "https://example.org/voucher/7731"
        unknown = Sample(SITE, Kind.PLAIN, "", Group.REFUSED, "Café voucher", note, "terminal-unknown", payload)
        self._site.show(unknown)
        self._card()

    def crowd(self) -> None:
        """Everybody else, spread over the sailings to come, some with a pre-order."""
        rng = self._site.rng
        for turn in range(_PASSENGERS):
            person = self._site.somebody(step_free=turn % 12 == 0)
            sailing = rng.choice(self._sailings[2:])
            booking = Booking(journey=rng.choice(("booked", "booked", "checked_in")), step_free=turn % 12 == 0)
            self._ticket(person, sailing, booking, _sample("", Group.TICKETS, ""))
            self._site.loyalty(person)
            if turn < _PRE_ORDERS:
                state = rng.choice(("accepted", "accepted", "accepted", "preparing", "ready"))
                self._order(person, rng.randint(20, 170), state)

    def _next(self) -> Sailing:
        return self._sailings[2]

    @staticmethod
    def _state(turn: int, minutes: int) -> str:
        if minutes < 0:
            return "departed"
        special = {_DELAYED: "delayed", _CANCELLED: "cancelled", 1: "boarding"}
        return special.get(turn, "on_time")

    def _ticket(self, person: Person, sailing: Sailing, booking: Booking, sample: Sample) -> None:
        ticket = new_id(self._site.rng)
        self._site.tickets.append(
            {
                "id": ticket,
                "subject": person.id,
                "product": "foot passenger",
                "valid_from": sailing.departs_at + booking.shifted_ms - 12 * HOUR,
                "valid_until": sailing.departs_at + booking.shifted_ms + 2 * HOUR,
                "departure": sailing.id,
                "step_free": booking.step_free,
                "state": booking.state,
                "journey": {"template": "ferry", "state": booking.journey},
            }
        )
        note = f"{sailing.says}. {sample.note}".rstrip()
        self._site.show(replace(sample, id=ticket, title=person.shown, note=note))

    def _order(self, person: Person, due_in_min: int, state: str) -> None:
        number, self._number = f"A{self._number}", self._number + 1
        order = Order(
            id=new_id(self._site.rng),
            number=number,
            subject=person.id,
            site=SITE,
            due_at=on_the_clock(self._site.now + due_in_min * MINUTE),
            place=self._places.desk,
            state=state,
            lines=articles(self._site.rng, _SHELF),
            ready_at=self._site.now if state == "ready" else None,
        )
        self._site.order(order)
        note = f"Pre-order {number}, collected with this code, the loyalty code or the ticket."
        self._site.show(Sample(SITE, Kind.ORDER, order.id, Group.ORDERS, f"{number}, {person.shown}", note))

    def _card(self) -> None:
        """An old plastic card, reported lost: a plain code that the site knows and refuses."""
        person, payload = self._site.somebody(), f"SAARISTO-{self._site.rng.randint(10**7, 10**8)}"
        card = {"payload": payload, "ref": {"kind": "subject", "id": person.id}, "revoked": True}
        self._site.cards.append(card)
        note = "An old card that was reported lost."
        key = "terminal-lost-card"
        self._site.show(Sample(SITE, Kind.PLAIN, "", Group.REFUSED, person.shown, note, key, payload))


def _sample(key: str, group: Group, note: str) -> Sample:
    return Sample(SITE, Kind.TICKET, "", group, "", note, key)
