"""Kivy's settings, looked at in a process of their own: they are read when Kivy is imported."""

import json
import os
import subprocess
import sys
from pathlib import Path

_LOOK = """
import json, os, sys
from pathlib import Path
from kiosk.config import load_config
from kiosk.screens.environment import prepare
assert "kivy" not in sys.modules, "importing the module must not import Kivy"
prepare(load_config(Path(sys.argv[1])))
from kivy.config import Config
from kivy.clock import Clock
print(json.dumps({
    "graphics": dict(Config.items("graphics")), "input": dict(Config.items("input")),
    "escape": Config.get("kivy", "exit_on_escape"), "clock": type(Clock.create_trigger.__self__).__name__,
    "home": os.environ["KIVY_HOME"], "text": os.environ["KIVY_TEXT"], "stderr": sys.stderr is sys.__stderr__,
}))
"""
_DEVICE = """
[device]
id = "k-1"
site = "s-1"
role = "{role}"
data = "{data}"
site_key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
[screen]
size = "1080x1920"
fullscreen = {full}
{more}
"""


def _look(tmp_path: Path, role: str, full: bool, driver: str | None = "offscreen", more: str = "") -> dict[str, object]:
    device = tmp_path / "device.toml"
    full_word = "true" if full else "false"
    device.write_text(_DEVICE.format(role=role, data=tmp_path, full=full_word, more=more), encoding="utf-8")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("KIVY_", "SDL_"))}
    if driver is not None:
        environ["SDL_VIDEODRIVER"] = driver
    command = [sys.executable, "-c", _LOOK, str(device)]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True, timeout=60)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_settings_hold(tmp_path: Path) -> None:
    """Size, frame rate, one provider of input, no Escape, own home, the interrupt clock, standard error untouched."""
    found = _look(tmp_path, "kiosk", full=False)
    graphics = found["graphics"]
    assert isinstance(graphics, dict)
    assert (graphics["width"], graphics["height"], graphics["maxfps"]) == ("1080", "1920", "30")
    assert graphics["multisamples"] == "0"
    assert found["input"] == {"mouse": "mouse,disable_multitouch"}
    assert (found["escape"], found["clock"], found["text"]) == ("0", "ClockBaseInterrupt", "sdl2")
    assert found["home"] == str(tmp_path / "kivy")
    assert found["stderr"] is True


def test_full_screen_hides_the_pointer_but_not_from_staff(tmp_path: Path) -> None:
    """A kiosk is touched, a desk has a mouse."""
    for role, cursor in (("kiosk", "0"), ("desk", "1")):
        graphics = _look(tmp_path, role, full=True, driver=None)["graphics"]
        assert isinstance(graphics, dict)
        assert (graphics["fullscreen"], graphics["show_cursor"]) == ("auto", cursor)


def test_a_window_stands_where_it_is_told(tmp_path: Path) -> None:
    """The demo puts several beside each other."""
    graphics = _look(tmp_path, "board", full=False, more='position = "40,60"')["graphics"]
    assert isinstance(graphics, dict)
    assert (graphics["position"], graphics["left"], graphics["top"]) == ("custom", "40", "60")
