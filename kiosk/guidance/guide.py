"""The guide of one touchpoint: from the facts of a scan to the one next step, by the pack's rows."""

from kiosk.errors import PackError
from kiosk.guidance.answer import Answers, Said, values_for
from kiosk.guidance.facts import Facts
from kiosk.guidance.floor import Floor
from kiosk.guidance.rows import PickupTable, RowTable
from kiosk.guidance.situation import Site, Situation
from kiosk.guidance.words import Words
from kiosk.model.ids import DeviceId, EpochMs, Lang, PlaceId
from kiosk.model.pack import Pack, Row, Settings, Touchpoint
from kiosk.model.step import Step, Tone

LAST_RESORT = "last-resort"
"""The row id of an answer that no row gave."""


class NotInPack(PackError):
    """The content pack does not name this device."""


class Guide:
    """What one touchpoint says, from one pack."""

    def __init__(self, pack: Pack, device: DeviceId) -> None:
        """Prepares the tables of a loaded pack for `device`. Raises `NotInPack` when it names no such touchpoint."""
        self.touchpoint: Touchpoint = _touchpoint(pack, device)
        self._pack = pack
        self._words = Words(pack.messages, pack.zone)
        self._floor = Floor(pack, self._words)
        self._site = Site(self._floor, self._words, self.touchpoint, pack.settings, pack.name)
        self._rows = RowTable(pack.rows, self._words, self.touchpoint.kind)
        self._answers = Answers(PickupTable(pack.pickup_rows, self._words), pack.version)
        resort = pack.last_resort
        self._resort = Row(LAST_RESORT, Tone.INFO, resort.message, lead=resort.lead, place=resort.place)

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
        spoken = self._spoken(lang)
        situation = Situation(facts, self._site)
        for each in self._rows.holding(facts.outcome, situation.document(), facts.now):
            if each.row.place and situation.place(each.row.place) is None:
                continue
            values = values_for(situation, each.needs, Said(each.row.place, each.row.moment), spoken)
            if values is not None:
                return self._answers.step(situation, each.row, values, spoken)
        names = {"place": self._floor.name(PlaceId(self._resort.place), spoken)}
        return self._answers.step(situation, self._resort, names, spoken)

    def attract(self, lang: Lang) -> tuple[str, str]:
        """Title and hint while nobody is here."""
        spoken = self._spoken(lang)
        values = {"site": self._words.text(spoken, self._pack.name)}
        title = self._words.text(spoken, self.touchpoint.title, values)
        return title, self._words.text(spoken, self.touchpoint.hint, values)

    def place_name(self, place: PlaceId, lang: Lang) -> str:
        """The place's name; its id when the pack has no name for it."""
        return self._floor.name(place, self._spoken(lang))

    def local_time(self, moment: EpochMs) -> str:
        """The site's wall clock at `moment`, as HH:MM."""
        return self._words.local_time(moment)

    def _spoken(self, lang: Lang) -> Lang:
        """`lang` where the pack speaks it, its main language otherwise."""
        return lang if lang in self.languages else self.languages[0]


def _touchpoint(pack: Pack, device: DeviceId) -> Touchpoint:
    for touchpoint in pack.touchpoints:
        if touchpoint.id == device:
            return touchpoint
    todo = "Add the device to the site's pack and publish it, or correct device.id in device.toml."
    raise NotInPack(f"The content pack {pack.version} names no touchpoint {device}.", todo)
