"""The drawing process is kept, started anew when it ends by itself, and never outlives the preview."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.release.preview.painter import NoPicture, Painter
from kiosk.model.ids import EpochMs
from kiosk.model.pack import TouchpointKind
from kiosk.model.scene import Scene
from tests.unit.deploy.release.preview.drawing import WELL, draws

SCENE = Scene(TouchpointKind.KIOSK, 1080, 1920, EpochMs(1))
OTHER = Scene(TouchpointKind.GATE, 1080, 1920, EpochMs(1))
Maker = Callable[..., Painter]


@pytest.fixture
def make() -> Iterator[Maker]:
    """Makes painters, which are closed after the test."""
    made: list[Painter] = []

    def maker(command: tuple[str, ...], patience_s: float = 20) -> Painter:
        made.append(Painter(command, patience_s))
        return made[-1]

    yield maker
    for painter in made:
        painter.close()


def test_a_picture_is_drawn_once_and_found_by_its_name(make: Maker, tmp_path: Path) -> None:
    count = tmp_path / "count"
    painter = make(draws("open(sys.argv[1], 'a').write('x')\nanswer(b'PNG')", str(count)))
    first, again, other = painter.paint(SCENE), painter.paint(SCENE), painter.paint(OTHER)
    assert (first.png, first.width, first.height, first.note) == (b"PNG", 1080, 1920, "")
    assert (again, painter.picture(first.name)) == (first, first)
    assert other.name != first.name
    assert painter.picture("0" * 24) is None
    assert count.read_text() == "xx"


def test_only_the_last_pictures_are_kept(make: Maker) -> None:
    painter = make(WELL)
    names = [painter.paint(Scene(TouchpointKind.KIOSK, 1, 1, EpochMs(number))).name for number in range(70)]
    assert [painter.picture(name) is None for name in names] == [True] * 6 + [False] * 64


def test_a_process_that_ended_is_started_anew_and_that_is_told_once(make: Maker, tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    body = "if not os.path.exists(sys.argv[1]):\n    open(sys.argv[1], 'w').close()\n    os.kill(os.getpid(), 9)\nanswer(b'PNG')"
    painter = make(draws(body, str(flag)))
    assert painter.paint(SCENE).note == "The drawing process was ended by signal 9; it was started anew."
    assert painter.paint(SCENE).note == ""
    assert painter.paint(OTHER).note == ""


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("sys.exit('no fonts')", 'ended with status 1 ("no fonts")'),
        ("import time; time.sleep(60)", "gave no answer in time"),
        ("print('hello', flush=True)", "answered with something that is no picture"),
        ("print(json.dumps({'size': -1}), flush=True)", "announced a picture of -1 bytes"),
        ("print(json.dumps({'size': 10**9}), flush=True)", "announced a picture of 1000000000 bytes"),
        ("sys.stdout.write('x' * 10**6); sys.stdout.flush()", "said more than a picture"),
        ("print(json.dumps({'size': 9}), flush=True); sys.exit(3)", "ended with status 3"),
    ],
)
def test_one_that_ends_again_is_told_with_what_it_said(make: Maker, body: str, what: str) -> None:
    """And the next picture is tried as if nothing had been."""
    painter = make(draws(body), 1.0)
    with pytest.raises(NoPicture) as caught:
        painter.paint(SCENE)
    assert str(caught.value) == f"The drawing process {what}, was started anew, and then {what}."
    with pytest.raises(NoPicture):
        painter.paint(OTHER)


def test_what_the_process_can_t_draw_is_told_in_its_own_words(make: Maker) -> None:
    painter = make(draws("answer(b'', problem='No window can be opened.')"))
    with pytest.raises(NoPicture, match=r"^No window can be opened\.$"):
        painter.paint(SCENE)


def test_a_program_that_is_not_there_is_told(make: Maker) -> None:
    painter = make(("/nowhere/draw",))
    with pytest.raises(NoPicture, match="can't be started"):
        painter.paint(SCENE)


def test_no_process_and_no_folder_is_left(tmp_path: Path) -> None:
    """Also when it does not end by itself."""
    note = tmp_path / "note"
    body = "open(sys.argv[1], 'w').write(f\"{os.getpid()} {os.environ['TMPDIR']}\")\nanswer(b'PNG')"
    for stubborn in ("", "\nimport time; time.sleep(600)"):
        painter = Painter(draws(body + stubborn, str(note)))
        painter.paint(SCENE)
        pid, folder = note.read_text().split()
        assert Path(folder).is_dir()
        painter.close()
        assert not Path(folder).exists()
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid), 0)
        with pytest.raises(NoPicture, match="ending"):
            painter.paint(OTHER)


def test_names_of_pictures_can_stand_in_an_address(make: Maker) -> None:
    assert re.fullmatch("[0-9a-f]{24}", make(WELL).paint(SCENE).name)
