"""How choices are called: by the declared fact that they set, where there is one, as conditions call it.

A step of a scenario says when a departure leaves and how long before that its gate closes; conditions ask how many
minutes there are to each. Here the minutes can be chosen, one by one.
"""

import re
from collections.abc import Iterator, Mapping

from msgspec import inspect

from deploy.release.preview.leaves import NoValue, read_leaf

_FACTS = {
    "ticket": "ticket.state",
    "product": "ticket.product",
    "used": "ticket.used",
    "valid_in": "ticket.valid_in",
    "journey": "journey.state",
    "known": "subject.known",
    "step_free": "subject.step_free",
    "connected": "hub.connected",
    "data_age": "hub.data_age",
    "lane": "ticket.lane",
    "told_gate": "journey.told_gate",
    "ahead": "order.ahead",
}
_ACTS = {fact: name for name, fact in _FACTS.items()}
_MANY = re.compile(r"orders\.(\d)\.(.*)", re.ASCII)
_ONE = re.compile(r"order(\d?)\.(.*)", re.ASCII)
_OF_ORDER = {"due_in": "minutes_left", "ready_in": "minutes_to_ready"}
_OF_ACT = {fact: name for name, fact in _OF_ORDER.items()}
_SAILINGS = ("departure", "next_departure")
_TO = {"gate_closes_before": "minutes_to_gate", "check_in_closes_before": "minutes_to_check_in"}
_LEAVES = "minutes_to_departure"
USUAL_MINUTES = "45"
"""Until a departure of which nothing else is said."""
MOST_MINUTES = 1_000_000
_INT = inspect.IntType()
_USUAL = {"gate_closes_before": 10, "check_in_closes_before": 30}


def address_names(name: str) -> str:
    """The name in an address of what a step of a scenario calls `name`."""
    name = _FACTS.get(name, name)
    found = _MANY.match(name)
    if found is None:
        return name
    order = "order" if found[1] == "0" else f"order{int(found[1]) + 1}"
    return f"{order}.{_OF_ORDER.get(found[2], found[2])}"


def act_names(name: str) -> str:
    """What a step of a scenario calls that which an address calls `name`."""
    if name in _ACTS:
        return _ACTS[name]
    found = _ONE.match(name)
    if found is None or found[1] in {"0", "1"}:
        return name
    return f"orders.{int(found[1] or 1) - 1}.{_OF_ACT.get(found[2], found[2])}"


def spread(found: Mapping[str, str]) -> dict[str, str]:
    """The same with the minutes of each departure instead of its plan."""
    return dict(_spread(found))


def _spread(found: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in found.items():
        group, _, leaf = name.rpartition(".")
        if group not in _SAILINGS or leaf not in {"leaves_in", *_TO}:
            yield name, value
        elif leaf == "leaves_in":
            late = int(found.get(f"{group}.late", "0"))
            leaves = int(value)
            yield f"{group}.{_LEAVES}", str(leaves + late)
            for before, to in _TO.items():
                usual = str(_USUAL[before])
                yield f"{group}.{to}", str(leaves + max(0, late) - int(found.get(f"{group}.{before}", usual)))


def unspread(found: Mapping[str, str]) -> dict[str, str]:
    """The same with the plan of each departure instead of its minutes. Raises `NoValue` for what is no number."""
    rest = dict(found)
    for group in _SAILINGS:
        said = {to: rest.pop(f"{group}.{to}") for to in (_LEAVES, *_TO.values()) if f"{group}.{to}" in rest}
        if not said:
            continue
        late = _number(f"{group}.late", rest.get(f"{group}.late", "0"))
        leaves = _number(f"{group}.{_LEAVES}", said.get(_LEAVES, USUAL_MINUTES)) - late
        rest[f"{group}.leaves_in"] = str(leaves)
        for before, to in _TO.items():
            if to in said:
                rest[f"{group}.{before}"] = str(leaves + max(0, late) - _number(f"{group}.{to}", said[to]))
    return rest


def _number(name: str, text: str) -> int:
    try:
        number = int(read_leaf(_INT, text))
    except NoValue as wrong:
        raise NoValue(f"{name}: {wrong.what}", wrong.todo) from wrong
    if abs(number) > MOST_MINUTES:
        raise NoValue(f"{name}: {number} minutes are too far away.", f"At most {MOST_MINUTES} minutes are shown.")
    return number
