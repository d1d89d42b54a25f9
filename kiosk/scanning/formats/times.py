"""Validity against the wall clock, and calendar days from what codes leave of them."""

import calendar
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from kiosk.model.foreign import Reason
from kiosk.model.ids import DurationMs, EpochMs
from kiosk.scanning.formats.cursor import Bad, require

CLOCK_TOLERANCE = DurationMs(120_000)
"""A code issued this moment must be good at a kiosk whose clock is a little slow, and the other way round."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = EpochMs(253_000_000_000_000)
"""In the year 9987: dates a little before and after still exist."""
_DAY = timedelta(days=1)
_CENTURY = 100


def out_of_time(
    since: EpochMs | None, until: EpochMs | None, now_ms: EpochMs, tolerance: DurationMs = CLOCK_TOLERANCE
) -> Reason | None:
    """Which way `now_ms` misses the time from `since` up to, not including, `until`; None ends are open."""
    if since is not None and now_ms + tolerance < since:
        return Reason.NOT_YET_VALID
    if until is not None and now_ms - tolerance >= until:
        return Reason.EXPIRED
    return None


def day_of(now_ms: EpochMs) -> date:
    """The UTC day of a moment, kept within the years that a calendar knows."""
    return (_EPOCH + timedelta(milliseconds=min(max(now_ms, 0), _LAST))).date()


def moment(year: int, month: int, day: int, hour: int, minute: int) -> EpochMs:
    """A moment in UTC. Stops with `BAD_DATE` for one that no calendar or clock has."""
    try:
        then = datetime(year, month, day, hour, minute, tzinfo=UTC)
        return EpochMs((then - _EPOCH) // timedelta(milliseconds=1))
    except ValueError as error:
        raise Bad(Reason.BAD_DATE) from error


def nearest_day(day_of_year: int, reference: date) -> date:
    """The date closest to `reference` that is this day (1-366) of its year."""
    days = _days(day_of_year, range(reference.year - 1, reference.year + 2))
    return min(days, key=lambda each: abs(each - reference))


def next_day(day_of_year: int, start: date) -> date:
    """The first date from the day before `start` on, within a year, that is this day of its year.

    The day before counts because a flight over the date line lands before it took off.
    """
    days = _days(day_of_year, range(start.year - 1, start.year + 2))
    later = [each for each in days if each >= start - _DAY]
    require(bool(later), Reason.BAD_DATE)
    return later[0]


def day_of_decade(digit: int, day_of_year: int, reference: date) -> date:
    """The last date up to the end of the year after `reference` that is this day of a year ending in `digit`."""
    year = next(year for year in range(reference.year - 8, reference.year + 2) if year % 10 == digit)
    return _days(day_of_year, (year,))[0]


def _days(day_of_year: int, years: Iterable[int]) -> list[date]:
    require(day_of_year > 0, Reason.BAD_DATE)
    days = [date(year, 1, 1) + (day_of_year - 1) * _DAY for year in years if day_of_year <= _length(year)]
    require(bool(days), Reason.BAD_DATE)
    return days


def _length(year: int) -> int:
    return 366 if calendar.isleap(year) else 365


def short_date(text: str, reference: date) -> date:
    """YYMMDD as GS1 means it: the century by General Specifications section 7.12, day 00 the month's last."""
    year, month, day = (int(text[at : at + 2]) for at in (0, 2, 4))
    full = reference.year - reference.year % _CENTURY + year
    # 51 or more years ahead lie in the past, 50 or more years ago in the future.
    full += _CENTURY * ((full - reference.year <= -50) - (full - reference.year >= 51))  # noqa: PLR2004
    require(1 <= month <= 12, Reason.BAD_DATE)  # noqa: PLR2004
    last = calendar.monthrange(full, month)[1]
    require(day <= last, Reason.BAD_DATE)
    return date(full, month, day or last)
