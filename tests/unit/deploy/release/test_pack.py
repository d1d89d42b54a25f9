"""`opas pack`: a folder is built to one file, or every mistake is named with its file and line."""

import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from deploy.release.finding import PackRefused
from deploy.release.pack import build_pack, main
from kiosk.guidance import load_pack
from kiosk.guidance.load import MAX_PACK_BYTES

PACKS = Path(__file__).resolve().parents[4] / "assets" / "packs"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shop's source, to be changed."""
    return Path(shutil.copytree(PACKS / "shop", tmp_path / "shop"))


def _edit(path: Path, old: str, new: str, count: int = 1) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, count), encoding="utf-8")


def _line(path: Path, start: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return 1 + next(number for number, line in enumerate(lines) if line.startswith(start))


def _findings(folder: Path) -> list[tuple[str, int, str]]:
    with pytest.raises(PackRefused) as caught:
        build_pack(folder)
    assert all(finding.todo for finding in caught.value.findings)
    return [(finding.file, finding.line, finding.what) for finding in caught.value.findings]


def test_the_built_pack_is_what_devices_load(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "shop.json"
    assert main(["build", str(folder), str(out)]) == 0
    pack = load_pack(out.read_bytes())
    assert pack.id == "shop"
    assert capsys.readouterr().out.startswith(f"{pack.version}: ")
    assert out.stat().st_mode & 0o777 == 0o644
    assert sorted(path.name for path in tmp_path.iterdir()) == ["shop", "shop.json"]


def test_building_twice_gives_the_same_bytes(folder: Path) -> None:
    assert build_pack(folder) == build_pack(folder)


def test_a_table_saved_by_a_spreadsheet_gives_the_same_pack(folder: Path) -> None:
    before = build_pack(folder)
    for name in ("stops", "pathways"):
        path = folder / f"{name}.csv"
        text = path.read_text(encoding="utf-8").replace(",", ";").replace("\n", "\r\n")
        path.write_bytes(b"\xef\xbb\xbf" + (text + ";;;\r\n").encode())
    assert build_pack(folder) == before


def test_checking_writes_nothing_and_succeeds(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(folder)]) == 0
    assert "nothing wrong" in capsys.readouterr().out


def test_a_wrong_pack_is_not_written(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = _line(folder / "rows.csv", "k-called-back,")
    column = len("order.state is ") + 1
    _edit(folder / "rows.csv", "order.state is handed_over", "order.state is handed_ovr")
    out = tmp_path / "shop.json"
    assert main(["build", str(folder), str(out)]) == 1
    said = capsys.readouterr().err
    assert f'rows.csv:{line}:{column}: Column when: "handed_ovr" is no value of order.state.' in said
    assert 'What to do: Did you mean "handed_over"?' in said
    assert "1 to correct." in said
    assert not out.exists()


def test_an_output_that_can_not_be_written_is_said(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build", str(folder), str(tmp_path / "none" / "shop.json")]) == 1
    assert "can't be written" in capsys.readouterr().err
    (tmp_path / "taken").mkdir()
    assert main(["build", str(folder), str(tmp_path / "taken")]) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["shop", "taken"]


Change = Callable[[Path], object]


def _in(file: str, old: str, new: str) -> Change:
    return lambda folder: _edit(folder / file, old, new)


@pytest.mark.parametrize(
    ("change", "file", "line", "what"),
    [
        (lambda folder: (folder / "stops.csv").unlink(), "stops.csv", 0, "can't be read"),
        (lambda folder: (folder / "rows.csv").write_bytes(b"\xff\xfe"), "rows.csv", 0, "not UTF-8"),
        (lambda folder: (folder / "rows.csv").write_text("x" * 5_000_001), "rows.csv", 0, "larger than"),
        (lambda folder: (folder / "rows.csv").write_text(""), "rows.csv", 1, 'There is no column "at"'),
        (_in("pack.toml", 'id = "shop"', "id = shop"), "pack.toml", 2, "no TOML"),
        (_in("pack.toml", '["fi", "sv", "en", "et"]', '"fi"'), "messages.csv", 1, '"en" is no column'),
        (_in("pack.toml", "clear_after_s = 20", 'clear_after_s = "20"'), "pack.toml", 9, "Expected `int`"),
        (_in("pack.toml", 'kind = "kiosk"', 'kind = "kisk"'), "pack.toml", 23, "kisk"),
        (_in("pack.toml", 'zone = "Europe/Helsinki"', 'zone = "Europe/Turku"'), "pack.toml", 5, "no time zone"),
        (_in("floor.toml", "rect = [5, 12, 12, 9]", "rect = [5, 12, 12]"), "floor.toml", 11, "rect"),
        (_in("floor.toml", "[[levels]]", "[levels]"), "floor.toml", 3, "Expected `array`"),
        (_in("stops.csv", "stop_id", "id"), "stops.csv", 1, 'There is no column "stop_id"'),
        (_in("stops.csv", "zone_id", "zone_id,zone_id"), "stops.csv", 1, "stands twice"),
        (_in("stops.csv", "1.5,8", "left,8"), "stops.csv", 2, '"left" is no number'),
        (_in("stops.csv", "1.5,8,", "1.5,8,,extra"), "stops.csv", 2, "more cells"),
        (_in("stops.csv", "aisle-2,", "aisle-1,"), "stops.csv", 13, "stands in line 12 too"),
        (_in("stops.csv", "1.5,8", '1.5,"8'), "stops.csv", 20, "no CSV"),
        (_in("stops.csv", "aisle-3,,floor", "aisle-3,,cellar"), "stops.csv", 14, 'no level "cellar"'),
        (_in("pathways.csv", "w-kiosk,kiosk,aisle-1,walkway", "w-kiosk,kiosk,aisle-1,walk"), "pathways.csv", 3, "walk"),
        (_in("rows.csv", "k-ready,kiosk", "k-ready,kisk"), "rows.csv", "k-ready,", "kisk"),
        (_in("rows.csv", "k-ready,", "k-ready-named,"), "rows.csv", "k-ready,", "stands in line"),
        (_in("rows.csv", "call_due,time.call,yes", "call_due,time.call,maybe"), "rows.csv", "k-call,", "neither yes"),
        (_in("messages.csv", "place.home,Kodin osasto", "place.home,"), "messages.csv", 18, "missing in fi"),
        (_in("messages.csv", "place.home,", "place.garden,"), "messages.csv", 20, "stands in line 18 too"),
        (_in("messages.csv", "{site}", "{sight}"), "rows.csv", "k-wrong-site,", "{sight}"),
    ],
)
def test_each_mistake_is_named_with_file_and_line(
    folder: Path, change: Change, file: str, line: int | str, what: str
) -> None:
    """The line by its number, or by how it began before the change."""
    number = line if isinstance(line, int) else _line(folder / file, line)
    change(folder)
    found = _findings(folder)
    assert [(f, n) for f, n, said in found if what in said] == [(file, number)], found


def test_all_mistakes_of_a_table_are_named_at_once(folder: Path) -> None:
    _edit(folder / "rows.csv", "order.days > 0", "order.day > 0")
    _edit(folder / "rows.csv", "order.arrived", "order.arived")
    assert [what.partition(":")[0] for _, _, what in _findings(folder)] == ["Column when", "Column when"]


def test_too_many_lines_are_refused(folder: Path) -> None:
    with (folder / "rows.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"r{number},kiosk,informed,,info,welcome\n" for number in range(20_001))
    assert "more than 20000 lines" in _findings(folder)[0][2]


def test_a_pack_that_devices_would_not_read_is_refused(folder: Path) -> None:
    with (folder / "pathways.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"x{number},entrance,aisle-1,walkway,,\n" for number in range(19_000))
    found = _findings(folder)
    assert len(found) == 1
    assert f"at most {MAX_PACK_BYTES}" in found[0][2]


def _timed(folder: Path, valid_from: str) -> Path:
    with (folder / "messages.csv").open("a", encoding="utf-8") as file:
        file.write("extra.headline,a,b,c,d\n")
    rows = (folder / "rows.csv").read_text(encoding="utf-8").splitlines()
    rows[0] += ",valid_from"
    rows[1] = f"new,kiosk,informed,,info,extra,,,,,,,{valid_from}"
    (folder / "rows.csv").write_text("\n".join(rows), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-21 16:00", 1_795_269_600_000),
        ("2027-03-28 04:00", 1_806_195_600_000),
        ("2027-10-31 03:30+03:00", 1_824_942_600_000),
        ("2027-10-31 03:30+02:00", 1_824_946_200_000),
    ],
)
def test_a_local_time_is_one_moment(folder: Path, text: str, moment: int) -> None:
    rows = msgspec.json.decode(build_pack(_timed(folder, text)))["rows"]
    assert rows[0]["valid_from"] == moment


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2027-03-28 03:30", "skip it that night"),
        ("2027-10-31 03:30", "twice that night"),
        ("tomorrow", "no time here"),
    ],
)
def test_a_time_that_is_none_or_two_is_refused(folder: Path, text: str, why: str) -> None:
    assert [(line, why in what) for _, line, what in _findings(_timed(folder, text))] == [(2, True)]


def test_times_in_no_zone_are_left_to_the_complaint_about_the_zone(folder: Path) -> None:
    _edit(folder / "pack.toml", "Europe/Helsinki", "Europe/Turku")
    assert [what for _, _, what in _findings(_timed(folder, "2026-11-21 16:00")) if "zone" in what]


def test_a_text_and_a_way_can_hold_for_a_time(folder: Path) -> None:
    messages = (folder / "messages.csv").read_text(encoding="utf-8").splitlines()
    messages[0] += ",valid_from,valid_until"
    messages.append("place.home,Keskiovi,Mittdörren,Middle door,Keskuks,2026-11-21 16:00,")
    (folder / "messages.csv").write_text("\n".join(messages), encoding="utf-8")
    ways = (folder / "pathways.csv").read_text(encoding="utf-8").splitlines()
    ways[0] += ",closed_from,closed_until"
    ways[2] += "," * (ways[0].count(",") - ways[2].count(",") - 1) + "2026-11-21 16:00,2026-11-21 17:00"
    (folder / "pathways.csv").write_text("\n".join(ways), encoding="utf-8")
    assert any("no open way to it from shop-kiosk-1 from 2026-11-21 16:00" in what for _, _, what in _findings(folder))
    (folder / "pathways.csv").write_text("\n".join([*ways[:2], ways[2][:-34], *ways[3:]]), encoding="utf-8")
    (change,) = msgspec.json.decode(build_pack(folder))["changes"]
    assert change["valid_from"] == 1_795_269_600_000
    assert change["texts"]["en"] == "Middle door"
