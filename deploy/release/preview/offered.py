"""What can be chosen for one situation, in groups: a control for each choice, by its type, with the values that matter."""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from msgspec import inspect

from deploy.release.preview.leaves import plain, words_of
from deploy.release.preview.situation import NOBODY, OUTCOME, SHAPE, SHAPES, SIZES, TEXT, Entry, Situation, entries
from deploy.release.proof.buckets import Cuts
from kiosk.guidance.declared import DECLARED, UNKNOWN, Declared
from kiosk.model.floor import PathwayMode
from kiosk.model.pack import Pack

SCREEN, PERSON = "Screen", "Person"
_TITLES = {
    "": SCREEN,
    "subject": PERSON,
    "ticket": "Ticket",
    "journey": "Journey",
    "departure": "Departure",
    "next_departure": "Later departure",
    "hub": "Hub",
}
_SCREEN = ("at", OUTCOME, "lang", "time", TEXT, SHAPE)
_PERSON = frozenset({"name", "consents", "likes", "seems_to_like", "declined"})
_LABELS = {
    "at": "Touchpoint",
    OUTCOME: "The scan comes to",
    "lang": "Language",
    "time": "Date and time at the site",
    TEXT: "Text size",
    SHAPE: "Window",
    "departure.late": "minutes that it is late",
    "ticket.used": "minutes since the ticket was used",
    "ticket.valid_in": "minutes until the ticket is valid",
    "ticket.lane": "the vehicle's lane",
    "journey.told_gate": "the gate that was told at check-in",
    "consents": "purposes consented to",
    "likes": "topics that they said they like",
    "seems_to_like": "topics that they are thought to like",
    "declined": "offers that are not for them",
    "closed": "ways that the staff closed just now",
    "order.call_in": "minutes until the promised call",
    "order.called": "minutes since the call",
    "order.moved": "minutes since the order last moved",
    "order.lines": "what the order holds, with commas",
}
_SHAPE_WORDS = {"usual": "as usual here"}
_MOST_STRETCHES = 12


class Kind(StrEnum):
    """The kind of a control."""

    CHOICE = "choice"
    NUMBER = "number"
    TEXT = "text"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Numbers that no condition of the pack tells apart: one of them, the words for all, and whether one is chosen."""

    value: str
    words: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Control:
    """One control: its name in the address, its words, its value, and for a choice all values with their words."""

    name: str
    label: str
    kind: Kind
    value: str
    options: tuple[tuple[str, str], ...] = ()
    stretches: tuple["Stretch", ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Controls that belong together; `told` when one of them is not as by default."""

    title: str
    controls: tuple[Control, ...]
    told: bool

    @property
    def key(self) -> str:
        """A word for it that can stand in HTML."""
        return self.title.lower().replace(" ", "-")


class Offered:
    """The controls of a pack: its touchpoints, languages and places, and the values that its conditions name."""

    def __init__(self, pack: Pack, products: Iterable[str]) -> None:
        """`products` are the kinds of tickets that the pack's scenarios know."""
        self._pack = pack
        cuts = Cuts()
        for condition in (*(row.when for row in pack.rows), *(row.when for row in pack.pickup_rows)):
            cuts.read(condition)
        self._cuts: dict[str, set[int]] = dict(cuts.numbers)
        named = {str(word).replace("_", " ") for word in cuts.words["ticket.product"] if word != UNKNOWN}
        self._products = tuple(sorted(named | set(products)))

    def groups(self, situation: Situation, places: Mapping[str, str]) -> tuple[Group, ...]:
        """All controls; `places` are the words for each place that one can be sent to."""
        found: dict[str, list[Control]] = {SCREEN: []}
        told: set[str] = set()
        for entry in entries(situation):
            title = _title(entry.name)
            found.setdefault(title, []).append(self._control(entry, situation, places))
            told |= {title} if entry.told else set()
        found[SCREEN] = sorted([*found[SCREEN], *_looks(situation)], key=_rank)
        groups = (Group(title, tuple(_state_first(controls)), title in told) for title, controls in found.items())
        return tuple(sorted(groups, key=_place))

    def _control(self, entry: Entry, situation: Situation, places: Mapping[str, str]) -> Control:
        # The further orders are told as the first one is; conditions ask for the most pressing.
        fact = DECLARED.get(re.sub(r"^order\d\.", "order.", entry.name))
        value = NOBODY if entry.name == OUTCOME and situation.quiet else entry.value
        options = self._options(entry, places)
        kind = Kind.CHOICE if options else Kind.TEXT
        if not options and isinstance(plain(entry.kind), inspect.IntType):
            kind = Kind.NUMBER
        return Control(
            name=entry.name,
            label=_label(entry.name, fact),
            kind=Kind.MOMENT if entry.name == "time" else kind,
            value=value,
            options=_with(value, options),
            stretches=tuple(self._stretches(entry, fact) if kind is Kind.NUMBER else self._toggles(entry)),
            hint=fact.source if fact else "",
        )

    def _options(self, entry: Entry, places: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        match entry.name:
            case "at":
                return tuple((each.id, each.id) for each in self._pack.touchpoints)
            case "lang":
                return tuple((lang, lang) for lang in self._pack.languages)
            case "ticket.product":
                return tuple((word, word) for word in self._products)
            case "outcome":
                return ((NOBODY, "nobody is there"), *_worded(words_of(entry.kind)))
            case name if name.endswith(("gate", ".place")) and isinstance(plain(entry.kind), inspect.StrType):
                return (*(((UNKNOWN, UNKNOWN),) if entry.optional else ()), *places.items())
        words = words_of(entry.kind)
        return _worded((UNKNOWN, *words) if words and entry.optional else words)

    def _toggles(self, entry: Entry) -> Iterator[Stretch]:
        """For a list: each thing that may stand in it, with the list that has it or has it no more."""
        if not isinstance(plain(entry.kind), inspect.VarTupleType):
            return
        chosen = [each.strip() for each in entry.value.split(",") if each.strip()]
        for word in self._listed(entry):
            rest = [each for each in chosen if each != word]
            yield Stretch(", ".join(rest if word in chosen else [*chosen, word]), word, word in chosen)

    def _listed(self, entry: Entry) -> tuple[str, ...]:
        match entry.name:
            case "closed":
                return tuple(each.id for each in self._pack.pathways if each.mode is not PathwayMode.WALKWAY)
            case "likes" | "seems_to_like":
                return tuple(sorted({each.topic for each in self._pack.offers if each.topic}))
            case "declined":
                return tuple(each.id for each in self._pack.offers)
        return words_of(plain(entry.kind).item_type)  # type: ignore[attr-defined]

    def _stretches(self, entry: Entry, fact: Declared | None) -> Iterator[Stretch]:
        if entry.optional:
            yield Stretch(UNKNOWN, UNKNOWN, entry.value == UNKNOWN)
        if fact is not None:
            yield from stretches_of(fact, self._cuts.get(fact.name, set()), entry.value)


def stretches_of(fact: Declared, cuts: Iterable[int], chosen: str) -> Iterator[Stretch]:
    """The stretches of a number by its declared buckets and where conditions cut it. Too many of them help nobody."""
    number = None if chosen == UNKNOWN else int(chosen)
    edges = sorted({edge for edge in (*fact.buckets, *cuts) if fact.least < edge <= fact.most})
    if len(edges) > _MOST_STRETCHES:
        edges = sorted(set(fact.buckets))
    for low, high in itertools.pairwise([fact.least, *edges, fact.most + 1]):
        value = min(max(0, low), high - 1)
        words = f"{low}–{high - 1}" if low != high - 1 else str(low)
        if low == fact.least and edges:
            words = f"under {high}"
        elif high > fact.most and edges:
            words = f"{low} and more"
        first, last = low == fact.least, high > fact.most
        yield Stretch(str(value), words, number is not None and (first or low <= number) and (last or number < high))


def _title(name: str) -> str:
    group, dot, _ = name.partition(".")
    if name in _PERSON:
        return PERSON
    if not dot:
        return SCREEN if name in _SCREEN else "Ways" if name == "closed" else "More"
    order = re.fullmatch(r"order(\d?)", group)
    if order is not None:
        return f"Order {order[1]}".strip()
    return _TITLES.get(group, group.replace("_", " ").capitalize())


def _label(name: str, fact: Declared | None) -> str:
    one = re.sub(r"^order\d\.", "order.", name)
    if one in _LABELS:
        return _LABELS[one]
    return fact.noun if fact else name.rpartition(".")[2].replace("_", " ")


def _state_first(controls: Iterable[Control]) -> list[Control]:
    """What tells whether the rest is there at all comes first."""
    return sorted(controls, key=lambda control: not control.name.endswith(".state"))


def _place(group: Group) -> tuple[int, str]:
    titles = (SCREEN, PERSON, "Ticket", "Journey", "Departure", "Later departure", "Order", "Hub")
    first = group.title.partition(" ")[0]
    return titles.index(group.title if group.title in titles else first if first in titles else "Hub"), group.title


def _rank(control: Control) -> int:
    return _SCREEN.index(control.name)


def _worded(words: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple((word, word.replace("_", " ")) for word in words)


def _with(value: str, options: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """The options with what is chosen, whatever that is."""
    known = not options or any(value == each for each, _ in options)
    return options if known else ((value, f"{value} (not known here)"), *options)


def _looks(situation: Situation) -> Iterator[Control]:
    size = next(text for text, scale in SIZES.items() if scale == situation.scale)
    yield Control(TEXT, _LABELS[TEXT], Kind.CHOICE, size, tuple((text, f"{text} %") for text in SIZES))
    shape = next(text for text, wide in SHAPES.items() if wide is situation.wide)
    yield Control(
        SHAPE, _LABELS[SHAPE], Kind.CHOICE, shape, tuple((each, _SHAPE_WORDS.get(each, each)) for each in SHAPES)
    )
