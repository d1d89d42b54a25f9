"""The house's own words (buttons, boards, troubles) in every language, from gettext catalogues.

What a visitor is told to do comes from the content pack and is no part of this.
"""

import gettext
from collections.abc import Iterable, Mapping
from pathlib import Path

from kiosk.errors import ConfigurationError
from kiosk.model.ids import Lang

DOMAIN = "opas"
_ENGLISH = gettext.NullTranslations()
_OWN_NAMES = {
    "fi": "Suomi",
    "sv": "Svenska",
    "en": "English",
    "et": "Eesti",
    "lv": "Latviešu",
    "lt": "Lietuvių",
    "pl": "Polski",
    "ru": "Русский",
    "el": "Ελληνικά",
}


def N_(text: str) -> str:  # noqa: N802 - the name that extraction tools look for
    """Mark `text` for translation, where it is written down now and translated later."""
    return text


def N2_(singular: str, plural: str) -> tuple[str, str]:  # noqa: N802 - the same for a text with a number
    """Mark a text and its plural for translation."""
    return singular, plural


def own_name(lang: Lang) -> str:
    """The name of a language as its readers write it; its code where it is not known."""
    return _OWN_NAMES.get(lang, lang)


class Texts:
    """The words in every language that this device offers."""

    def __init__(self, catalogues: Mapping[Lang, gettext.NullTranslations]) -> None:
        self._catalogues = dict(catalogues)

    @classmethod
    def load(cls, folder: Path, langs: Iterable[Lang]) -> "Texts":
        """Read `folder`/LANG/LC_MESSAGES/opas.mo for each language.

        Raises `ConfigurationError` that names the missing or broken file.
        """
        return cls({lang: _read(folder / lang / "LC_MESSAGES" / f"{DOMAIN}.mo", lang) for lang in langs})

    def get(self, lang: Lang, msgid: str) -> str:
        """The text of `msgid` in `lang`; the English `msgid` itself in a language that is not loaded."""
        # An empty msgid is where gettext keeps a catalogue's own header.
        return self._catalogues.get(lang, _ENGLISH).gettext(msgid) if msgid else ""

    def plural(self, lang: Lang, singular: str, plural: str, n: int) -> str:
        """The text for `n` in `lang`, its `%(n)d` filled in."""
        return self._catalogues.get(lang, _ENGLISH).ngettext(singular, plural, n) % {"n": n}


def _read(path: Path, lang: Lang) -> gettext.NullTranslations:
    try:
        with path.open("rb") as file:
            return gettext.GNUTranslations(file)
    except FileNotFoundError as error:
        todo = f'Run deploy/setup/venv, which compiles the catalogues, or take "{lang}" out of screen.languages.'
        raise ConfigurationError(f"{path}: there is no such catalogue.", todo) from error
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise ConfigurationError(f"{path}: can't be read ({error}).", "Delete it and run deploy/setup/venv.") from error
