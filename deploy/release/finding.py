"""What is wrong with a pack's source, and where."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One mistake. `line` and `column` count from 1; 0 where the mistake has no line of its own.

    `gate` is the check that refuses it; `counterexample` a situation in words that shows it, `picture` a file that
    draws it.
    """

    file: str
    line: int
    column: int
    what: str
    todo: str
    gate: str = "source"
    counterexample: str = ""
    picture: str = ""

    def __str__(self) -> str:
        """As compilers write it, with what to do below."""
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        lines = [f"{place}: {self.what}"]
        lines += [f"  For example: {self.counterexample}"] if self.counterexample else []
        lines += [f"  Picture: {self.picture}"] if self.picture else []
        return "\n".join(_plain(line) for line in (*lines, f"  What to do: {self.todo}"))


def _plain(line: str) -> str:
    """What a pack holds is printed, never obeyed by a terminal."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in line)


class PackRefused(Exception):
    """The source can't be compiled at all; `findings` say why."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        """`findings` must not be empty."""
        self.findings = tuple(sorted(findings))
        super().__init__("\n".join(map(str, self.findings)))


def nearest(word: str, known: Iterable[str]) -> str:
    """What to write instead of `word`: the nearest of the known words, or all of them."""
    words = list(known)
    near = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    return f'Did you mean "{near[0]}"?' if near else f"Write one of: {', '.join(words)}."
