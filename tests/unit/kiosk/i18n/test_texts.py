"""The house's words."""

from pathlib import Path

import pytest

from kiosk.errors import ConfigurationError
from kiosk.i18n import N2_, N_, Texts, own_name
from kiosk.model.ids import Lang

LOCALES = Path(__file__).resolve().parents[4] / "assets" / "locales"
FI, SV, EN, ET = (Lang(code) for code in ("fi", "sv", "en", "et"))


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts.load(LOCALES, (FI, SV, EN, ET))


def test_each_language_says_it_its_own_way(texts: Texts) -> None:
    """One msgid, four languages."""
    said = [texts.get(lang, "Call for help") for lang in (FI, SV, EN, ET)]
    assert said == ["Kutsu apua", "Kalla på hjälp", "Call for help", "Kutsu abi"]


def test_numbers_choose_the_form(texts: Texts) -> None:
    """One waits, two wait."""
    words = ("has waited %(n)d minute", "has waited %(n)d minutes")
    assert [texts.plural(FI, *words, n) for n in (1, 2)] == ["odottanut 1 minuutin", "odottanut 2 minuuttia"]
    assert [texts.plural(EN, *words, n) for n in (1, 0)] == ["has waited 1 minute", "has waited 0 minutes"]


def test_an_unknown_language_or_text_is_english(texts: Texts) -> None:
    """Better a foreign word than none."""
    assert texts.get(Lang("lv"), "Undo") == "Undo"
    assert texts.plural(Lang("lv"), "%(n)d cat", "%(n)d cats", 2) == "2 cats"
    assert texts.get(FI, "no such text") == "no such text"


def test_an_empty_text_is_not_the_catalogue_s_header(texts: Texts) -> None:
    """Gettext keeps the header under the empty msgid."""
    assert texts.get(FI, "") == ""


def test_a_missing_catalogue_is_an_operator_s_error(tmp_path: Path) -> None:
    """It names the file and says what to do."""
    with pytest.raises(ConfigurationError) as caught:
        Texts.load(tmp_path, (FI,))
    assert str(tmp_path / "fi" / "LC_MESSAGES" / "opas.mo") in caught.value.what
    assert "deploy/setup/venv" in caught.value.todo


def test_a_broken_catalogue_is_an_operator_s_error(tmp_path: Path) -> None:
    """So is one that is no catalogue at all."""
    path = tmp_path / "fi" / "LC_MESSAGES" / "opas.mo"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"nonsense")
    with pytest.raises(ConfigurationError, match="can't be read"):
        Texts.load(tmp_path, (FI,))


def test_languages_are_named_by_their_readers() -> None:
    """A reader of Estonian looks for Eesti; an unknown one shows its code."""
    assert [own_name(lang) for lang in (FI, SV, EN, ET, Lang("xx"))] == ["Suomi", "Svenska", "English", "Eesti", "xx"]


def test_marks_change_nothing() -> None:
    """They are there for the extraction only."""
    assert (N_("Undo"), N2_("one", "many")) == ("Undo", ("one", "many"))
