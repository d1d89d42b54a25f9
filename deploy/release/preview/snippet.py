"""A situation as a step of a scenario, to be copied into scenarios.toml, where `opas pack check` replays it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from deploy.release.scenarios import Act
from kiosk.model.step import Step

_SAYS = "says"


def as_step(act: Act, step: Step) -> str:
    """The step in TOML, and what the screen says to it now."""
    says = {"row": step.row, "tone": step.tone.value, "headline": step.headline}
    told = dict(_told(act))
    lines = [f"{name} = {_value(value)}" for name, value in told.items()]
    return "\n".join(("[[scenarios.steps]]", *lines, f"{_SAYS} = {_value(says)}", ""))


def _told(part: msgspec.Struct) -> Iterator[tuple[str, Any]]:
    """What is not as by default; TOML has no None, and none is the default of all that may be None."""
    for field in msgspec.structs.fields(part):
        value = getattr(part, field.name)
        if field.name != _SAYS and value != field.default and value is not None:
            yield field.name, value


def _value(value: Any) -> str:
    if isinstance(value, msgspec.Struct):
        return _value(dict(_told(value)))
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{name} = {_value(each)}' for name, each in value.items())} }}"
    if isinstance(value, tuple | list | frozenset):
        return f"[{', '.join(map(_value, value))}]"
    # What JSON writes for words, numbers and flags TOML reads, save for the DEL character, which no choice may hold.
    return json.dumps(value, ensure_ascii=False)
