"""For a word that a file may not hold: the word that was probably meant. Pure."""

import difflib
import re

import msgspec
from msgspec import inspect

_MISTAKE = re.compile(r"(?:unknown field|Invalid enum value) [`'](?P<word>[^`']*)[`'](?: - at `\$(?P<path>[^`]*)`)?")
_STEP = re.compile(r"\.([A-Za-z_]\w*)|\[[^\]]*\]")


def nearest_word(problem: msgspec.ValidationError, root: type) -> str:
    """What to write instead of the unknown key or word that `problem` names, as a sentence; empty if that can't be told."""
    mistake = _MISTAKE.search(str(problem))
    if mistake is None:
        return ""
    words = _words(inspect.type_info(root), mistake["path"] or "")
    near = difflib.get_close_matches(mistake["word"].lower(), words, n=1, cutoff=0.5)
    meant = f"Did you mean `{near[0]}`? " if near else ""
    return f"{meant}It can be {', '.join(words)}." if words else ""


def _words(at: inspect.Type | None, path: str) -> list[str]:
    for step in _STEP.finditer(path):
        at = _inside(_plain(at), step[1])
    at = _plain(at)
    if isinstance(at, inspect.StructType):
        return [field.encode_name for field in at.fields]
    return [str(member.value) for member in at.cls] if isinstance(at, inspect.EnumType) else []


def _plain(at: inspect.Type | None) -> inspect.Type | None:
    """Without the `None` that it may be instead."""
    if isinstance(at, inspect.UnionType):
        return next((one for one in at.types if not isinstance(one, inspect.NoneType)), None)
    return at.type if isinstance(at, inspect.Metadata) else at


def _inside(at: inspect.Type | None, name: str | None) -> inspect.Type | None:
    if isinstance(at, inspect.StructType):
        return next((field.type for field in at.fields if field.encode_name == name), None)
    if isinstance(at, (inspect.VarTupleType, inspect.ListType, inspect.SetType, inspect.FrozenSetType)):
        return at.item_type
    return None
