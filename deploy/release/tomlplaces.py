"""Where each value of a TOML document stands. `tomllib` tells no places, so the text is scanned once more.

The text must be TOML that `tomllib` has read: what it would refuse is not looked for here.
"""

import re
from collections.abc import Iterator

Path = tuple[str | int, ...]
Place = tuple[int, int]
"""Line and column, from 1."""

_KEY = r"(?:[A-Za-z0-9_-]+|\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*')"
_TOKEN = re.compile(
    rf"(?P<header>\[\[?\s*{_KEY}(?:\s*\.\s*{_KEY})*\s*\]\]?(?=\s*(?:\#|\n|\Z)))"
    rf"|(?P<key>{_KEY}(?:\s*\.\s*{_KEY})*)\s*="
    r"|(?P<text>\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''.*?'''|\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*')"
    r"|(?P<open>[\[{])|(?P<close>[\]}])|(?P<comma>,)|(?P<skip>\s+|\#[^\n]*)|(?P<plain>[^\s,\]}\#]+)",
    re.DOTALL,
)
_PART = re.compile(_KEY)


def places(text: str) -> dict[Path, Place]:
    """The place of every key, table and array item, by its path: ("touchpoints", 0, "kind")."""
    scanner = _Scanner(text)
    scanner.scan()
    return scanner.found


def place_of(found: dict[Path, Place], path: Path) -> Place:
    """The place of `path`, or of the nearest thing around it that has one; (0, 0) for none."""
    while path and path not in found:
        path = path[:-1]
    return found.get(path, (0, 0))


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._line = 0
        self._table: Path = ()
        self._arrays: dict[Path, int] = {}
        self._nested: list[Path] = []
        self._key: Path = ()
        self.found: dict[Path, Place] = {}

    def scan(self) -> None:
        """Go through the text once."""
        for kind, words, at in self._tokens():
            if kind == "header" and not self._nested and self._first_on_line(at):
                self._header(words, at)
            elif kind == "key":
                around = self._nested[-1] if self._nested else self._table
                self._key = (*around, *_parts(words))
                self._note(self._key, at)
            elif kind == "close" and self._nested:
                self._key = self._nested.pop()
                self._item_ends()
            elif kind in {"open", "text", "plain", "header"}:
                self._value(words, at)

    def _tokens(self) -> Iterator[tuple[str, str, int]]:
        at = 0
        while at < len(self._text):
            match = _TOKEN.match(self._text, at)
            kind = (match.lastgroup or "skip") if match else "skip"
            end = match.end() if match else at + 1
            if match and kind == "header" and (self._nested or not self._first_on_line(at)):
                kind, end = "open", at + 1
            if match and kind not in {"skip", "comma"}:
                yield kind, match[kind] if kind in match.groupdict() and match[kind] else self._text[at], at
            at = end

    def _first_on_line(self, at: int) -> bool:
        return not self._text[self._text.rfind("\n", 0, at) + 1 : at].strip()

    def _header(self, words: str, at: int) -> None:
        parts = self._resolved(_parts(words.strip("[]")), last_is_array=words.startswith("[["))
        self._table = parts
        if isinstance(parts[-1], int):
            self._note(parts[:-1], at)
        self._note(parts, at)

    def _resolved(self, names: tuple[str, ...], *, last_is_array: bool) -> Path:
        """The path of a header: what is an array of tables means its last table so far."""
        path: Path = ()
        for index, name in enumerate(names):
            path = (*path, name)
            if last_is_array and index == len(names) - 1:
                self._arrays[path] = self._arrays.get(path, -1) + 1
            if path in self._arrays:
                path = (*path, self._arrays[path])
        return path

    def _value(self, words: str, at: int) -> None:
        in_array = bool(self._nested) and self._nested[-1] in self._arrays
        path = (*self._nested[-1], self._arrays[self._nested[-1]]) if in_array else self._key
        self._note(path, at)
        if words == "[":
            self._arrays[path] = 0
            self._nested.append(path)
        elif words == "{":
            self._nested.append(path)
        else:
            self._item_ends()

    def _item_ends(self) -> None:
        if self._nested and self._nested[-1] in self._arrays:
            self._arrays[self._nested[-1]] += 1

    def _note(self, path: Path, at: int) -> None:
        while self._line + 1 < len(self._starts) and self._starts[self._line + 1] <= at:
            self._line += 1
        self.found.setdefault(path, (self._line + 1, at - self._starts[self._line] + 1))


def _parts(words: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(words))
