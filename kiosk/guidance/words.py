"""The pack's words: placeholders filled in, plural forms chosen, times told by the site's clock."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from babel import Locale
from babel.dates import format_date, format_skeleton

from kiosk.model.ids import EpochMs, Lang

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}", re.ASCII)
FORM_MARK = "|"
COUNTED = ("count", "minutes", "metres")
"""Placeholders that are numbers; the first of them in a message decides its plural form."""
OTHER = "other"
_DATE_SKELETON = "MMMMEEEEd"
_DATE_PATTERNS = {"et": "EEEE, d. MMMM"}
"""Where the skeleton gives a weekday of one letter."""
_REGIONS = {"en": "en_GB"}
"""Where a language alone would give the dates of another continent."""
_LARGEST_TRIED = 200
_LAST_MOMENT = 253_370_764_800_000
"""The first of January 9999: what lies beyond is no time that a screen can tell."""

Values = Mapping[str, str | int]


class Template(msgspec.Struct, frozen=True):
    """One message in one language: its plural forms (`other` alone when it has none) and its placeholders."""

    forms: dict[str, str]
    placeholders: frozenset[str]

    @property
    def counted(self) -> str:
        """The placeholder that decides the plural form."""
        return next((name for name in COUNTED if name in self.placeholders), "")


def plural_forms(lang: Lang) -> frozenset[str]:
    """The CLDR plural categories that whole numbers have in `lang`."""
    rule = Locale.parse(lang).plural_form
    return frozenset(rule(number) for number in range(_LARGEST_TRIED + 1))


def templates(texts: Mapping[str, str]) -> dict[str, Template]:
    """The messages of one language, their plural forms gathered."""
    forms: dict[str, dict[str, str]] = {}
    for name, text in texts.items():
        key, _, form = name.partition(FORM_MARK)
        forms.setdefault(key, {})[form or OTHER] = text
    return {
        key: Template(found, frozenset(name for text in found.values() for name in PLACEHOLDER.findall(text)))
        for key, found in forms.items()
    }


class Words:
    """All texts of a pack, ready to be filled."""

    def __init__(self, messages: Mapping[Lang, Mapping[str, str]], zone: str) -> None:
        self._templates = {lang: templates(texts) for lang, texts in messages.items()}
        self._plurals = {lang: Locale.parse(lang).plural_form for lang in messages}
        self._locales = {lang: Locale.parse(_REGIONS.get(lang, lang)) for lang in messages}
        self._zone = ZoneInfo(zone)

    def needs(self, keys: Iterable[str]) -> frozenset[str]:
        """The placeholders of these messages, in whatever language."""
        return frozenset(
            name
            for texts in self._templates.values()
            for key in keys
            if key in texts
            for name in texts[key].placeholders
        )

    def text(self, lang: Lang, key: str, values: Values | None = None) -> str:
        """The message filled with `values`; empty when there is no such message."""
        template = self._templates[lang].get(key)
        if template is None:
            return ""
        known = values or {}
        form = OTHER
        if len(template.forms) > 1:
            form = self._plurals[lang](int(known[template.counted]))
        text = template.forms.get(form, template.forms[OTHER])
        return PLACEHOLDER.sub(lambda found: str(known[found[1]]), text)

    def local_time(self, moment: EpochMs) -> str:
        """The site's wall clock at `moment`, as HH:MM."""
        return self._local(moment).strftime("%H:%M")

    def local_date(self, moment: EpochMs, lang: Lang) -> str:
        """The site's date at `moment` in words: weekday, day and month."""
        local, locale = self._local(moment), self._locales[lang]
        if lang in _DATE_PATTERNS:
            return format_date(local, _DATE_PATTERNS[lang], locale=locale)
        return str(format_skeleton(_DATE_SKELETON, local, locale=locale))

    def days_between(self, first: EpochMs, last: EpochMs) -> int:
        """How many local midnights lie between two moments."""
        return (self._local(last).date() - self._local(first).date()).days

    def _local(self, moment: EpochMs) -> datetime:
        return datetime.fromtimestamp(min(max(moment, 0), _LAST_MOMENT) / 1000, self._zone)
