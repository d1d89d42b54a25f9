"""The query of an address as choices: a name and a value each, bounded and printable, or a clear refusal."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

MAX_QUERY = 8_000
MAX_CHOICES = 300
MAX_NAME = 60
MAX_VALUE = 200

Choices = Mapping[str, str]


class BadChoices(ValueError):
    """What the address asks for can't be shown; `problems` are pairs of what is wrong and what to do."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        """`problems` must not be empty."""
        super().__init__(" ".join(what for what, _ in problems))
        self.problems = problems


def read_query(query: str) -> dict[str, str]:
    """The choices of a query; of a name that stands twice the last one counts. Raises `BadChoices`."""
    if len(query) > MAX_QUERY:
        raise BadChoices([(f"The address has more than {MAX_QUERY} characters.", "Begin anew.")])
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=MAX_CHOICES)
    except ValueError as error:
        raise BadChoices([("The address can't be read: it is not UTF-8, or too long.", "Begin anew.")]) from error
    problems = [_problem(name, value) for name, value in pairs if not _is_plain(name, value)]
    if problems:
        raise BadChoices(problems)
    return dict(pairs)


def write_query(choices: Choices) -> str:
    """The query of choices, without a question mark."""
    return urlencode(dict(choices))


def _is_plain(name: str, value: str) -> bool:
    return len(name) <= MAX_NAME and len(value) <= MAX_VALUE and name.isprintable() and value.isprintable()


def _problem(name: str, value: str) -> tuple[str, str]:
    shown = "".join(sign if sign.isprintable() else "?" for sign in name[:MAX_NAME])
    if len(name) > MAX_NAME or len(value) > MAX_VALUE:
        return f'"{shown}" is too long.', f"Write at most {MAX_VALUE} characters."
    return f'"{shown}" holds characters that can\'t be shown.', "Write one line of words."
