"""The invented shop: its customers and the orders they collect."""

import random
from dataclasses import replace

from deploy.demo.content import MINUTE, Group, Kind, Order, Sample, Site, articles, on_the_clock
from deploy.demo.names import Person, new_id

SITE = "shop"
NAME = "Kulma"
_CUSTOMERS, _ORDERS = 70, 34
_SHELF = {
    "Lintulauta": (1, 2),
    "Kynttilä": (1, 12),
    "Keramiikkakulho": (1, 4),
    "Puutarhakäsineet": (1, 2),
    "Pellavapyyhe": (1, 6),
    "Maali 3 l": (1, 5),
    "Ruisleipäjauho": (1, 3),
    "Siemenperuna": (1, 4),
    "Villasukat": (1, 4),
}


def make_shop(seed: int, now: int, desk: str) -> Site:
    """The shop's content at `now` (epoch ms); `desk` is the place where orders are handed over."""
    site = Site(SITE, NAME, now, random.Random(seed))
    shop = _Shop(site, desk)
    shop.story()
    shop.refusals()
    shop.crowd()
    return site


class _Shop:
    """The site being filled."""

    def __init__(self, site: Site, desk: str) -> None:
        self._site = site
        self._desk = desk
        self._number = 40

    def story(self) -> None:
        """Those whom the story follows; each has a key by which it knows their codes."""
        elsa = self._site.somebody(("Elsa", "Lindgren", "sv"))
        self._site.loyalty(elsa, Group.STORY, "Her order is made ready, collected, taken back, collected.", "elsa-card")
        self._order(elsa, 8, "accepted", _sample("elsa-order", Group.STORY, ""))
        madis = self._site.somebody(("Madis", "Kask", "et"))
        self._site.loyalty(madis, Group.STORY, "Asks at the kiosk while the network is cut.", "madis-card")
        self._order(madis, 40, "preparing", _sample("madis-order", Group.STORY, ""))
        grace = self._site.somebody(("Grace", "Patel", "en"))
        self._site.likes(grace, "garden")
        note = "Ready; is collected while the network is cut."
        self._order(grace, 5, "ready", _sample("grace-order", Group.STORY, note))
        self._site.loyalty(grace, Group.STORY, key="grace-card")
        oskar = self._site.somebody(("Oskar", "Salo", "fi"))
        self._site.loyalty(oskar, Group.STORY, "Was promised a call that does not come.", "oskar-card")

    def refusals(self) -> None:
        """One code for each refusal that an order or a card can meet."""
        cases = (
            ("collected", "handed_over", "Was collected before."),
            ("cancelled", "cancelled", "The order was cancelled."),
            ("not-collected", "not_collected", "Was not collected in time and went back."),
        )
        for key, state, note in cases:
            self._order(self._site.somebody(), -90, state, _sample(f"shop-{key}", Group.REFUSED, note))
        forged = _sample("shop-forged", Group.REFUSED, "Forged: a real order code with another number written in.")
        self._order(self._site.somebody(), 60, "accepted", replace(forged, tampered=True))
        note = "A code from a chocolate wrapper: no code of this house."
        self._site.show(Sample(SITE, Kind.PLAIN, "", Group.REFUSED, "Wrapper", note, "shop-unknown", "6419802000713"))

    def crowd(self) -> None:
        """Everybody else."""
        rng = self._site.rng
        for turn in range(_CUSTOMERS):
            person = self._site.somebody(step_free=turn % 15 == 0)
            self._site.loyalty(person)
            if turn < _ORDERS:
                state = rng.choice(("accepted", "accepted", "accepted", "preparing", "preparing", "ready"))
                self._order(person, rng.randint(18, 240), state, _sample("", Group.ORDERS, ""))

    def _order(self, person: Person, due_in_min: int, state: str, sample: Sample) -> None:
        number, self._number = f"S{self._number}", self._number + 1
        made_ready = state in {"ready", "handed_over", "not_collected"}
        due_at = on_the_clock(self._site.now + due_in_min * MINUTE)
        order = Order(
            id=new_id(self._site.rng),
            number=number,
            subject=person.id,
            site=SITE,
            due_at=due_at,
            place=self._desk,
            state=state,
            lines=articles(self._site.rng, _SHELF),
            ready_at=min(self._site.now, due_at) if made_ready else None,
        )
        self._site.order(order)
        note = sample.note or f"Order {number}."
        self._site.show(replace(sample, id=order.id, title=f"{number}, {person.shown}", note=note))


def _sample(key: str, group: Group, note: str) -> Sample:
    return Sample(SITE, Kind.ORDER, "", group, "", note, key)
