"""A scene as it travels to the process that draws it."""

import msgspec
import pytest

from kiosk.model.ids import EpochMs, Lang
from kiosk.model.pack import TouchpointKind
from kiosk.model.scene import Scene
from kiosk.model.view import AttractView, Freshness

VIEW = AttractView("Title", "Hint", Lang("en"), (Lang("en"),), 1.0, Freshness(connected=True, as_of=None))
SCENE = Scene(TouchpointKind.KIOSK, 1080, 1920, EpochMs(5), attract=VIEW)


def test_a_scene_comes_back_from_json() -> None:
    assert msgspec.json.decode(msgspec.json.encode(SCENE), type=Scene) == SCENE
    assert SCENE.view == VIEW


def test_a_scene_without_a_view_is_none() -> None:
    with pytest.raises(ValueError, match="exactly one view"):
        _ = msgspec.structs.replace(SCENE, attract=None).view
