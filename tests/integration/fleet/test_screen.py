"""The app of a device that is claimed while it runs: a code on the glass, then what it became, then out again."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kiosk.model.code import Symbology
from kiosk.model.identity import read_code
from kiosk.scanning.zxing import ZxingDecoder
from tests.integration.fleet.ground import CardDevice, Fleet, until

_SCREEN = """
[screen]
size = "540x960"
fullscreen = false
language = "en"
[speech]
enabled = false
[demo]
shots = "{shots}"
"""


class App:
    """`opas kiosk` on a device's file, without a display."""

    def __init__(self, device: CardDevice, folder: Path) -> None:
        self.shots = folder / "shots"
        text = device.config.read_text()
        device.config.write_text(text + _SCREEN.format(shots=self.shots) + '[[sources]]\nkind = "keys"\n')
        self._log = (folder / "app.log").open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kiosk", "--config", str(device.config)],
            stderr=self._log,
            env={**os.environ, "SDL_VIDEODRIVER": "offscreen"},
        )

    def shown(self, screen: str) -> list[Path]:
        """Pictures of a screen, oldest first."""
        return sorted(self.shots.glob(f"*{screen}*.png")) if self.shots.exists() else []

    def end(self) -> int:
        self.process.terminate()
        status = self.process.wait(20)
        self._log.close()
        return status


@pytest.fixture
def card(fleet: Fleet, tmp_path: Path) -> Iterator[tuple[CardDevice, App]]:
    device = fleet.card("gate-1")
    app = App(device, tmp_path)
    yield device, app
    if app.process.poll() is None:
        app.end()


def code_on(picture: Path) -> str:
    gray = np.asarray(Image.open(picture).convert("L"))
    (found,) = ZxingDecoder([Symbology.QR]).decode(gray)
    return found.payload.decode()


def test_the_screen_shows_the_code_then_what_the_device_became(fleet: Fleet, card: tuple[CardDevice, App]) -> None:
    """What the QR code says claims it; the app takes its own place in the same process, and shows when it is turned out."""
    device, app = card
    process = app.process.pid
    picture = until(lambda: app.shown("claim"), device.log, 60)[-1]
    payload = until(lambda: code_on(picture), "no code")
    read = read_code(payload)
    assert read is not None
    notice = device.notice()
    assert notice is not None
    assert read == (notice.code, notice.fingerprint)
    done = fleet.hub.opas("fleet", "claim", payload, "--site", "harbour", "--device", "gate-1", "--role", "gate")
    assert done.returncode == 0, done.stderr
    device.wait_claimed()
    # It has no content yet, and says so as a gate.
    until(lambda: app.shown("trouble"), device.log, 60)
    assert app.process.poll() is None
    assert app.process.pid == process
    claims = len(app.shown("claim"))
    assert fleet.hub.opas("fleet", "revoke", "gate-1").returncode == 0
    until(lambda: len(app.shown("claim")) > claims, device.log, 60)
    assert fleet.claim(device, "gate-1").returncode == 0
    device.wait_claimed()
    assert app.end() == 0
