"""One window for all tests of the screens: Kivy can have only one in a process."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kiosk.config import DemoConfig, Role
from kiosk.i18n import Texts
from kiosk.model.ids import Lang
from kiosk.screens.environment import prepare
from tests.screens.device import config_for

if TYPE_CHECKING:
    from tests.screens.theatre import Theatre

LANGS = tuple(Lang(code) for code in ("fi", "sv", "en", "et"))
PORTRAIT = (1080, 1920)
WINDOW = (1920, 1920)
Opener = Callable[..., "Theatre"]


# A window without a display can't change its size, so it is large enough for all and each test takes its part of it.
# Kivy is set up here because the test modules, which are read next, import it.
prepare(config_for(Role.KIOSK, Path(tempfile.gettempdir()), WINDOW, DemoConfig()))


@pytest.fixture(scope="session", autouse=True)
def _window() -> None:
    """The window."""
    from kivy.core.window import Window

    assert Window is not None, "no window: see `opas doctor`"
    assert tuple(Window.size) == WINDOW, "Kivy was imported before it was set up"


@pytest.fixture(scope="session")
def texts() -> Texts:
    """The words of the house."""
    return Texts.load(Path(__file__).resolve().parents[2] / "assets" / "locales", LANGS)


@pytest.fixture
def open_theatre(tmp_path: Path, texts: Texts) -> Iterator[Opener]:
    """Opens an app of a role in a window of a size; it is taken down after the test."""
    from tests.screens.theatre import Theatre

    opened: list[Theatre] = []

    def opener(role: Role, size: tuple[int, int] = PORTRAIT, demo: DemoConfig | None = None) -> Theatre:
        theatre = Theatre(config_for(role, tmp_path, size, demo or DemoConfig()), texts)
        theatre.open()
        opened.append(theatre)
        return theatre

    yield opener
    for theatre in opened:
        theatre.close()
