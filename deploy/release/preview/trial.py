"""One asking of the page: from an address and the folder to all that the page shows, the picture among it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from deploy.release.finding import nearest
from deploy.release.preview.drawing import is_wide, scene_of, spoken
from deploy.release.preview.folder import PackFolder, Reading
from deploy.release.preview.offered import Group, Offered
from deploy.release.preview.painter import NoPicture, Painter, Picture
from deploy.release.preview.query import BadChoices, Choices
from deploy.release.preview.situation import MAX_MANY, Situation, read_situation, write_situation
from deploy.release.preview.why import Judgement, judge
from deploy.release.replay import facts_of
from kiosk.guidance import Facts, Guide
from kiosk.guidance.effective import all_edges
from kiosk.model.ids import MS_PER_MINUTE, EpochMs
from kiosk.model.pack import ANSWERING, Pack
from kiosk.model.scene import Scene
from kiosk.model.step import Step

_FIRST_YEAR, _LAST_YEAR = 1971, 2200
_MS = 1000
_USUAL = {
    "departure.state": "on_time",
    "departure.minutes_to_departure": "45",
    "next_departure.state": "on_time",
    "next_departure.minutes_to_departure": "285",
    "order.number": "A17",
    **{f"order{number}.number": f"A{16 + number}" for number in range(2, MAX_MANY + 1)},
    "order.minutes_left": "15",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a situation comes to. `edges` are the moments at which the pack changes, `gates` the way to each place."""

    situation: Situation
    choices: dict[str, str]
    groups: tuple[Group, ...]
    guide: Guide
    facts: Facts
    step: Step
    judgement: Judgement
    picture: Picture | None
    no_picture: str
    wide: bool
    edges: tuple[EpochMs, ...]

    @property
    def asked(self) -> bool:
        """Whether rows are asked at all: not while nobody is there, and never by a board, which reads no codes."""
        return not self.situation.quiet and self.guide.touchpoint.kind in ANSWERING


class Trial:
    """Tries situations on the pack in a folder."""

    def __init__(self, folder: PackFolder, painter: Painter, now_ms: Callable[[], int]) -> None:
        self._folder = folder
        self._painter = painter
        self._now_ms = now_ms

    def run(self, reading: Reading, given: Choices) -> Shown:
        """What `given` comes to with a pack that could be read. Raises `BadChoices`."""
        pack = reading.pack
        assert pack is not None, "a broken pack shows its findings"  # noqa: S101 - for the type checker
        usual = usual_choices(reading, pack, self._now_ms())
        first: dict[str, str] = {name: usual[name] for name in ("at", "outcome", "time")}
        situation = read_situation({**first, **(given or _first_scenario(reading, usual["time"]))}, usual)
        _check(situation, pack)
        guide = self._folder.guide(reading, situation.act.at)
        facts = facts_of(situation.act, pack)
        lang = spoken(guide, situation.act.lang)
        step = guide.step(facts, lang)
        picture, no_picture = self._paint(scene_of(situation, guide, facts, step, reading.body))
        products = (act.product for scenario in reading.scenarios for act in scenario.steps)
        return Shown(
            situation=situation,
            choices=write_situation(situation),
            groups=Offered(pack, products).groups(situation, _places(guide, facts, step)),
            guide=guide,
            facts=facts,
            step=step,
            judgement=judge(guide, facts, lang, reading),
            picture=picture,
            no_picture=no_picture,
            wide=is_wide(situation, guide.touchpoint.kind),
            edges=all_edges(pack),
        )

    def _paint(self, scene: Scene) -> tuple[Picture | None, str]:
        try:
            return self._painter.paint(scene), ""
        except NoPicture as error:
            return None, str(error)


def usual_choices(reading: Reading, pack: Pack, now_ms: int) -> dict[str, str]:
    """Choices to begin with: the first touchpoint that answers, at this minute, with what its scenarios speak of."""
    acts = [act for scenario in reading.scenarios for act in scenario.steps]
    answering = [each for each in pack.touchpoints if each.kind in ANSWERING and each.operation is not None]
    first = answering[0].id if answering else ""
    named: list[str] = [place.id for place in pack.places if place.name] or [""]
    outcome = next((act.outcome for act in acts if act.at == first), "informed")
    gates: list[str] = [act.departure.gate for act in acts if act.departure is not None]
    orders: list[str] = [order.place for act in acts for order in act.orders]
    now = datetime.fromtimestamp(now_ms / _MS, UTC).astimezone(ZoneInfo(pack.zone))
    return {
        **_USUAL,
        "at": first,
        "outcome": str(outcome),
        "time": f"{now:%Y-%m-%d %H:%M}",
        "departure.gate": [*gates, *named][0],
        "next_departure.gate": [*gates, *named][0],
        "order.place": [*orders, *named][0],
    }


def _first_scenario(reading: Reading, time: str) -> dict[str, str]:
    """What a page shows at first: the first thing that the pack tells of, as if it were now."""
    act = next((act for scenario in reading.scenarios for act in scenario.steps), None)
    return {} if act is None else {**write_situation(Situation(act)), "time": time}


def starting_points(reading: Reading) -> Iterator[tuple[str, list[tuple[str, dict[str, str]]]]]:
    """The pack's scenarios: a name, and for each step its words and its choices."""
    for scenario in reading.scenarios:
        yield (
            scenario.name,
            [(f"{act.at}: {act.outcome.replace('_', ' ')}", write_situation(Situation(act))) for act in scenario.steps],
        )


def _check(situation: Situation, pack: Pack) -> None:
    """What only the pack knows. Raises `BadChoices`."""
    act = situation.act
    problems = []
    touchpoints = [each.id for each in pack.touchpoints]
    if act.at not in touchpoints:
        problems.append((f'at: there is no touchpoint "{act.at}".', nearest(act.at, touchpoints)))
    if act.lang is not None and act.lang not in pack.languages:
        problems.append((f'lang: the pack does not speak "{act.lang}".', nearest(act.lang, pack.languages)))
    ways = [each.id for each in pack.pathways]
    problems += [(f'closed: there is no way "{key}".', nearest(key, ways)) for key in act.closed if key not in ways]
    problems += _time_flaws(act.time, pack.zone)
    if problems:
        raise BadChoices(problems)


def _time_flaws(text: str, zone: str) -> Iterator[tuple[str, str]]:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        yield f'time: "{text}" is no date and time.', "Write it as 2027-03-28 16:00."
        return
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        yield f"time: the year {moment.year} is too far away.", f"Choose one from {_FIRST_YEAR} to {_LAST_YEAR}."
    elif moment.tzinfo is None:
        there = moment.replace(tzinfo=ZoneInfo(zone))
        if there.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != moment:
            yield f'time: the clocks skip "{text}" that night.', "Choose a time an hour later."


def told_twice(text: str, zone: str) -> bool:
    """Whether the clocks show this local time twice that night; then the first time is meant."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is not None:
        return False
    first, second = (moment.replace(tzinfo=ZoneInfo(zone), fold=fold).utcoffset() for fold in (0, 1))
    return first != second


def _places(guide: Guide, facts: Facts, step: Step) -> dict[str, str]:
    """Each place with a name, and how long the walk there is for this person."""
    site = guide.situation(facts).site
    found: dict[str, str] = {}
    for place in guide.pack.places:
        if place.name:
            minutes = site.floor.minutes((guide.touchpoint.place, place.id), step_free=bool(facts.step_free))
            walk = "no way" if minutes is None else f"{minutes} min"
            found[place.id] = f"{place.id} · {guide.place_name(place.id, step.lang, facts.now)} ({walk})"
    return found


def moments_told(edges: tuple[EpochMs, ...], zone: str) -> Iterator[tuple[str, str]]:
    """Just before and at each moment at which the pack changes: its words and the local time."""
    for edge in edges:
        for words, moment in (("a minute before", edge - MS_PER_MINUTE), ("from", edge)):
            local = datetime.fromtimestamp(moment / _MS, UTC).astimezone(ZoneInfo(zone))
            if _FIRST_YEAR <= local.year <= _LAST_YEAR:
                told = f"{local:%Y-%m-%d %H:%M:%S}".removesuffix(":00")
                yield f"{words} {told}" if words == "from" else words, told
