"""Why each row answers or does not, in words that name the failing part and the value that was there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from deploy.release.decompile import NotOurs, decompile, in_words
from deploy.release.preview.failing import Document, failing
from deploy.release.preview.folder import Reading
from kiosk.guidance import Facts, Guide
from kiosk.guidance.tried import Lack, Tried
from kiosk.guidance.variants import VARIANT_MARK, variants_of
from kiosk.model.ids import EpochMs, Lang
from kiosk.model.pack import GATE, HERE, ORDER, Row, Touchpoint

_MS = 1000
_PLACES = {
    HERE: "this touchpoint's own place",
    GATE: "the departure's gate",
    ORDER: "where the order is collected",
}
_NEEDED = {
    "name": "nobody's name is known",
    "vessel": "no vessel is named",
    "destination": "no destination is named",
    "lines": "the order lists no articles, or there is no order",
    "number": "there is no order",
    "numbers": "there is no order",
    "count": "there is no open order",
    "gate": "there is no departure, or its gate is not on the map",
    "to_gate": "there is no departure, or its gate is not on the map",
    "order_place": "there is no order, or its place is not on the map",
    "to_order_place": "there is no order, or its place is not on the map",
}


@dataclass(frozen=True, slots=True)
class Judged:
    """One row of the table and what became of it. `apart` marks rows that are for another touchpoint or outcome."""

    row: Row
    where: str
    """The file and line that it stands in."""
    condition: str
    """As the author wrote it, empty for none."""
    words: str
    """The condition in words."""
    why: tuple[str, ...] = ()
    """Why it does not answer, empty when it could."""
    apart: bool = False
    timed: bool = False
    """Whether it is not in force at this moment."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """All rows: those above the one that answers, that one (None: the last resort), and those below."""

    above: tuple[Judged, ...]
    answers: Judged | None
    below: tuple[Judged, ...]


def judge(guide: Guide, facts: Facts, lang: Lang, reading: Reading) -> Judgement:
    """What became of each row in this situation."""
    document = guide.situation(facts).document()
    because = _Because(guide, facts, document)
    found = [_judged(each, because, reading) for each in guide.tried(facts, lang)]
    at = next((number for number, each in enumerate(found) if not each.why), None)
    if at is None:
        return Judgement(tuple(found), None, ())
    return Judgement(tuple(found[:at]), found[at], tuple(found[at + 1 :]))


def in_force_told(row: Row, zone: str) -> str:
    """When a row is in force, empty for always."""
    begin = "" if row.valid_from is None else f"from {local(row.valid_from, zone)}"
    end = "" if row.valid_until is None else f"until {local(row.valid_until, zone)}"
    return " ".join(part for part in (begin, end) if part)


def local(moment: EpochMs, zone: str) -> str:
    """The site's date and time at `moment`."""
    try:
        return f"{datetime.fromtimestamp(moment / _MS, ZoneInfo(zone)):%Y-%m-%d %H:%M}"
    except (OverflowError, ValueError, OSError):
        return f"the moment {moment}"


def condition_of(row: Row) -> str:
    """The row's condition as an author writes it."""
    try:
        return decompile(row.when)
    except NotOurs as other:
        return str(other)


def _judged(tried: Tried, because: "_Because", reading: Reading) -> Judged:
    row = tried.row
    return Judged(
        row=row,
        where=reading.line_of("rows", row.id),
        condition=condition_of(row),
        words=in_words(row.when),
        why=tuple(because.told(tried)),
        apart=tried.lack in {Lack.TOUCHPOINT, Lack.OUTCOME},
        timed=tried.lack in {Lack.NOT_YET, Lack.NO_LONGER},
    )


class _Because:
    """Words for what a row lacks."""

    def __init__(self, guide: Guide, facts: Facts, document: Document) -> None:
        self._touchpoint: Touchpoint = guide.touchpoint
        self._facts = facts
        self._document = document
        self._zone = guide.zone
        self._variants = sorted(variants_of(guide.pack.experiments, facts))

    def told(self, tried: Tried) -> Iterator[str]:
        """Each reason as a sentence's part; none for a row that could answer."""
        row = tried.row
        match tried.lack:
            case Lack.TOUCHPOINT:
                yield f"it is for {_any_of(row.at)}: this is a {self._touchpoint.kind}"
            case Lack.OUTCOME:
                yield f"it is for {_any_of(row.outcomes)}: the outcome is {self._facts.outcome}"
            case Lack.VARIANT:
                yield self._variant(row)
            case Lack.NOT_YET | Lack.NO_LONGER:
                yield self._time(row, tried.lack)
            case Lack.CONDITION:
                yield from failing(row.when, self._document) or (f"{condition_of(row)}: it does not hold",)
            case Lack.PLACE:
                yield f"{row.place}: {_PLACES.get(row.place, 'that place')} is not known here"
            case Lack.WORDS:
                yield from (f"{{{name}}} has no value: {self._needed(row, name)}" for name in tried.words)

    def _variant(self, row: Row) -> str:
        name, _, wanted = row.variant.partition(VARIANT_MARK)
        here = next((each.partition(VARIANT_MARK)[2] for each in self._variants if each.startswith(f"{name}/")), "none")
        return f'it is for variant "{wanted}" of {name}: here it is "{here}"'

    def _time(self, row: Row, lack: Lack) -> str:
        still = "not yet" if lack is Lack.NOT_YET else "no longer"
        return (
            f"{still} in force: it is {in_force_told(row, self._zone)}, and now is {local(self._facts.now, self._zone)}"
        )

    @staticmethod
    def _needed(row: Row, name: str) -> str:
        if name in {"time", "date", "minutes"} and row.moment is not None:
            what = row.moment.value.replace("_", " ")
            return f"no time is known for {what}" + (", or it has passed" if name == "minutes" else "")
        return _NEEDED.get(name, "it is not known here")


def _any_of(words: tuple[str, ...]) -> str:
    return " or ".join(words)
