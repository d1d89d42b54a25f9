"""Texts fit their screens at every text size, and can be said aloud."""

import shutil
from pathlib import Path

import pytest

from deploy.release.checking import check
from deploy.release.fit import BOXES
from deploy.release.setting import SCALES, fits
from kiosk.model.pack import TouchpointKind

PACKS = Path(__file__).resolve().parents[4] / "assets" / "packs"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shop's source, to be changed."""
    return Path(shutil.copytree(PACKS / "shop", tmp_path / "shop"))


def _change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def _box(screen: TouchpointKind, slot: str) -> int:
    return next(at for at, box in enumerate(BOXES) if (box.screen, box.slot) == (screen, slot))


@pytest.mark.parametrize(
    ("text", "room"),
    [
        ("Order ready", True),
        ("Order A110 is ready and waits for you at the counter", True),
        ("Tietosuojavastuuhenkilökoulutus", False),
        ("One two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen", False),
    ],
)
def test_a_headline_is_measured_with_its_font(text: str, room: object) -> None:
    box = BOXES[_box(TouchpointKind.KIOSK, "headline")]
    assert fits(text, box, round(box.px * min(SCALES[-1], box.cap))) is room


def test_a_place_keeps_its_number_beside_its_word() -> None:
    box = BOXES[_box(TouchpointKind.KIOSK, "place")]
    assert fits("Gate 7", box, 120)
    assert not fits("Kauppakeskuksen 7", box, 240)


def test_a_text_without_room_is_refused_with_what_it_reads_then(folder: Path) -> None:
    _change(folder / "messages.csv", "Tilaus {number} on valmis", "Matkatavarasäilytyslokerikkotilaus")
    (found,) = check(folder).findings
    assert found.gate == "fit"
    assert 'At 100% text "Matkatavarasäilytyslokerikkotilaus" (fi) has no room on the kiosk (headline).' in found.what
    assert found.line > 1


def test_a_changed_text_is_measured_too(folder: Path) -> None:
    lines = (folder / "messages.csv").read_text(encoding="utf-8").splitlines()
    lines[0] += ",valid_from"
    lines.append("place.home,Matkatavarasäilytyslokerikko,Hemmet,Home,Kodu,2027-01-01 08:00")
    (folder / "messages.csv").write_text("\n".join(lines), encoding="utf-8")
    assert [each.gate for each in check(folder).findings] == ["fit"]


@pytest.mark.parametrize(
    ("new", "what"),
    [
        ("Order {number} → ready", 'A voice can\'t say "→"'),
        ("Order {number} ready / waiting", 'A voice can\'t say "/"'),
        ("Order {number} READY", 'A voice spells "READY"'),
        ("…", "There is nothing to say in en"),
    ],
)
def test_a_text_that_no_voice_can_say_is_refused(folder: Path, new: str, what: str) -> None:
    _change(folder / "messages.csv", "Order {number} is ready", new)
    found = [each for each in check(folder).findings if each.gate == "speech"]
    assert [what in each.what for each in found] == [True]


def test_plural_forms_are_the_ones_of_the_language(folder: Path) -> None:
    _change(folder / "messages.csv", "way.spoken|one,", "way.spoken|few,")
    assert any("plural forms few, other" in each.what for each in check(folder).findings)
