"""Ordered tables: whatever the rows, the first that holds wins."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kiosk.guidance.rows import RowTable
from kiosk.guidance.words import Words
from kiosk.model.ids import MessageKey
from kiosk.model.outcome import Outcome
from kiosk.model.pack import Row, TouchpointKind
from kiosk.model.step import Tone
from tests.fakes.packs import NOW

_WORDS = Words({}, "UTC")
_CONDITIONS: dict[str, Any] = {
    "always": True,
    "never": False,
    "known": {"var": "flag"},
    "other": {"!": [{"===": [{"var": "flag"}, True]}]},
    "refused": {"<": [{"var": "word"}, 1]},
    "truthy": 1,
}


def _expected(rows: list[Row], flag: bool) -> list[str]:
    truth = {"always": True, "known": flag, "other": not flag}
    names = {repr(condition): name for name, condition in _CONDITIONS.items()}
    return [
        row.id
        for row in rows
        if (not row.at or TouchpointKind.KIOSK in row.at)
        and (not row.outcomes or Outcome.INFORMED in row.outcomes)
        and truth.get(names[repr(row.when)], False)
    ]


_ROWS = st.lists(
    st.builds(
        lambda at, outcomes, when: Row("", Tone.INFO, MessageKey("m"), tuple(at), tuple(outcomes), _CONDITIONS[when]),
        st.lists(st.sampled_from([TouchpointKind.KIOSK, TouchpointKind.GATE]), max_size=2),
        st.lists(st.sampled_from([Outcome.INFORMED, Outcome.FORGED]), max_size=2),
        st.sampled_from(list(_CONDITIONS)),
    ),
    max_size=8,
)


@given(_ROWS, st.booleans())
def test_rows_are_found_in_their_order_and_only_where_they_hold(rows: list[Row], flag: bool) -> None:
    numbered = [
        Row(str(number), row.tone, row.message, row.at, row.outcomes, row.when) for number, row in enumerate(rows)
    ]
    table = RowTable(numbered, _WORDS, TouchpointKind.KIOSK)
    found = [each.row.id for each in table.holding(Outcome.INFORMED, {"flag": flag, "word": "w"}, NOW)]
    assert found == _expected(numbered, flag)
