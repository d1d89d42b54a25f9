"""Everybody is spoken to in their language: every text of the house is there in Finnish, Swedish, English and Estonian."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tests.laws.tree import ROOT

LANGUAGES = ("fi", "sv", "en", "et")
# How texts are marked in the source: see kiosk/i18n.py.
_KEYWORDS = {"N_": None, "N2_": (1, 2)}
_PLACEHOLDER = re.compile(r"%(?:\((?P<name>\w+)\))?[-+ #0]*\d*(?:\.\d+)?[a-zA-Z%]|\{(?P<field>[^{}]*)\}")

Key = str | tuple[str, ...]


def _catalogue(lang: str) -> Catalog:
    path = ROOT / "assets" / "locales" / lang / "LC_MESSAGES" / "opas.po"
    with path.open("rb") as file:
        return read_po(file, locale=lang, abort_invalid=True)


def _messages(lang: str) -> Iterator[Message]:
    return (message for message in _catalogue(lang) if message.id)


def _key(message: Message) -> Key:
    return message.id if isinstance(message.id, str) else tuple(message.id)


def _texts(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or [""])


def _placeholders(text: str) -> list[str]:
    return sorted(match.group() for match in _PLACEHOLDER.finditer(text))


@pytest.fixture(scope="module")
def marked() -> dict[Key, str]:
    """Every text that the source marks for translation, and where."""
    found = extract_from_dir(ROOT / "kiosk", method_map=[("**.py", "python")], keywords=_KEYWORDS)
    return {text if isinstance(text, str) else tuple(text): f"kiosk/{path}:{line}" for path, line, text, _, _ in found}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_text_is_missing(lang: str, marked: dict[Key, str]) -> None:
    """What the source marks is in the catalogue (`make texts` puts it there, to be translated)."""
    there = {_key(message) for message in _messages(lang)}
    assert {key: place for key, place in marked.items() if key not in there} == {}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_text_is_left_over(lang: str, marked: dict[Key, str]) -> None:
    """What the source does not say any more leaves the catalogue, too."""
    assert [_key(message) for message in _messages(lang) if _key(message) not in marked] == []
    assert list(_catalogue(lang).obsolete) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_text_is_translated(lang: str) -> None:
    """No text is empty in any of its plural forms, and none is a guess that nobody confirmed."""
    assert [
        _key(message) for message in _messages(lang) if message.fuzzy or not all(map(str.strip, _texts(message)))
    ] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_plural_has_the_forms_of_its_language(lang: str) -> None:
    """A text with a number says as many forms as the language has."""
    catalogue = _catalogue(lang)
    short = [_key(m) for m in _messages(lang) if m.pluralizable and len(_texts(m)) != catalogue.num_plurals]
    assert short == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_placeholders_survive_translation(lang: str) -> None:
    """What is filled in at run time is named in the translation just as in the source; one may be left out of a singular."""
    wrong = []
    for message in _messages(lang):
        key = _key(message)
        wanted = _placeholders(key if isinstance(key, str) else key[-1])
        for text in _texts(message):
            found = _placeholders(text)
            if found != wanted and not (message.pluralizable and set(found) < set(wanted)):
                wrong.append(f"{key}: {text}")
    assert wrong == []


def test_english_says_what_the_source_says() -> None:
    """The source is English: its catalogue repeats it, so that nobody corrects the one and forgets the other."""
    differing = [
        _key(message)
        for message in _messages("en")
        if _texts(message) != [*([message.id] if isinstance(message.id, str) else message.id)]
    ]
    assert differing == []


def test_there_is_a_catalogue_for_each_language_offered() -> None:
    """No folder lies beside them that nobody checks."""
    folders = {path.parts[-3] for path in Path(ROOT / "assets" / "locales").glob("*/LC_MESSAGES/opas.po")}
    assert folders == set(LANGUAGES)
