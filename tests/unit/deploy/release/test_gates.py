"""The gates: a pack that could leave somebody without an answer or a way is refused."""

import re
import shutil
from pathlib import Path

import pytest

from deploy.release.finding import PackRefused
from deploy.release.pack import build_pack

PACKS = Path(__file__).resolve().parents[4] / "assets" / "packs"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The terminal's source, to be changed."""
    return Path(shutil.copytree(PACKS / "terminal", tmp_path / "terminal"))


def _change(path: Path, start: str, old: str, new: str) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    hits = [number for number, line in enumerate(lines) if line.startswith(start)]
    assert len(hits) == 1, start
    assert old in lines[hits[0]]
    lines[hits[0]] = lines[hits[0]].replace(old, new, 1)
    path.write_text("\n".join(line for line in lines if line) + "\n", encoding="utf-8")


def _found(folder: Path) -> list[str]:
    with pytest.raises(PackRefused) as caught:
        build_pack(folder)
    return [f"{finding.file}:{finding.line} {finding.what}" for finding in caught.value.findings]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("g-used-any,gate,already_used,,", "g-used-any,gate,already_used,order.here,"),
        ("g-used-any,gate,already_used,,", "g-used-any,gate,revoked,,"),
        ("g-used-any,gate,already_used,,stop,used_here,,,", "g-used-any,gate,already_used,,stop,used_here,,@gate,"),
        ("g-used-any,gate,already_used,,stop,used_here", "g-used-any,gate,already_used,,stop,aboard_named"),
    ],
)
def test_an_outcome_without_a_sure_answer_is_refused(folder: Path, old: str, new: str) -> None:
    _change(folder / "rows.csv", "g-used-any", old, new)
    found = _found(folder)
    assert any(re.search(r"terminal-gate-1, already_used: \d+ situations are left without", what) for what in found), (
        found
    )


def test_a_row_for_every_outcome_at_once_is_no_answer_of_its_own(folder: Path) -> None:
    _change(folder / "rows.csv", "g-used-any", "g-used-any,gate,already_used,,", "g-used-any,gate,,,")
    assert any("situations are left without an answer of their own" in what for what in _found(folder))


def test_a_row_that_nobody_comes_to_is_refused(folder: Path) -> None:
    path = folder / "rows.csv"
    rows = path.read_text(encoding="utf-8")
    path.write_text(rows + "again,kiosk,unknown,,stop,unknown\n", encoding="utf-8")
    line = len(rows.splitlines()) + 1
    assert _found(folder) == [
        f'rows.csv:{line} again: No situation comes to this row: row "unknown" above answers first.'
    ]


def test_a_text_that_nothing_says_is_refused(folder: Path) -> None:
    path = folder / "messages.csv"
    path.write_text(path.read_text(encoding="utf-8") + "spare,a,b,c,d\n", encoding="utf-8")
    assert [what.partition(" ")[2] for what in _found(folder)] == ["spare: Nothing in the pack says this text."]


def test_an_open_order_that_no_pickup_line_tells_of_is_refused(folder: Path) -> None:
    _change(folder / "pickups.csv", "p-wait", "announced accepted preparing", "announced accepted")
    lines = (folder / "pickups.csv").read_text(encoding="utf-8").splitlines()
    last = 1 + max(number for number, line in enumerate(lines) if "preparing,order." in line)
    assert _found(folder) == [
        f"pickups.csv:{last} the list of pickups, preparing: 4 situations are left without an answer of their own."
    ]


def test_without_its_lift_the_terminal_is_refused_for_who_needs_it(folder: Path) -> None:
    _change(folder / "pathways.csv", "lift,", "lift,5,45,yes,yes", "lift,5,45,yes,no")
    found = _found(folder)
    assert any("gate-7: There is no open step-free way to it from terminal-kiosk-1." in what for what in found)
    assert not any("no open way" in what for what in found)


def test_without_stairs_and_lift_nobody_reaches_the_gates(folder: Path) -> None:
    _change(folder / "pathways.csv", "lift,", "lift,5,45,yes,yes", "lift,5,45,yes,no")
    _change(folder / "pathways.csv", "stairs,", "stairs,9,20,no,yes", "stairs,9,20,no,no")
    assert any("gate-7: There is no open way to it from terminal-kiosk-1." in what for what in _found(folder))


def test_a_way_shorter_than_its_ends_lie_apart_is_refused(folder: Path) -> None:
    _change(folder / "pathways.csv", "w-pier-2", "walkway,,", "walkway,5,")
    assert _found(folder) == ["pathways.csv:21 w-pier-2: It is 5 m long, but its ends lie 18.0 m apart."]


def test_a_way_through_a_room_is_refused(folder: Path) -> None:
    _change(folder / "pathways.csv", "w-shop,", "w-shop,bend-3", "w-shop,cafe")
    _change(folder / "stops.csv", "cafe,", "cafe,place.cafe,hall,10,25", "cafe,place.cafe,hall,10,1")
    found = _found(folder)
    assert any(what.startswith("pathways.csv:9 w-shop: It crosses shape.check_in") for what in found), found
