"""The difference between two packs in words, and who of the past would have seen something else."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from deploy.release.checking import open_pack
from deploy.release.difference import compare, told
from deploy.release.finding import PackRefused
from deploy.release.pack import build_pack, main
from deploy.release.past import read_events, would_have_seen

PACKS = Path(__file__).resolve().parents[4] / "assets" / "packs"
OLD = open_pack(PACKS / "shop")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shop's source, to be changed."""
    return Path(shutil.copytree(PACKS / "shop", tmp_path / "shop"))


def _change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def _told(folder: Path) -> list[str]:
    new = open_pack(folder)
    return list(told(compare(OLD, new), new))


def test_the_same_pack_is_no_difference(folder: Path) -> None:
    assert _told(folder) == ["Nothing is different."]


def test_a_text_is_told_with_the_situations_in_which_it_is_seen(folder: Path) -> None:
    _change(folder / "messages.csv", "Order {number} is ready", "Your order {number} is here")
    found = _told(folder)
    assert 'Text "order_ready.headline" (en): "Order {number} is ready" → "Your order {number} is here".' in found
    assert any('shop-kiosk-1, informed: row "k-ready" answers with other words in' in line for line in found)


def test_a_condition_is_told_in_words_and_by_who_answers_instead(folder: Path) -> None:
    _change(folder / "rows.csv", "order.minutes_left < 0", "order.minutes_left < 5")
    found = _told(folder)
    assert any("the time to the promise is less than 0 min → " in line for line in found)
    assert any('row "k-later" answers instead of row "k-here"' in line for line in found)
    assert any("situations are answered otherwise." in line for line in found)


def test_rows_and_ways_that_come_go_and_move_are_told(folder: Path) -> None:
    _change(folder / "pathways.csv", "w-kiosk,kiosk,aisle-1,walkway", "w-kiosk-new,kiosk,aisle-1,walkway")
    rows = (folder / "rows.csv").read_text(encoding="utf-8").splitlines()
    named = next(at for at, line in enumerate(rows) if line.startswith("k-wrong-day,"))
    rows[named], rows[named + 1] = rows[named + 1], rows[named]
    rows.insert(1, "new,kiosk,blocked,order.here,stop,blocked")
    (folder / "rows.csv").write_text("\n".join(rows), encoding="utf-8")
    found = _told(folder)
    assert 'Pathway "w-kiosk" is gone.' in found
    assert 'Pathway "w-kiosk-new" is new.' in found
    assert 'Row "new" is new: when the order is here.' in found
    assert 'The rows stand in another order from "k-wrong-day" on.' in found


def test_settings_are_told_one_by_one(folder: Path) -> None:
    _change(folder / "pack.toml", "clear_after_s = 20", "clear_after_s = 25")
    assert _told(folder)[0] == "Settings: clear_after_s 20 → 25."


def _event(scan: str, kind: str, **fields: Any) -> dict[str, Any]:
    return {"rowid": 1, "device": "shop-kiosk-1", "type": kind, "body": {"type": kind, "scan": scan, **fields}}


def _past(path: Path, *, as_list: bool) -> Path:
    events = []
    for number in range(5):
        outcome, row = ("informed", "k-ready") if number < 3 else ("unknown", "k-unknown")
        events.append(_event(f"s{number}", "CodeScanned", outcome=outcome))
        events.append(_event(f"s{number}", "AnswerShown", row=row, lang="en", message="x"))
    events.append(_event("s9", "HelpCalled"))
    text = json.dumps(events) if as_list else "\n".join(map(json.dumps, events)) + "\n\n"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("as_list", [True, False])
def test_past_events_tell_who_would_have_seen_something_else(folder: Path, tmp_path: Path, as_list: bool) -> None:
    _change(folder / "messages.csv", "Order {number} is ready", "Your order {number} is here")
    new = open_pack(folder)
    shown = read_events(_past(tmp_path / "events.json", as_list=as_list))
    assert len(shown) == 5
    found = list(would_have_seen(shown, compare(OLD, new), OLD, new))
    assert found[0] == "3 of 5 people would have seen something else."
    assert found[1] == (
        "  3 at shop-kiosk-1, informed: “Your order {number} is here · Collect it with the same code” instead of "
        "“Order {number} is ready · Collect it with the same code”"
    )


def test_who_may_be_concerned_is_told_apart(folder: Path, tmp_path: Path) -> None:
    _change(
        folder / "rows.csv",
        'k-ready,kiosk,informed arrived not_ready,"order',
        'k-ready,kiosk,informed arrived not_ready,"order.here and order',
    )
    rows = (folder / "rows.csv").read_text(encoding="utf-8").splitlines()
    at = next(number for number, line in enumerate(rows) if line.startswith("k-ready,"))
    rows.insert(
        at + 1,
        'k-ready-there,kiosk,informed arrived not_ready,"order.state in (ready, customer_arrived, called, handing_over)",go,order_any,lead.help,service',
    )
    (folder / "rows.csv").write_text("\n".join(rows), encoding="utf-8")
    new = open_pack(folder)
    shown = read_events(_past(tmp_path / "events.json", as_list=True))
    found = list(would_have_seen(shown, compare(OLD, new), OLD, new))
    assert found[0] == "0 of 5 people would have seen something else, 3 more perhaps."
    assert found[1].startswith("  up to 3 at shop-kiosk-1, informed: ")


@pytest.mark.parametrize("text", ["{", "[1]", '{"a":1}\nnothing', "\xff", "[" * 100_000])
def test_a_file_that_holds_no_events_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "events").write_bytes(text.encode("latin-1"))
    with pytest.raises(PackRefused, match="It is no event"):
        read_events(tmp_path / "events")


def test_the_commands_tell_the_difference(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = tmp_path / "old.json"
    old.write_bytes(build_pack(PACKS / "shop"))
    _change(folder / "messages.csv", "Order {number} is ready", "Your order {number} is here")
    _change(folder / "scenarios.toml", "Order S41 is ready", "Your order S41 is here")
    events = _past(tmp_path / "events.json", as_list=True)
    assert main(["diff", str(old), str(folder), "--events", str(events)]) == 0
    said = capsys.readouterr().out
    assert "3 of 5 people would have seen something else." in said
    assert main(["check", str(folder), "--against", str(old), "--events", str(events)]) == 0
    assert said in capsys.readouterr().out


@pytest.mark.parametrize("old", ["none.json", "broken.json"])
def test_a_pack_that_can_not_be_opened_is_said(tmp_path: Path, old: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "broken.json").write_bytes(b"{}")
    assert main(["diff", str(tmp_path / old), str(PACKS / "shop")]) == 1
    assert old in capsys.readouterr().err
