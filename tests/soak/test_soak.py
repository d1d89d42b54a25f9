"""The short run: `make soak` is the long one."""

import json
from pathlib import Path

import pytest

from deploy.demo.devices import DeviceFolder
from tests.soak.flow import Seen, Touchpoint
from tests.soak.people import Crowd, Visitor
from tests.soak.run import Soak, report

_KIOSK, _GATE = "terminal-kiosk-1", "terminal-gate-1"


def test_a_crowd_leaves_nothing_behind(tmp_path: Path) -> None:
    """No scan without an answer, nobody else's name on a screen, no memory, file or thread for each of them."""
    ended = Soak(tmp_path, (_KIOSK, _GATE), 1).run(0.7, rest=False)
    told = "\n".join(report(ended))
    assert ended.problems == (), told
    assert {course.name for course in ended.courses} >= {_KIOSK, f"{_KIOSK}-agent", _GATE, f"{_GATE}-agent", "hub"}
    assert ended.seen.answers >= 20, told
    assert ended.seen.named >= 5, told


@pytest.fixture
def before_a_screen(tmp_path: Path) -> tuple[DeviceFolder, Touchpoint, Seen]:
    """A kiosk that Aino V. and Nils Ö. may come to; nothing runs behind it."""
    folder, seen = DeviceFolder(tmp_path, _KIOSK), Seen()
    folder.shots.mkdir(parents=True)
    people = tuple(Visitor(f"OP1:{name}", name, tmp_path / "none.png") for name in ("Aino V.", "Nils Ö."))
    return folder, Touchpoint(folder, Crowd(people, "", ""), 1, seen), seen


@pytest.mark.parametrize("scan", [None, "unknown"])
def test_a_name_on_a_screen_of_nobody_is_told(
    before_a_screen: tuple[DeviceFolder, Touchpoint, Seen], scan: str | None
) -> None:
    """The check that nobody sees another's name can fail."""
    folder, touchpoint, seen = before_a_screen
    note = {"file": "1.png", "scan": scan, "shows": {"step": {"detail": "Tervetuloa, Nils Ö."}}}
    (folder.shots / "1.png").write_bytes(b"")
    (folder.shots / "shots.jsonl").write_text(json.dumps(note) + "\n" + '{"file": "2.png", "half')
    touchpoint.look()
    assert seen.problems == [f"{_KIOSK}: 1.png shows ['Nils Ö.'] to nobody"]
    assert not (folder.shots / "1.png").exists()
