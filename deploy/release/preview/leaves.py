"""Single values of a situation, between the words of an address and what the scenario's types want."""

import re
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from msgspec import inspect

from deploy.release.finding import nearest
from kiosk.guidance.declared import UNKNOWN

MOST = 10_000_000
_NUMBER = re.compile(r"[-+]?[0-9]{1,8}", re.ASCII)
_FLAGS = {"yes": True, "no": False}


class NoValue(ValueError):
    """A word that can't be read: what is wrong and what to do."""

    def __init__(self, what: str, todo: str) -> None:
        """Both are whole sentences, but `what` lacks its subject: the name of the choice."""
        super().__init__(what)
        self.what = what
        self.todo = todo


def plain(kind: inspect.Type) -> inspect.Type:
    """The type without the `None` that it may be instead, and without its bounds."""
    if isinstance(kind, inspect.Metadata):
        return plain(kind.type)
    if isinstance(kind, inspect.UnionType):
        return plain(next(each for each in kind.types if not isinstance(each, inspect.NoneType)))
    return kind


def is_optional(kind: inspect.Type) -> bool:
    """Whether it may be None, which is told as `unknown`."""
    return isinstance(kind, inspect.UnionType) and any(isinstance(each, inspect.NoneType) for each in kind.types)


def words_of(kind: inspect.Type) -> tuple[str, ...]:
    """All values of an enum or a flag, empty for what may be anything."""
    bare = plain(kind)
    if isinstance(bare, inspect.EnumType):
        return tuple(str(member.value) for member in bare.cls)
    return tuple(_FLAGS) if isinstance(bare, inspect.BoolType) else ()


def read_leaf(kind: inspect.Type, text: str) -> Any:
    """The value that `text` stands for. Raises `NoValue`."""
    if is_optional(kind) and text in {"", UNKNOWN}:
        return None
    bare = plain(kind)
    for known, read in _READERS:
        if isinstance(bare, known):
            return read(bare, text)
    return _read_json(bare, text)


def write_leaf(kind: inspect.Type, value: Any) -> str:
    """The text of `value`, which `read_leaf` reads again."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(plain(kind), inspect.StrType | inspect.IntType | inspect.EnumType):
        return str(value)
    if _is_list(plain(kind)):
        return ", ".join(str(each) for each in value)
    return msgspec.json.encode(value).decode()


def _read_number(_kind: Any, text: str) -> int:
    if not _NUMBER.fullmatch(text) or abs(int(text)) > MOST:
        raise NoValue(f'"{text}" is no number here.', "Write a whole number such as 12 or -5.")
    return int(text)


def _read_flag(_kind: Any, text: str) -> bool:
    if text not in _FLAGS:
        raise NoValue(f'"{text}" is neither yes nor no.', "Write yes or no.")
    return _FLAGS[text]


def _read_word(kind: Any, text: str) -> Any:
    return _member(kind.cls, text)


def _member(words: Any, text: str) -> Any:
    try:
        return words(text)
    except ValueError as error:
        raise NoValue(f'"{text}" is not known.', nearest(text, [str(each.value) for each in words])) from error


def _read_list(kind: Any, text: str) -> Any:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    item = plain(kind.item_type)
    return tuple(_member(item.cls, part) for part in parts) if isinstance(item, inspect.EnumType) else tuple(parts)


def _read_json(kind: Any, text: str) -> Any:
    try:
        return msgspec.json.decode(text.encode(), type=_python_type(kind)) if text else None
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError) as error:
        raise NoValue(f"can't be read: {error}.", "Write it as JSON.") from error


def _python_type(kind: Any) -> Any:
    return getattr(kind, "cls", Any)


def _is_list(kind: inspect.Type) -> bool:
    lists = inspect.VarTupleType | inspect.ListType | inspect.FrozenSetType | inspect.SetType
    return isinstance(kind, lists) and isinstance(plain(kind.item_type), inspect.StrType | inspect.EnumType)


_Reader = Callable[[Any, str], Any]
_READERS: Iterable[tuple[Any, _Reader]] = (
    (inspect.BoolType, _read_flag),
    (inspect.IntType, _read_number),
    (inspect.EnumType, _read_word),
    (inspect.StrType, lambda _kind, text: text),
    (inspect.VarTupleType, _read_list),
)
