"""Spans of time in words."""

import math

from kiosk.i18n import N2_, N_, Texts
from kiosk.model.clock import Clock
from kiosk.model.ids import MS_PER_MINUTE, EpochMs, Lang
from kiosk.model.view import Freshness

_IN_MINUTES = N2_("in %(n)d min", "in %(n)d min")
_IN_HOURS = N_("in %(hours)d h %(minutes)d min")
_IN_FULL_HOURS = N_("in %(hours)d h")
_NOW = N_("now")
_OLD_MINUTES = N2_("Information is %(n)d minute old", "Information is %(n)d minutes old")
_OLD_HOURS = N2_("Information is %(n)d hour old", "Information is %(n)d hours old")
_NEVER = N_("No information has arrived yet")
_HOUR = 60


def until(texts: Texts, lang: Lang, left_ms: int) -> str:
    """How long until a deadline, "now" for a minute after it, then nothing."""
    if left_ms <= -MS_PER_MINUTE:
        return ""
    minutes = math.ceil(left_ms / MS_PER_MINUTE)
    if minutes <= 0:
        return texts.get(lang, _NOW)
    if minutes < _HOUR:
        return texts.plural(lang, *_IN_MINUTES, minutes)
    words = _IN_HOURS if minutes % _HOUR else _IN_FULL_HOURS
    return texts.get(lang, words) % {"hours": minutes // _HOUR, "minutes": minutes % _HOUR}


def age(texts: Texts, lang: Lang, freshness: Freshness, clock: Clock) -> str:
    """How old the shown information is; nothing while it is current."""
    if freshness.connected:
        return ""
    if freshness.as_of is None:
        return texts.get(lang, _NEVER)
    minutes = _minutes_since(freshness.as_of, clock)
    if minutes < 2 * _HOUR:
        return texts.plural(lang, *_OLD_MINUTES, max(1, minutes))
    return texts.plural(lang, *_OLD_HOURS, minutes // _HOUR)


def _minutes_since(moment: EpochMs, clock: Clock) -> int:
    return (clock.now().wall_ms - moment) // MS_PER_MINUTE
