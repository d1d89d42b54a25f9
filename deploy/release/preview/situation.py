"""A situation, as an address holds it: the choices of a page and the one step of a scenario that they stand for.

Whatever a step of a scenario can say can be chosen, by the same types; choices that set a declared fact have its name.
What is left out has the step's own default.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from msgspec import inspect

from deploy.release.preview.leaves import NoValue, is_optional, plain, read_leaf, words_of, write_leaf
from deploy.release.preview.names import act_names, address_names, spread, unspread
from deploy.release.preview.query import BadChoices, Choices
from deploy.release.scenarios import Act
from kiosk.guidance.declared import UNKNOWN

SAYS, NOBODY = "says", "nobody"
OUTCOME, TEXT, SHAPE = "outcome", "text", "shape"
SIZES = {"100": 1.0, "150": 1.5, "200": 2.0}
SHAPES = {"usual": None, "upright": False, "wide": True}
"""Whether the window is wide; as such a device usually stands."""
_INT, _FLAG = inspect.IntType(), inspect.BoolType()
MAX_MANY = 8
"""At most so many orders, or other things of a kind."""
_PRESENCE = "state"
_ITEM = re.compile(r"(\d)(?:\.|$)")


@dataclass(frozen=True, slots=True)
class Situation:
    """What is shown: a step of a scenario, how large its text is, and whether the window is wide (None: as usual).

    With `quiet` nobody has scanned anything: the screen invites.
    """

    act: Act
    scale: float = 1.0
    wide: bool | None = None
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be chosen, as it is: its name in an address, its type and its value as text.

    With `optional` it may be `unknown`; `told` says that it is not as by default.
    """

    name: str
    kind: inspect.Type
    value: str
    optional: bool
    told: bool


def read_situation(choices: Choices, defaults: Choices) -> Situation:
    """The situation of `choices`; `defaults` give what a thing that is there must have. Raises `BadChoices`."""
    problems: list[tuple[str, str]] = []
    rest = dict(choices)
    scale = _one_of(TEXT, rest.pop(TEXT, "100"), SIZES, problems)
    shape = _one_of(SHAPE, rest.pop(SHAPE, "usual"), SHAPES, problems)
    quiet = rest.get(OUTCOME) == NOBODY
    rest |= {OUTCOME: "informed"} if quiet else {}
    reader = _Reader(_names_of_act(rest, problems), _names_of_act(defaults, problems))
    act = reader.struct(_ACT, "")
    problems += reader.problems
    if problems:
        raise BadChoices(problems)
    return Situation(act, SIZES[scale], SHAPES[shape], quiet)


def write_situation(situation: Situation) -> dict[str, str]:
    """The choices of a situation, those that are as by default left out. `read_situation` reads it again."""
    found = dict(_written(_ACT, situation.act, ""))
    if situation.quiet:
        found[OUTCOME] = NOBODY
    choices = {address_names(name): value for name, value in spread(found).items()}
    size = next(text for text, scale in SIZES.items() if scale == situation.scale)
    shape = next(text for text, wide in SHAPES.items() if wide is situation.wide)
    choices |= {} if situation.scale == 1.0 else {TEXT: size}
    return choices | ({} if situation.wide is None else {SHAPE: shape})


def entries(situation: Situation) -> tuple[Entry, ...]:
    """Everything that can be chosen, as far as it is there; of what may be there several times one more."""
    found = {each.name: each for each in _entries(_ACT, situation.act, "")}
    values = spread({name: each.value for name, each in found.items()})
    return tuple(
        replace(
            found.get(name, Entry(name, _INT, value, optional=False, told=True)), name=address_names(name), value=value
        )
        for name, value in values.items()
    )


def _struct(kind: inspect.Type) -> inspect.StructType | None:
    bare = plain(kind)
    return bare if isinstance(bare, inspect.StructType) else None


def _item(kind: inspect.Type) -> inspect.StructType | None:
    bare = plain(kind)
    return _struct(bare.item_type) if isinstance(bare, inspect.VarTupleType) else None


def _presence(kind: inspect.StructType) -> str:
    """The part that tells whether a thing is there: its state, `unknown` for none, or a yes of its own."""
    return next((field.name for field in kind.fields if field.name == _PRESENCE and words_of(field.type)), "")


def _fields(kind: inspect.StructType) -> Iterator[inspect.Field]:
    return (field for field in kind.fields if field.name != SAYS)


def _default(field: inspect.Field) -> Any:
    return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()


class _Reader:
    """Builds structs from flat names, and collects what is wrong."""

    def __init__(self, given: Mapping[str, str], defaults: Mapping[str, str]) -> None:
        self._given, self._defaults = given, defaults
        self._read: set[str] = set()
        self._outermost = True
        self.problems: list[tuple[str, str]] = []

    def struct(self, kind: inspect.StructType, prefix: str) -> Any:
        outermost, self._outermost = self._outermost, False
        found: dict[str, Any] = {SAYS: _NOTHING} if kind is _ACT else {}
        for field in _fields(kind):
            value = self._value(field, f"{prefix}{field.name}")
            if value is not msgspec.UNSET:
                found[field.name] = value
        if outermost:
            self.problems += [_unknown(name) for name in self._given if name not in self._read]
        return None if self.problems else kind.cls(**found)

    def _value(self, field: inspect.Field, name: str) -> Any:
        item, struct = _item(field.type), _struct(field.type)
        if item is not None:
            numbers = sorted({int(found[1]) for each in self._given if (found := self._after(name, each))})
            built = [self._thing(item, f"{name}.{number}") for number in numbers[:MAX_MANY]]
            return tuple(each for each in built if each is not None)
        if struct is not None:
            return self._thing(struct, name)
        return self._leaf(field, name)

    def _leaf(self, field: inspect.Field, name: str) -> Any:
        self._read.add(name)
        text = self._given.get(name)
        if text is None and _default(field) is msgspec.NODEFAULT:
            text = self._defaults.get(name, self._defaults.get(re.sub(r"\.\d\.", ".0.", name), ""))
        if text is None:
            return msgspec.UNSET
        try:
            return read_leaf(field.type, text)
        except NoValue as wrong:
            self.problems.append((f"{address_names(name)}: {wrong.what}", wrong.todo))
            return msgspec.UNSET

    def _thing(self, kind: inspect.StructType, name: str) -> Any:
        """A thing that may not be there; then whatever is said of it is passed over."""
        mark = f"{name}.{_presence(kind)}".rstrip(".")
        self._read.add(mark)
        ours = {each for each in self._given if each.startswith(f"{name}.")}
        said = self._given.get(mark)
        there = said not in {"", UNKNOWN, "no"} if said is not None else bool(ours)
        if there:
            return self.struct(kind, f"{name}.")
        self._read |= ours
        return None

    @staticmethod
    def _after(name: str, each: str) -> re.Match[str] | None:
        return _ITEM.match(each, len(name) + 1) if each.startswith(f"{name}.") else None


def _unknown(name: str) -> tuple[str, str]:
    return f'There is nothing called "{address_names(name)}" to be chosen.', "Correct the address, or begin anew."


def _one_of(name: str, value: str, known: Mapping[str, Any], problems: list[tuple[str, str]]) -> str:
    if value in known:
        return value
    problems.append((f'{name}: "{value}" is not known.', f"Write one of: {', '.join(known)}."))
    return next(iter(known))


def _names_of_act(choices: Choices, problems: list[tuple[str, str]]) -> dict[str, str]:
    try:
        return unspread({act_names(name): value.strip() for name, value in choices.items()})
    except NoValue as wrong:
        problems.append((wrong.what, wrong.todo))
        return {}


def _written(kind: inspect.StructType, value: Any, prefix: str) -> Iterator[tuple[str, str]]:
    for field in _fields(kind):
        name, inner = f"{prefix}{field.name}", getattr(value, field.name)
        item, struct = _item(field.type), _struct(field.type)
        if item is not None:
            for number, each in enumerate(inner):
                yield from _present(item, each, f"{name}.{number}")
        elif struct is not None:
            yield from _present(struct, inner, name) if inner is not None else ()
        elif inner != _default(field) or name == "time":
            yield name, write_leaf(field.type, inner)


def _present(kind: inspect.StructType, value: Any, name: str) -> Iterator[tuple[str, str]]:
    presence = _presence(kind)
    yield (f"{name}.{presence}", str(getattr(value, presence))) if presence else (name, "yes")
    yield from ((key, text) for key, text in _written(kind, value, f"{name}.") if key != f"{name}.{presence}")


def _entries(kind: inspect.StructType, value: Any, prefix: str) -> Iterator[Entry]:
    for field in _fields(kind):
        name, inner = f"{prefix}{field.name}", getattr(value, field.name)
        item, struct = _item(field.type), _struct(field.type)
        if item is not None:
            for number in range(min(len(inner) + 1, MAX_MANY)):
                yield from _thing(item, inner[number] if number < len(inner) else None, f"{name}.{number}")
        elif struct is not None:
            yield from _thing(struct, inner, name)
        else:
            text, told = write_leaf(field.type, inner), inner != _default(field)
            yield Entry(name, field.type, text, is_optional(field.type), told)


def _thing(kind: inspect.StructType, value: Any, name: str) -> Iterator[Entry]:
    presence = _presence(kind)
    mark = f"{name}.{presence}".rstrip(".")
    own = next((field.type for field in kind.fields if field.name == presence), _FLAG)
    there = "yes" if value is not None else UNKNOWN
    text = write_leaf(own, getattr(value, presence)) if presence and value is not None else there
    yield Entry(mark, own, text, optional=True, told=value is not None)
    if value is not None:
        yield from (each for each in _entries(kind, value, f"{name}.") if each.name != mark)


_ACT: inspect.StructType = inspect.type_info(Act)  # type: ignore[assignment]
_NOTHING: Any = next(field for field in _ACT.fields if field.name == SAYS).type.cls()  # type: ignore[attr-defined]
