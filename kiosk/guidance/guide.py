"""The guide of one touchpoint: from the facts of a scan to the one next step, by the pack's rows."""

import bisect
from collections.abc import Iterator

from kiosk.errors import PackError
from kiosk.guidance.answer import Answers, Said, values_for
from kiosk.guidance.effective import all_edges, edges, pack_at, pack_with
from kiosk.guidance.facts import Facts
from kiosk.guidance.floor import Floor
from kiosk.guidance.offers import Offers
from kiosk.guidance.rows import PickupTable, RowTable
from kiosk.guidance.situation import Site, Situation
from kiosk.guidance.tried import Tried, tried
from kiosk.guidance.variants import variants_of
from kiosk.guidance.words import Words
from kiosk.model.ids import DeviceId, EpochMs, Lang, PlaceId
from kiosk.model.pack import Pack, Row, Settings, Touchpoint
from kiosk.model.pathway import Opened, in_force
from kiosk.model.step import Step, Tone

_SITES_KEPT = 8
LAST_RESORT = "last-resort"
"""The row id of an answer that no row gave."""


class NotInPack(PackError):
    """The content pack does not name this device."""


class _InForce:
    """All that a pack says between two of its changes."""

    def __init__(self, pack: Pack, touchpoint: Touchpoint) -> None:
        self._pack = pack
        self._touchpoint = touchpoint
        self._pathways = {pathway.id: pathway.open for pathway in pack.pathways}
        self._sites: dict[Opened, Site] = {}
        self.words = Words(pack.messages, pack.zone)
        self.site = self._site(pack)
        self.floor = self.site.floor
        self.rows = RowTable(pack.rows, self.words, touchpoint.kind)
        pickups = PickupTable(pack.pickup_rows, self.words)
        self.answers = Answers(pickups, Offers(pack.offers), pack.last_resort, pack.version)

    def site_with(self, said: Opened) -> Site:
        """The site with ways that are open or closed just now, as far as that is news to the pack."""
        news = frozenset(each for each in said if self._pathways.get(each[0], each[1]) is not each[1])
        if not news:
            return self.site
        if news not in self._sites:
            while len(self._sites) >= _SITES_KEPT:
                del self._sites[next(iter(self._sites))]
            self._sites[news] = self._site(pack_with(self._pack, news))
        return self._sites[news]

    def _site(self, pack: Pack) -> Site:
        return Site(Floor(pack, self.words), self.words, self._touchpoint, pack.settings, pack.name)


class Guide:
    """What one touchpoint says, from one pack."""

    def __init__(self, pack: Pack, device: DeviceId) -> None:
        """Prepares the tables of a loaded pack for `device`. Raises `NotInPack` when it names no such touchpoint."""
        self.touchpoint: Touchpoint = _touchpoint(pack, device)
        self._pack = pack
        self._edges = edges(pack)
        self._changes = all_edges(pack)
        self._stretches: dict[int, _InForce] = {}
        resort = pack.last_resort
        self._resort = Row(LAST_RESORT, Tone.INFO, resort.message, lead=resort.lead, place=resort.place)
        self._at(EpochMs(0))

    @property
    def pack(self) -> Pack:
        """The pack that speaks."""
        return self._pack

    @property
    def settings(self) -> Settings:
        """What the site decided once."""
        return self._pack.settings

    @property
    def languages(self) -> tuple[Lang, ...]:
        """The pack's languages, the main one first."""
        return self._pack.languages

    @property
    def zone(self) -> str:
        """The site's time zone by its IANA name."""
        return self._pack.zone

    def step(self, facts: Facts, lang: Lang) -> Step:
        """The one next step in `lang`: the first row that holds, and whose placeholders are all known.

        Total: where there is none, it is the pack's last resort, and the step's row is `LAST_RESORT`.
        """
        spoken, now = self._spoken(lang), self._at(facts.now)
        situation = self.situation(facts)
        variants = variants_of(self._pack.experiments, facts)
        for each in now.rows.holding(facts.outcome, situation.document(), facts.now, variants):
            if each.row.place and situation.place(each.row.place) is None:
                continue
            values = values_for(situation, each.needs, Said(each.row.place, each.row.moment), spoken)
            if values is not None:
                return now.answers.step(situation, each.row, values, spoken)
        names = {"place": now.floor.name(PlaceId(self._resort.place), spoken)}
        return now.answers.step(situation, self._resort, names, spoken)

    def tried(self, facts: Facts, lang: Lang) -> Iterator[Tried]:
        """Every row of the pack in its order, with what it lacks to be the answer; `step` takes the first that lacks none."""
        situation = self.situation(facts)
        return tried(self._pack.rows, situation, variants_of(self._pack.experiments, facts), self._spoken(lang))

    def situation(self, facts: Facts) -> Situation:
        """The facts as the rows see them from here, at their moment."""
        return Situation(facts, self._at(facts.now).site_with(in_force(facts.pathways, facts.now)))

    def attract(self, lang: Lang, now: EpochMs = EpochMs(0)) -> tuple[str, str]:
        """Title and hint while nobody is here, as they are at `now`."""
        spoken, words = self._spoken(lang), self._at(now).words
        values = {"site": words.text(spoken, self._pack.name)}
        return words.text(spoken, self.touchpoint.title, values), words.text(spoken, self.touchpoint.hint, values)

    def place_name(self, place: PlaceId, lang: Lang, now: EpochMs = EpochMs(0)) -> str:
        """The place's name at `now`; its id when the pack has no name for it."""
        return self._at(now).floor.name(place, self._spoken(lang))

    def local_time(self, moment: EpochMs) -> str:
        """The site's wall clock at `moment`, as HH:MM."""
        return self._at(EpochMs(0)).words.local_time(moment)

    def changes_at(self, now: EpochMs) -> EpochMs | None:
        """The next moment after `now` at which anything that the pack says may change, None when it never does."""
        return next((edge for edge in self._changes if edge > now), None)

    def _at(self, now: EpochMs) -> _InForce:
        """What is in force at `now`; each stretch of time is prepared when it is first needed."""
        stretch = bisect.bisect_right(self._edges, now)
        found = self._stretches.get(stretch)
        if found is None:
            begins = self._edges[stretch - 1] if stretch else EpochMs(min((0, *self._edges)) - 1)
            found = self._stretches[stretch] = _InForce(pack_at(self._pack, begins), self.touchpoint)
        return found

    def _spoken(self, lang: Lang) -> Lang:
        """`lang` where the pack speaks it, its main language otherwise."""
        return lang if lang in self.languages else self.languages[0]


def _touchpoint(pack: Pack, device: DeviceId) -> Touchpoint:
    for touchpoint in pack.touchpoints:
        if touchpoint.id == device:
            return touchpoint
    todo = "Add the device to the site's pack and publish it, or correct device.id in device.toml."
    raise NotInPack(f"The content pack {pack.version} names no touchpoint {device}.", todo)
