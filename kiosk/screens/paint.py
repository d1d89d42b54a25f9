"""`python -m kiosk.screens.paint`: pictures of screens for other programs, one after the other, until its input ends.

Reads scenes (`kiosk.model.scene.Scene`) from standard input, one line of JSON each, and answers each on standard output
with a line of JSON (`Drawn`) and the PNG that it announces. It opens no window on any display and no connection.
"""

import base64
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from kiosk.config import Config, DeviceConfig, Role, ScreenConfig
from kiosk.errors import OpasError
from kiosk.i18n import DOMAIN, Texts
from kiosk.model.ids import DeviceId, Lang, SiteId
from kiosk.model.scene import Drawn, Scene
from kiosk.screens.environment import prepare

if TYPE_CHECKING:
    from kiosk.screens.painter import Painter

ASSETS = Path(__file__).resolve().parents[2] / "assets"
MAX_LINE_BYTES = 4_000_000
_SIDE = 1920
"""A window without a display can't change its size, so it holds both an upright and a wide screen."""


def main() -> int:
    """Draw until standard input ends; the exit status."""
    answers = _own_output()
    with tempfile.TemporaryDirectory(prefix="opas-paint-") as home:
        os.environ.update(SDL_VIDEODRIVER="offscreen", SDL_AUDIODRIVER="dummy", KIVY_HOME=home)
        prepare(_config(home))
        try:
            painter = _painter()
        except OpasError as error:
            _answer(answers, Drawn(problem=str(error)))
            return error.exit_status
        while line := sys.stdin.buffer.readline(MAX_LINE_BYTES):
            head, picture = _drawn(painter, line)
            _answer(answers, head, picture)
    return 0


def _painter() -> "Painter":
    from kiosk.screens.painter import Painter  # noqa: PLC0415 - Kivy reads its settings when it is imported

    langs = [Lang(path.parent.parent.name) for path in (ASSETS / "locales").glob(f"*/LC_MESSAGES/{DOMAIN}.mo")]
    return Painter(Texts.load(ASSETS / "locales", langs), ASSETS)


def _drawn(painter: "Painter", line: bytes) -> tuple[Drawn, bytes]:
    try:
        picture = painter.paint(msgspec.json.decode(line, type=Scene))
    except (msgspec.DecodeError, ValueError) as error:
        return Drawn(problem=f"That is no scene: {error}."), b""
    return Drawn(size=len(picture)), picture


def _answer(answers: BinaryIO, head: Drawn, picture: bytes = b"") -> None:
    answers.write(msgspec.json.encode(head) + b"\n" + picture)
    answers.flush()


def _own_output() -> BinaryIO:
    """Standard output for pictures alone: what anything else prints goes to standard error."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers


def _config(home: str) -> Config:
    nobody = DeviceConfig(DeviceId("paint"), SiteId("paint"), Role.KIOSK, home, base64.b64encode(bytes(32)).decode())
    return Config(nobody, ScreenConfig(size=f"{_SIDE}x{_SIDE}", fullscreen=False), sources=())


if __name__ == "__main__":
    sys.exit(main())
