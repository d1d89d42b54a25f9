"""The cells of one line of a table, read as words, numbers, flags, times and conditions."""

import math
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from deploy.release.expression import Logic, NoExpression, compile_expression
from deploy.release.finding import Finding, nearest
from deploy.release.tables import Line
from kiosk.model.floor import PathwayMode

_FLAGS = {"yes": True, "1": True, "no": False, "0": False, "2": False}
"""GTFS writes 0, 1 and sometimes 2; people write yes and no."""
_GTFS_MODES = {str(number): mode.value for number, mode in enumerate(PathwayMode, start=1)}
_MS = 1000


class Cells:
    """Reads the cells of `line` and collects what is wrong with them in `findings`."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self.findings: list[Finding] = []

    def note(self, column: str, what: str, todo: str) -> None:
        """Something wrong in a column."""
        self.findings.append(self._line.finding(f"Column {column}: {what}", todo))

    def text(self, column: str) -> str:
        """The cell, empty when the table has no such column."""
        return self._line.cells.get(column, "")

    def words(self, column: str) -> list[str]:
        """The words of a cell, separated by blanks."""
        return self.text(column).split()

    def number(self, column: str, *, optional: bool = False) -> float | None:
        """A number to the second decimal; None for an empty optional cell."""
        text = self.text(column)
        if not text and optional:
            return None
        try:
            number = round(float(text.replace(",", ".")), 2)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            self.note(column, f'"{text}" is no number.', "Write a number such as 12 or 12.5.")
            return 0
        return int(number) if number == int(number) else number

    def flag(self, column: str, *, default: bool) -> bool:
        """Yes or no."""
        text = self.text(column).lower()
        if not text:
            return default
        if text not in _FLAGS:
            self.note(column, f'"{text}" is neither yes nor no.', "Write yes or no.")
        return _FLAGS.get(text, default)

    def mode(self, column: str) -> str:
        """A pathway mode, as a word or as GTFS's number."""
        text = self.text(column)
        mode = _GTFS_MODES.get(text, text)
        if mode not in list(PathwayMode):
            self.note(column, f'"{text}" is no pathway mode.', nearest(text, PathwayMode))
        return mode

    def condition(self, column: str) -> Logic | None:
        """The compiled condition; None, which always holds, for an empty cell."""
        text = self.text(column)
        try:
            return compile_expression(text) if text else None
        except NoExpression as error:
            what = f"Column {column}: {error.what}"
            self.findings.append(self._line.finding(what, error.todo, error.column))
            return None

    def moment(self, column: str, zone: str) -> int | None:
        """A local date and time as milliseconds since the epoch; None for an empty cell.

        A time that a DST night leaves out or has twice must be written with its offset.
        """
        text = self.text(column)
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is None:
                moment = _in_zone(moment, ZoneInfo(zone))
        except ZoneInfoNotFoundError:
            return None
        except ValueError as error:
            todo = "Write it as 2027-03-28 16:00, or with its offset as 2027-03-28 16:00+03:00."
            self.note(column, f'"{text}" is no time here ({error}).', todo)
            return None
        return round(moment.timestamp()) * _MS


def _in_zone(moment: datetime, zone: ZoneInfo) -> datetime:
    early, late = (moment.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if early.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment:
        raise ValueError("the clocks skip it that night")
    if early.utcoffset() != late.utcoffset():
        raise ValueError("the clocks show it twice that night")
    return early
