"""The file of each device, as app and agent read it."""

import tomllib
from pathlib import Path

import pytest

from deploy.demo.devices import DEVICES, OFFSCREEN, Addresses, DeviceFolder, Secrets, Showing, environment, write_device
from deploy.demo.housekeeping import DemoFolder
from deploy.demo.windows import Window, arrange, cameras, has_display
from deploy.errors import DeployError
from kiosk.config import load_config
from kiosk.model.source import SourceKind

SECRETS = Secrets("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", 'to"ken', "pass\\word")
ADDRESSES = Addresses(8600, 8601, 1883)


@pytest.mark.parametrize("number", range(len(DEVICES)))
def test_the_app_reads_the_file_of_every_device(number: int, tmp_path: Path) -> None:
    device = DEVICES[number]
    folder = DeviceFolder(tmp_path, device.id)
    config = load_config(write_device(device, folder, ADDRESSES, SECRETS, OFFSCREEN), {})
    assert (config.device.id, config.device.role, config.device.site) == (device.id, device.role, device.site)
    assert config.database == folder.database
    assert config.demo.shots == str(folder.shots)
    kinds = [source.kind for source in config.sources]
    assert kinds == ([] if device.role == "board" else [SourceKind.FILES, SourceKind.KEYS])


def test_the_agents_tables_hold_their_secrets_exactly_and_nobody_else_may_read_them(tmp_path: Path) -> None:
    path = write_device(DEVICES[0], DeviceFolder(tmp_path, DEVICES[0].id), ADDRESSES, SECRETS, OFFSCREEN)
    tables = tomllib.loads(path.read_text())
    assert tables["hub"] == {"url": "http://127.0.0.1:8600", "token": SECRETS.token}
    assert tables["broker"] == {"host": "127.0.0.1", "port": 1883, "password": SECRETS.broker_password}
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_with_a_window_and_a_camera_the_file_says_so_and_nothing_is_forced_offscreen(tmp_path: Path) -> None:
    showing = Showing(Window(700, 1000, 5, 7), "/dev/video0", strip=True)
    folder = DeviceFolder(tmp_path, DEVICES[0].id)
    config = load_config(write_device(DEVICES[0], folder, ADDRESSES, SECRETS, showing), {})
    assert config.size == (700, 1000)
    assert config.screen.position == "5,7"
    assert not config.screen.fullscreen
    assert config.demo.strip == str(folder.strip)
    assert config.sources[0].device == "/dev/video0"
    assert environment(showing) == {}
    assert environment(OFFSCREEN)["SDL_VIDEODRIVER"] == "offscreen"


@pytest.mark.parametrize("display", [(1920, 1080), (1366, 768), (2560, 1440), (1280, 1024), (3840, 1600)])
def test_windows_lie_side_by_side_on_the_display(display: tuple[int, int]) -> None:
    windows = arrange(display, "terminal", strip=True)
    kiosk, board, desk = (windows[f"terminal-{role}-1"] for role in ("kiosk", "board", "desk"))
    assert kiosk.left + kiosk.width <= board.left
    assert board.top + board.height <= desk.top
    for window in windows.values():
        assert window.left + window.width <= display[0]
        assert window.top + window.height <= display[1]


def test_a_display_is_what_the_session_names_and_cameras_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    assert has_display({"DISPLAY": ":0"})
    assert has_display({"WAYLAND_DISPLAY": "wayland-0"})
    assert not has_display({"DISPLAY": ""})
    for name in ("video10", "video2", "videoconvert", "null"):
        (tmp_path / name).touch()
    assert [path.name for path in cameras(tmp_path)] == ["video2", "video10"]


def test_two_demos_never_share_a_folder_and_each_starts_from_an_empty_one(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with DemoFolder(folder):
        (folder / "old").touch()
        with pytest.raises(DeployError, match="Another demo runs"), DemoFolder(folder):
            pass
        assert (folder / "old").exists()
    with DemoFolder(folder):
        assert list(folder.iterdir()) == []
