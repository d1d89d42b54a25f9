"""Pictures for other programs are the screens that a device shows, pixel for pixel."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator

import msgspec
import numpy as np
import pytest
from PIL import Image

from kiosk.config import Role
from kiosk.i18n import Texts
from kiosk.model.ids import DeviceId
from kiosk.model.order import OrderState
from kiosk.model.pack import TouchpointKind
from kiosk.model.scene import Drawn, Room, Scene
from kiosk.model.view import AnswerView, AttractView, BoardView, DeskView, Freshness, View
from kiosk.session.rooms import room_view
from tests.fakes.clock import NOON
from tests.fakes.packs import NOW, a_departure, an_order, pack_bytes, small_body
from tests.screens import scenes
from tests.screens.conftest import Opener
from tests.screens.theatre import LANDSCAPE, PORTRAIT, ROOT

Painted = tuple[Drawn, bytes]


class Painting:
    """The process, asked one line at a time."""

    def __init__(self) -> None:
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("KIVY", "SDL"))}
        command = [sys.executable, "-m", "kiosk.screens.paint"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def ask(self, line: bytes) -> Painted:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()
        head = msgspec.json.decode(self.process.stdout.readline(), type=Drawn)
        return head, self.process.stdout.read(head.size)

    def end(self) -> tuple[int, bytes]:
        """Its status and what it said, once its input has ended."""
        _, said = self.process.communicate(timeout=60)
        return self.process.returncode, said


@pytest.fixture(scope="module")
def painting() -> Iterator[Painting]:
    """One process for all tests; it ends well and says nothing."""
    made = Painting()
    yield made
    assert made.end() == (0, b"")


def _scene(role: Role, view: View, size: tuple[int, int]) -> Scene:
    scene = Scene(TouchpointKind(role), *size, NOON)
    for name, kind in {"attract": AttractView, "answer": AnswerView, "board": BoardView, "desk": DeskView}.items():
        if isinstance(view, kind):
            return msgspec.structs.replace(scene, **{name: view})
    raise TypeError(view)


_SHOWN: list[tuple[Role, View, tuple[int, int]]] = [
    (Role.KIOSK, scenes.answer(scenes.go(scenes.FI, scenes.NAMES[0], pickups=True)), PORTRAIT),
    (Role.KIOSK, scenes.answer(scenes.go(scenes.EN, scenes.NAMES[1], pickups=True), scale=2.0), LANDSCAPE),
    (Role.KIOSK, scenes.attract(), PORTRAIT),
    (Role.GATE, scenes.answer(scenes.stop(scenes.ET)), PORTRAIT),
    (Role.DESK, scenes.desk(notice=scenes.handed_over()), LANDSCAPE),
    (Role.BOARD, scenes.board(), LANDSCAPE),
]


@pytest.mark.parametrize(("role", "view", "size"), _SHOWN, ids=lambda each: str(each)[:20])
def test_a_picture_is_what_the_device_shows(
    open_theatre: Opener, painting: Painting, role: Role, view: View, size: tuple[int, int]
) -> None:
    theatre = open_theatre(role, size)
    theatre.clock.wall_ms, theatre.clock.mono_ms = NOON, 0
    theatre.show(view)
    head, png = painting.ask(msgspec.json.encode(_scene(role, view, size)))
    assert (head.problem, head.size) == ("", len(png))
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(png))), theatre.pixels())


@pytest.mark.parametrize("device", ["board-1", "desk-1"])
def test_boards_and_desks_are_drawn_from_records(open_theatre: Opener, painting: Painting, device: str) -> None:
    """As the session makes their views from its store."""
    orders = (an_order("A17", OrderState.READY), an_order("A18", OrderState.PREPARING))
    body = small_body()
    body["touchpoints"][2]["shows"] = ["orders", "departures"]
    current = Freshness(connected=True, as_of=None)
    room = Room(pack_bytes(body), DeviceId(device), scenes.FI, orders, (a_departure(),), current, "Anna K.")
    role = Role(device.partition("-")[0])
    head, png = painting.ask(msgspec.json.encode(Scene(TouchpointKind(role), *LANDSCAPE, NOW, room=room)))
    assert head.problem == ""
    theatre = open_theatre(role, LANDSCAPE)
    theatre.show(room_view(room, NOW, Texts.load(ROOT / "assets" / "locales", [scenes.FI])))
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(png))), theatre.pixels())
    broken = msgspec.structs.replace(room, pack=b"{}")
    head, _ = painting.ask(msgspec.json.encode(Scene(TouchpointKind(role), *LANDSCAPE, NOW, room=broken)))
    assert head.problem.startswith("That is no scene: The content pack has format None")


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{}",
        b'{"kind": "kiosk"',
        b"\xff\xfe",
        b'{"kind":"kiosk","width":1080,"height":1920,"now":1}',
        b'{"kind":"oven","width":1080,"height":1920,"now":1}',
        msgspec.json.encode(msgspec.structs.replace(_scene(*_SHOWN[2]), width=0)),
        msgspec.json.encode(msgspec.structs.replace(_scene(*_SHOWN[2]), height=100_000)),
    ],
)
def test_what_is_no_scene_is_told_and_the_next_one_is_drawn(painting: Painting, line: bytes) -> None:
    head, png = painting.ask(line)
    assert head.problem.startswith("That is no scene: ")
    assert png == b""
    assert painting.ask(msgspec.json.encode(_scene(*_SHOWN[2])))[0].size > 0
