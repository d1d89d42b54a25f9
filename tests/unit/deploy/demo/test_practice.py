"""A changed practice: its lines hold from their instant on, in every language, at every screen that shows them."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from deploy.demo.practice import changed_pack, write_changed
from deploy.errors import DeployError
from deploy.release.checking import check
from kiosk.guidance import Guide, load_pack
from kiosk.model.ids import DeviceId, EpochMs, Lang

PACKS = Path(__file__).resolve().parents[4] / "assets" / "packs"
TERMINAL, CHANGE = PACKS / "terminal", PACKS / "middle-door.csv"
AT = round(datetime.fromisoformat("2026-11-21 16:00:00+02:00").timestamp()) * 1000


def test_every_screen_switches_at_that_instant(tmp_path: Path) -> None:
    """Kiosk, gate and board, in all four languages: not a millisecond before."""
    pack = load_pack(changed_pack(TERMINAL, CHANGE, tmp_path / "changed", AT).body)
    for device in ("terminal-kiosk-1", "terminal-gate-1", "terminal-board-1"):
        guide = Guide(pack, DeviceId(device))
        assert guide.changes_at(EpochMs(AT - 5_000)) == AT
        for lang in pack.languages:
            before, after = (guide.attract(lang, EpochMs(moment))[1] for moment in (AT - 1, AT))
            assert before != after
    board = Guide(pack, DeviceId("terminal-board-1")).attract(Lang("en"), EpochMs(AT))[1]
    assert board == "New today: all boarding is by the middle door"


def test_the_changed_pack_passes_every_gate(tmp_path: Path) -> None:
    """So what is published within seconds was proved long before: only the instant differs."""
    write_changed(TERMINAL, CHANGE, tmp_path / "changed", AT)
    assert check(tmp_path / "changed").findings == []


def test_it_is_another_version_of_the_same_site(tmp_path: Path) -> None:
    """And making it again over the last one's folder gives the same."""
    first, again = (changed_pack(TERMINAL, CHANGE, tmp_path / "changed", AT) for _ in range(2))
    assert (first.site, first.body) == ("terminal", again.body)
    assert json.loads(first.body)["version"] != json.loads(changed_pack(TERMINAL, CHANGE, tmp_path, AT + 1000).body)


def test_a_change_in_other_languages_is_refused(tmp_path: Path) -> None:
    """With the columns to give it."""
    change = tmp_path / "change.csv"
    change.write_text("key,fi,de\nlead.board,a,b\n", encoding="utf-8")
    with pytest.raises(DeployError, match="key, fi, de"):
        changed_pack(TERMINAL, change, tmp_path / "changed", AT)
