"""`python -m kiosk --config device.toml`: the composition root of the app. It wires, starts and stops; nothing else."""

import argparse
import ctypes
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from kiosk.config import Config, Role, load_config
from kiosk.doorstep import Doorstep
from kiosk.errors import ConfigurationError, OpasError
from kiosk.i18n import Texts
from kiosk.model.clock import Clock
from kiosk.model.code import Code
from kiosk.model.command import Command
from kiosk.model.ids import DurationMs, ScanId
from kiosk.model.release import RELEASE
from kiosk.model.source import SourceConfig
from kiosk.model.view import AttractView, View
from kiosk.session import Parts, SessionThread
from kiosk.session.parts import Advised, Presented, Shown, Started, Tapped, TroubleIs, TwoCodes, Unreadable
from kiosk.store import SystemClock, open_store
from kiosk.store.lock import Sole

if TYPE_CHECKING:
    from kiosk.scanning.chain import Chain
    from kiosk.scanning.reader import ScanReader
    from kiosk.scanning.source import Source
    from kiosk.scanning.stage import StageSource
    from kiosk.screens.app import OpasApp

log = logging.getLogger("kiosk")
_SWITCH_S = 0.001
AGAIN = -1
"""An exit status of our own: the process takes its own place, as what the device has become."""
ASSETS = Path(__file__).resolve().parent.parent / "assets"


class Touchpoint:
    """All parts of one running app."""

    def __init__(self, config: Config, clock: Clock) -> None:
        """Kivy's environment must have been prepared before."""
        from kiosk.scanning.hid import wedge_for

        self._config = config
        self._clock = clock
        self._texts = Texts.load(ASSETS / "locales", config.screen.languages)
        self._failure: OpasError | None = None
        self._wedge = wedge_for(config.sources)
        self._reader: ScanReader | None = None
        self._stage: StageSource | None = None
        self._previewing: bool | None = None
        self._session = SessionThread(self._open_parts, self._fail)
        self._doorstep = Doorstep(config, self._display, self.stop)
        self._app = self._make_app()
        self._starter = threading.Thread(target=self._start_scanning, name="starter")

    def run(self) -> int:
        """Draw until the window closes, `stop` is called or the session fails; returns the exit status.

        That is `AGAIN` when the device has become another one, as which the app is to be started anew.
        """
        if self._config.claimed:
            self._session.start()
        self._doorstep.start()
        try:
            self._app.run()
        finally:
            self._doorstep.stop()
            self._stop_scanning()
            self._session.stop()
        if self._failure is not None:
            return complain(self._failure)
        return AGAIN if self._doorstep.again else 0

    def stop(self) -> None:
        """End `run`, from any thread or a signal."""
        self._app.stop()

    def _make_app(self) -> "OpasApp":
        from kiosk.screens.app import OpasApp, WindowHandlers

        app = OpasApp(
            self._config,
            self._texts,
            WindowHandlers(self._send, self._shown, self._key, self._hold),
            assets=ASSETS,
            clock=self._clock,
        )
        app.on_first_frame(self._first_frame)
        return app

    def _open_parts(self) -> Parts:
        from kiosk.access.speech import Speech

        device = self._config.device
        store = open_store(
            self._config.database,
            device=device.id,
            site=device.site,
            site_key=self._config.site_key,
            clock=self._clock,
            max_megabytes=device.max_megabytes,
        )
        voice = Speech(self._config.speech.command if self._config.speech.enabled else "")
        return Parts(self._config, store, self._clock, self._texts, voice, self._doorstep.post)

    def _start_scanning(self) -> None:
        from kiosk.scanning.reader import ScanHandlers, ScanReader
        from kiosk.scanning.sources import is_camera, is_scanner, make_scanner

        sources = self._config.sources
        handlers = ScanHandlers(
            on_code=self._present,
            on_preview=self._app.post_preview,
            on_trouble=lambda trouble: self._session.give(TroubleIs(trouble)),
            on_unreadable=lambda: self._session.give(Unreadable()),
            on_two_codes=lambda: self._session.give(TwoCodes()),
            on_hint=lambda hint: self._session.give(Advised(hint)),
        )
        cameras = [self._camera(each) for each in sources if is_camera(each)]
        reader = ScanReader(cameras, handlers, self._clock, self._make_chain)
        for scanner in filter(is_scanner, sources):
            reader.listen_to(make_scanner(scanner, self._clock))
        self._reader = reader
        reader.start()

    def _make_chain(self) -> "Chain":
        from kiosk.scanning.chain import standard_chain

        return standard_chain(self._config.scanning.symbologies)

    def _camera(self, wanted: SourceConfig) -> "Source":
        from kiosk.scanning.sources import make_camera
        from kiosk.scanning.stage import StageSource

        camera = make_camera(wanted, self._clock)
        if isinstance(camera, StageSource):
            self._stage = camera
        return camera

    def _stop_scanning(self) -> None:
        if self._starter.ident is not None:
            self._starter.join()
        if self._reader is not None:
            self._reader.stop()

    def _first_frame(self) -> None:
        # OpenCV and the decoders take half a second to load: after the first frame, and on a thread of their own.
        self._session.give(Started(_running_for()))
        if self._config.claimed and self._config.device.role is not Role.BOARD:
            self._starter.start()

    def _present(self, code: Code) -> None:
        if not self._doorstep.out:
            self._session.give(Presented(code))

    def _display(self, view: View) -> None:
        previewing = isinstance(view, AttractView) and view.trouble is None
        if self._reader is not None and previewing is not self._previewing:
            self._previewing = previewing
            self._reader.set_preview(previewing)
        self._app.post(view)

    def _send(self, command: Command) -> None:
        if not self._doorstep.take(command):
            self._session.give(Tapped(command))

    def _shown(self, scan: ScanId) -> None:
        self._session.give(Shown(scan, self._clock.now().mono_ms))

    def _key(self, char: str) -> None:
        code = None if self._wedge is None else self._wedge.feed(char, self._clock.now().mono_ms)
        if code is None:
            return
        if self._reader is None:
            self._present(code)
        else:
            self._reader.offer(code)

    def _hold(self, picture: Path) -> None:
        if self._stage is not None:
            self._stage.hold(picture)

    def _fail(self, error: OpasError) -> None:
        self._failure = error
        self._app.stop()


def _running_for() -> DurationMs:
    """How long this process has been running, from the kernel's own note of its start (proc(5), field 22)."""
    fields = Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    started_s = int(fields[19]) / os.sysconf("SC_CLK_TCK")
    return DurationMs(max(0, round((time.clock_gettime(time.CLOCK_BOOTTIME) - started_s) * 1000)))


def _make_data_folder(config: Config) -> None:
    try:
        config.data.mkdir(parents=True, exist_ok=True)
        usable = os.access(config.data, os.W_OK | os.X_OK)
        problem = "it can't be written to"
    except OSError as error:
        usable, problem = False, f"it can't be made ({error.strerror})"
    if not usable:
        todo = "Name a folder that this user may write to in device.data, or change its owner."
        raise ConfigurationError(f"{config.data}: this is to hold the device's data, but {problem}.", todo)


def complain(error: OpasError) -> int:
    """Say what is wrong and what to do, in two lines; returns the exit status."""
    print(f"opas kiosk: {error}", file=sys.stderr)  # noqa: T201 - for the operator's terminal or the unit's journal
    return error.exit_status


def _hold_memory_down() -> None:
    """Let the C library give back what it frees: frames come and go for weeks, and it would keep the largest ever."""
    # Read when numpy loads, which the screens do before the decoders; nothing here has matrices worth a second thread.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):  # glibc; see mallopt(3)
        for option, value in ((-8, 2), (-3, 131_072), (-1, 131_072)):  # arenas, mapping and trimming thresholds
            libc.mallopt(option, value)


def _serve(config: Config) -> int:
    """Run the app on `config` until it ends. Raises `OpasError` when it can't even begin."""
    from kiosk.screens.environment import prepare

    prepare(config)
    touchpoint = Touchpoint(config, SystemClock())

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        touchpoint.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask_to_stop)
    return touchpoint.run()


def main(argv: Sequence[str] | None = None) -> int:
    """Run the app; returns the exit status of sysexits.h that fits."""
    parser = argparse.ArgumentParser(prog="opas kiosk", description="The app of a kiosk, gate, board or desk.")
    parser.add_argument("--config", type=Path, default=Path("/etc/opas/device.toml"), help="the device's configuration")
    parser.add_argument("--version", action="version", version=f"opas {RELEASE}")
    arguments = parser.parse_args(argv)
    logging.basicConfig(
        level=os.environ.get("OPAS_LOG", "INFO").upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    _hold_memory_down()
    # A thread that waits for the interpreter asks for it after this long. The screen must not wait for a decoder's loop.
    sys.setswitchinterval(_SWITCH_S)
    try:
        config = load_config(arguments.config)
        _make_data_folder(config)
        with closing(Sole(config.data / "session.lock", "app")):
            status = _serve(config)
    except OpasError as error:
        return complain(error)
    if status == AGAIN:
        os.execv(sys.executable, [sys.executable, "-m", "kiosk", *(sys.argv[1:] if argv is None else argv)])  # noqa: S606 - there is none
    return status


if __name__ == "__main__":
    sys.exit(main())
