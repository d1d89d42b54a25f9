"""Dates and times as CertLogic defines them: a closed list of ISO 8601 forms, UTC, whole milliseconds, no DST."""

import calendar
import re
from datetime import UTC, datetime, timedelta

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2}))?", re.ASCII)
_FULL = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:Z|([+-])(\d{1,2}):?(\d{2})?)?)?", re.ASCII
)
_MONTHS = 12
UNITS = ("year", "month", "day", "hour")
"""What `shift` moves a moment by."""


def parse_date_time(text: str) -> datetime | None:
    """The moment that `text` names, None for anything but the allowed forms. A partial date is its last day."""
    try:
        partial = _PARTIAL.fullmatch(text)
        if partial:
            year, month = int(partial[1]), int(partial[2] or _MONTHS)
            return datetime(year, month, calendar.monthrange(year, month)[1], tzinfo=UTC)
        full = _FULL.fullmatch(text)
        return _moment(full) if full else None
    except (ValueError, OverflowError):
        return None


def _moment(full: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second = (int(full[group] or 0) for group in range(1, 7))
    millisecond = int((full[7] or "0")[:3].ljust(3, "0"))
    moment = datetime(year, month, day, hour, minute, second, millisecond * 1000, tzinfo=UTC)
    offset = timedelta(hours=int(full[9] or 0), minutes=int(full[10] or 0))
    return moment + offset if full[8] == "-" else moment - offset


def shift(moment: datetime, amount: int, unit: str) -> datetime | None:
    """`moment` moved by `amount` of one of `UNITS`; None for a result out of range.

    A day that the target month lacks runs over into the next one, as JavaScript's `setUTCMonth` has it.
    """
    try:
        if unit in {"day", "hour"}:
            return moment + timedelta(**{f"{unit}s": amount})
        return _shift_months(moment, amount * (_MONTHS if unit == "year" else 1))
    except (ValueError, OverflowError):
        return None


def _shift_months(moment: datetime, months: int) -> datetime:
    years, month = divmod(moment.month - 1 + months, _MONTHS)
    first = moment.replace(year=moment.year + years, month=month + 1, day=1)
    return first + timedelta(days=moment.day - 1)
