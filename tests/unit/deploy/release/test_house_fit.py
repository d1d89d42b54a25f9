"""The house's own texts have room, too, on every screen of a pack's touchpoints: the desk's queue, the board's headings."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file

from deploy.release.checking import as_json, check
from deploy.release.housefit import EVERYWHERE, LOCALES, SLOTS

ROOT = Path(__file__).resolve().parents[4]
PACKS = ROOT / "assets" / "packs"
_KEYWORDS = {"N_": None, "N2_": (1, 2)}
_OF_DEMO = "strip.py"
"""Its strip of sample codes is no screen of a touchpoint."""
Hostile = Callable[[str, str, str], Path]


@pytest.fixture
def hostile(tmp_path: Path) -> Hostile:
    """The catalogues with another translation in one language."""

    def change(lang: str, old: str, new: str) -> Path:
        folder = Path(shutil.copytree(LOCALES, tmp_path / "locales", ignore=shutil.ignore_patterns("*.mo")))
        path = folder / lang / "LC_MESSAGES" / "opas.po"
        text = path.read_text(encoding="utf-8")
        assert f'"{old}"' in text
        path.write_text(text.replace(f'msgstr "{old}"', f'msgstr "{new}"'), encoding="utf-8")
        return folder

    return change


@pytest.mark.parametrize(
    ("lang", "old", "new", "told"),
    [
        (
            "et",
            "Hiljem",
            "Edasilükkamisvõimalused",
            '"Later": At 100% text "Edasilükkamisvõimalused" (et) has no room on the desk (second button).',
        ),
        (
            "sv",
            "Att hämta",
            "Färdigställda beställningar som kan hämtas i disken",
            "(sv) has no room on the board (heading).",
        ),
        (
            "fi",
            "Hoidettu",
            "Tämä on nyt hoidettu kokonaan ja asiakas on palannut tyytyväisenä takaisin jonoon",
            "(fi) has no room on the desk (case button). It takes ",
        ),
    ],
)
def test_a_hostile_translation_is_refused_by_name(hostile: Hostile, lang: str, old: str, new: str, told: str) -> None:
    """Text, language, screen, by how much, and the line of the catalogue."""
    locales = hostile(lang, old, new)
    report = check(PACKS / "shop", locales=locales)
    (found,) = report.findings
    assert found.gate == "fit"
    assert told in found.what
    assert " pixels wider than its line of " in found.what or " lines instead of " in found.what
    assert found.file == f"assets/locales/{lang}/LC_MESSAGES/opas.po"
    lines = (locales / lang / "LC_MESSAGES" / "opas.po").read_text(encoding="utf-8").splitlines()
    assert new in "".join(lines[found.line - 1 : found.line + 1])
    assert found.file.encode() in as_json(report)


def test_every_plural_form_is_measured(hostile: Hostile, tmp_path: Path) -> None:
    """Also the one that is said of one thing only."""
    locales = hostile("fi", "Hoidettu", "Hoidettu")
    path = locales / "fi" / "LC_MESSAGES" / "opas.po"
    text = path.read_text(encoding="utf-8")
    assert 'msgstr[0] "odottanut %(n)d minuutin"' in text
    path.write_text(text.replace("odottanut %(n)d minuutin", "on odottanut " + "hyvin " * 20 + "%(n)d min"), "utf-8")
    (found,) = check(PACKS / "shop", locales=locales).findings
    assert "on the desk (since)" in found.what


def test_only_screens_of_the_pack_count(tmp_path: Path, hostile: Hostile) -> None:
    """The shop has no gate, so that a gate's words may be as long as they like."""
    locales = hostile("fi", "Hoidettu", "Hoidettu")
    path = locales / "fi" / "LC_MESSAGES" / "opas.po"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Seuraava %(n)d sekunnin kuluttua", "Seuraava vuorossa " * 9 + "%(n)d"), "utf-8")
    assert check(PACKS / "shop", locales=locales).findings == []
    assert [each.gate for each in check(PACKS / "terminal", locales=locales).findings] == ["fit"]


def test_without_a_catalogue_the_english_texts_are_measured(tmp_path: Path) -> None:
    """A device without it shows them, and they have room."""
    assert check(PACKS / "shop", locales=tmp_path).findings == []


def test_every_text_that_screens_mark_has_a_box() -> None:
    """Nobody adds a word to a screen that this check does not know."""
    files = [*(ROOT / "kiosk" / "screens").rglob("*.py"), ROOT / "kiosk" / "session" / "words.py"]
    marked = {
        text if isinstance(text, str) else text[0]
        for file in files
        if file.name != _OF_DEMO
        for _, text, _, _ in extract_from_file("python", str(file), keywords=_KEYWORDS)
    }
    known = {text for slot in (*SLOTS, *EVERYWHERE) for text in slot.texts}
    assert marked - known == set()
    assert known - marked == set()
