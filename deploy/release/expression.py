"""Plain expressions, as authors write them in a table, compiled to CertLogic.

    order.state is ready and departure.minutes_to_gate < 20
    not (order.state in (preparing, accepted) or subject.step_free)
    departure.minutes_to_gate < departure.walk + 5

`is` compares a word or a number, `in` with a list; `<`, `<=`, `>` and `>=` compare numbers; a flag stands alone. Every
fact can be `unknown`: `is unknown` asks for that, and a comparison with an unknown number never holds, negated or not.
"""

import re
from dataclasses import dataclass
from typing import Any

from deploy.release.finding import nearest
from kiosk.guidance.certlogic import Refused, compile_logic
from kiosk.guidance.declared import DECLARED, UNKNOWN, Declared, FactType

_TOKEN = re.compile(r"\s*(?:(<=|>=|<|>|\(|\)|,|\+)|(-?\d+)(?![\w.-])|([a-z][a-z0-9_.-]*))")
_FLIPPED = {"<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_MAX_NESTING = 10

Logic = dict[str, Any] | bool


class NoExpression(Exception):
    """The text is no expression: at which column (from 1), what is wrong and what to do."""

    def __init__(self, column: int, what: str, todo: str) -> None:
        super().__init__(what)
        self.column = column
        self.what = what
        self.todo = todo


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    column: int
    number: bool = False


def compile_expression(text: str) -> Logic:
    """The CertLogic of `text`; an empty one always holds. Raises `NoExpression`."""
    tokens = _tokens(text)
    if len(tokens) == 1:
        return True
    parser = _Parser(tokens)
    logic = parser.alternatives(negated=False, depth=0)
    parser.expect("")
    if isinstance(compile_logic(logic), Refused):
        raise NoExpression(1, "The expression is too long or nests too deep.", "Split the row into several.")
    return logic


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if found is None:
            column = at + len(text[at:]) - len(text[at:].lstrip()) + 1
            raise NoExpression(column, f"{text[column - 1]!r} can't stand here.", "Write facts, words and numbers.")
        last = found.lastindex or 1
        tokens.append(_Token(found[last], found.start(last) + 1, number=found[2] is not None))
        at = found.end()
    return [*tokens, _Token("", end + 1)]


class _Parser:
    """Reads tokens by recursive descent and emits logic at once; `negated` is pushed down to the tests."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def expect(self, text: str) -> None:
        token = self._next()
        if token.text != text:
            found = f'"{token.text}"' if token.text else "the end"
            raise NoExpression(
                token.column, f"{found} can't stand here.", f'Expected "{text}".' if text else "Add and or or."
            )

    def alternatives(self, *, negated: bool, depth: int) -> Logic:
        parts = [self._all_of(negated=negated, depth=depth)]
        while self._take("or"):
            parts.append(self._all_of(negated=negated, depth=depth))
        return _all(parts) if negated else _any(parts)

    def _all_of(self, *, negated: bool, depth: int) -> Logic:
        parts = [self._one(negated=negated, depth=depth)]
        while self._take("and"):
            parts.append(self._one(negated=negated, depth=depth))
        return _any(parts) if negated else _all(parts)

    def _one(self, *, negated: bool, depth: int) -> Logic:
        if depth > _MAX_NESTING:
            raise NoExpression(self._peek().column, "The expression nests too deep.", "Split the row into several.")
        if self._take("not"):
            return self._one(negated=not negated, depth=depth + 1)
        if self._take("("):
            inner = self.alternatives(negated=negated, depth=depth + 1)
            self.expect(")")
            return inner
        return self._test(negated=negated)

    def _test(self, *, negated: bool) -> Logic:
        fact = self._fact()
        if self._take("is"):
            opposite = self._take("not")
            return _unless(negated is not opposite, {"===": [_var(fact), self._value(fact)]})
        if self._take("in"):
            return _unless(negated, {"in": [_var(fact), self._values(fact)]})
        if self._peek().text in _FLIPPED:
            return self._comparison(fact, negated=negated)
        if fact.type is not FactType.FLAG:
            todo = f"Write {fact.name} is …, in (…), or compare it with a number."
            raise NoExpression(self._peek().column, f"{fact.name} is no flag that could stand alone.", todo)
        return _unless(negated, {"===": [_var(fact), True]})

    def _comparison(self, left: Declared, *, negated: bool) -> Logic:
        token = self._next()
        operator = _FLIPPED[token.text] if negated else token.text
        right, facts = self._sum()
        for fact in (left, *facts):
            if fact.type is not FactType.NUMBER:
                todo = "Compare facts that are counted in minutes, days or pieces."
                raise NoExpression(token.column, f"{fact.name} is no number.", todo)
        logic: Logic = {operator: [_var(left), right]}
        for fact in (*reversed(facts), left):
            logic = {"if": [{"===": [_var(fact), UNKNOWN]}, False, logic]}
        return logic

    def _sum(self) -> tuple[Any, list[Declared]]:
        facts: list[Declared] = []
        total = self._term(facts)
        while self._take("+"):
            total = {"+": [total, self._term(facts)]}
        return total, facts

    def _term(self, facts: list[Declared]) -> Any:
        if self._peek().number:
            return int(self._next().text)
        facts.append(self._fact())
        return _var(facts[-1])

    def _values(self, fact: Declared) -> list[Any]:
        self.expect("(")
        values = [self._value(fact)]
        while self._take(","):
            values.append(self._value(fact))
        self.expect(")")
        return values

    def _value(self, fact: Declared) -> Any:
        token = self._next()
        if token.text == UNKNOWN:
            return UNKNOWN
        if fact.type is FactType.NUMBER and token.number:
            return int(token.text)
        if fact.type is FactType.WORD and (token.text in fact.words or (not fact.words and token.text)):
            return token.text
        known = fact.words or (("a number",) if fact.type is FactType.NUMBER else (UNKNOWN,))
        raise NoExpression(token.column, f'"{token.text}" is no value of {fact.name}.', nearest(token.text, known))

    def _fact(self) -> Declared:
        token = self._next()
        fact = DECLARED.get(token.text)
        if fact is None:
            what = f'There is no fact "{token.text}".' if token.text else "A fact is missing."
            raise NoExpression(token.column, what, nearest(token.text, DECLARED))
        return fact

    def _peek(self) -> _Token:
        return self._tokens[self._at]

    def _next(self) -> _Token:
        token = self._tokens[self._at]
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def _take(self, text: str) -> bool:
        if self._peek().text != text:
            return False
        self._at += 1
        return True


def _var(fact: Declared) -> dict[str, str]:
    return {"var": fact.name}


def _unless(negated: bool, logic: Logic) -> Logic:  # noqa: FBT001 - the one thing it is about
    return {"!": [logic]} if negated else logic


def _all(parts: list[Logic]) -> Logic:
    return parts[0] if len(parts) == 1 else {"and": parts}


def _any(parts: list[Logic]) -> Logic:
    """CertLogic has no `or`: the first part decides, else the next."""
    *before, logic = parts
    for part in reversed(before):
        logic = {"if": [part, True, logic]}
    return logic
