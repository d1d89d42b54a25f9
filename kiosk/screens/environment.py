"""Kivy's settings, all of them, in one place. Kivy reads them when it is imported, so `prepare` comes first."""

import logging
import os
from pathlib import Path

from kiosk.config import Config, Role

MAX_FPS = 30
STRIP_SHARE = 0.22
"""How much of the window the demo's strip of sample codes takes."""


def prepare(config: Config) -> None:
    """Set Kivy's environment and settings for this device. Call it before any import of Kivy.

    The folder `kivy` in the data folder becomes Kivy's own home. A video driver that is set already is left alone.
    """
    home = Path(os.environ.get("KIVY_HOME") or config.data / "kivy")
    home.mkdir(parents=True, exist_ok=True)
    os.environ.update(
        KIVY_HOME=str(home),
        KIVY_NO_ARGS="1",
        KIVY_NO_CONFIG="1",
        KIVY_NO_FILELOG="1",
        # Kivy logs through our logging and leaves standard error alone, where a traceback must not vanish.
        KIVY_LOG_MODE="PYTHON",
        KIVY_WINDOW="sdl2",
        KIVY_TEXT="sdl2",
        KIVY_IMAGE="sdl2",
        KIVY_CLOCK="interrupt",
    )
    _settle(config)


def offscreen() -> bool:
    """Whether pixels are drawn without any display."""
    return os.environ.get("SDL_VIDEODRIVER") == "offscreen"


def _settle(config: Config) -> None:
    from kivy.config import Config as Settings  # noqa: PLC0415 - reads what `prepare` has just set

    # Kivy tells of every provider that it does not use; what is wrong it says as a warning or worse.
    logging.getLogger("kivy").setLevel(logging.WARNING)
    for section, settings in _values(config).items():
        for key, value in settings.items():
            Settings.set(section, key, str(value))
    for section in ("input", "modules"):
        for key, _ in Settings.items(section):
            Settings.remove_option(section, key)
    # What a touch screen reports SDL hands on as a mouse, so one provider is enough; a second would double each tap.
    Settings.set("input", "mouse", "mouse,disable_multitouch")


def _values(config: Config) -> dict[str, dict[str, object]]:
    """What Kivy is told, by its sections."""
    width, height = config.size
    full = config.screen.fullscreen and not offscreen() and not config.demo.strip
    left, _, top = config.screen.position.partition(",")
    return {
        "kivy": {"exit_on_escape": 0, "log_level": "warning", "desktop": 1, "pause_on_minimize": 0},
        "graphics": {
            "width": width,
            "height": height,
            "fullscreen": "auto" if full else 0,
            "borderless": 0,
            "position": "custom" if top else "auto",
            "left": left or 0,
            "top": top or 0,
            "maxfps": MAX_FPS,
            # Edges are smoothed where they are drawn; multisampling costs 57 MB at 1080×1920 in software.
            "multisamples": 0,
            "resizable": 0 if full else 1,
            "show_cursor": int(config.device.role is Role.DESK or not full),
            "allow_screensaver": 0,
        },
    }
