"""View to glass, first frame, and what a resting screen costs, against a bare Kivy window in the same run."""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.bench.figure import Figure, figures

ROOT = Path(__file__).resolve().parents[2]
ANSWERS = 60
IDLE_S = float(os.environ.get("OPAS_BENCH_IDLE_S", "60"))
_SETTLE_S = 2.0
_PAUSE_S = 0.1
_PATIENCE_S = 10.0
_MEGABYTE = 1_000_000


def run(idle_s: float = IDLE_S) -> Iterator[Figure]:
    """A bare window with one label, then the kiosk's screens at 1080 × 1920; each rests for `idle_s` on the way."""
    with tempfile.TemporaryDirectory(prefix="opas-bench-") as folder:
        bare = _measure("bare", folder, idle_s / 4)
        ours = _measure("app", folder, idle_s)
    yield Figure("screens: process start → first frame", "one start", ours["first_ms"], "ms", bare["first_ms"])
    for kind in ("answers", "refusals"):
        known = figures("", bare["labels"], "ms")
        references = {figure.statistic: figure.value for figure in known}
        yield from figures(f"view posted → on glass, {kind}", ours[kind], "ms", references)
    yield Figure("screens: resting on attract", "one core", ours["idle_percent"], "%", bare["idle_percent"])
    yield Figure("screens: drawn while resting", f"in {idle_s:.0f} s", ours["drawn"], "frames")
    after = f"after {idle_s:.0f} s"
    yield Figure("screens: resident memory", after, ours["resident"], "MB", bare["resident"])
    yield Figure("screens: resident memory", f"after {2 * ANSWERS} answers", ours["resident_after"], "MB")


def _measure(what: str, folder: str, idle_s: float) -> dict[str, Any]:
    environ = {**os.environ, "SDL_VIDEODRIVER": "offscreen", "SDL_AUDIODRIVER": "dummy"}
    command = [sys.executable, "-m", "tests.bench.screens", what, folder, str(idle_s)]
    done = subprocess.run(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, check=True, timeout=600 + idle_s)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _since_start_ms() -> float:
    """How long this process has been running, by the kernel's note of its start (proc(5), field 22)."""
    started = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
    return (time.clock_gettime(time.CLOCK_BOOTTIME) - started) * 1000


def _resident_mb() -> float:
    line = next(line for line in Path("/proc/self/smaps_rollup").read_text().splitlines() if line.startswith("Rss:"))
    return int(line.split()[1]) * 1024 / _MEGABYTE


def _resting_percent(seconds: float) -> float:
    before, begun = time.process_time(), time.monotonic()
    time.sleep(seconds)
    return 100 * (time.process_time() - before) / (time.monotonic() - begun)


def _times(show: Callable[[int], None], shown: threading.Event, before: Callable[[], None]) -> list[float]:
    """From `show` to `shown`, in milliseconds, `before` ahead of each."""
    samples = []
    for turn in range(ANSWERS):
        before()
        shown.clear()
        begun = time.perf_counter()
        show(turn)
        if not shown.wait(_PATIENCE_S):
            raise TimeoutError
        samples.append((time.perf_counter() - begun) * 1000)
    return samples


def _prepared(folder: str) -> Any:
    from kiosk.config import DemoConfig, Role
    from kiosk.screens.environment import prepare
    from tests.screens.device import config_for

    config = config_for(Role.KIOSK, Path(folder), (1080, 1920), DemoConfig())
    prepare(config)
    return config


def _app(folder: str, idle_s: float) -> dict[str, Any]:
    config = _prepared(folder)
    from kiosk.i18n import Texts
    from kiosk.screens.app import OpasApp, WindowHandlers
    from tests.fakes.clock import FakeClock

    found: dict[str, Any] = {}
    shown = threading.Event()
    app = OpasApp(
        config,
        Texts.load(ROOT / "assets" / "locales", config.screen.languages),
        WindowHandlers(lambda _command: None, lambda _scan: shown.set(), lambda _key: None),
        assets=ROOT / "assets",
        clock=FakeClock(),
    )
    app.on_first_frame(lambda: found.setdefault("first_ms", _since_start_ms()))
    director = threading.Thread(target=lambda: found.update(_direct(app, shown, idle_s)))
    director.start()
    app.run()
    director.join()
    return found


def _direct(app: Any, shown: threading.Event, idle_s: float) -> dict[str, Any]:
    from kivy.core.window import Window

    from tests.screens import scenes

    def attract() -> None:
        app.post(scenes.attract())
        time.sleep(_PAUSE_S)

    def answer(turn: int) -> None:
        step = scenes.go(scenes.LANGS[turn % 4], f"{scenes.NAMES[turn % 2]} {turn}", pickups=turn % 3 == 0)
        app.post(scenes.answer(step, scan=f"answer-{turn}"))

    def refusal(turn: int) -> None:
        app.post(scenes.answer(scenes.stop(scenes.LANGS[turn % 4]), scan=f"refusal-{turn}"))

    time.sleep(_SETTLE_S)
    attract()
    time.sleep(_SETTLE_S)
    drawn: list[None] = []
    Window.bind(on_draw=lambda *_: drawn.append(None))
    found: dict[str, Any] = {"idle_percent": _resting_percent(idle_s), "drawn": len(drawn), "resident": _resident_mb()}
    found["answers"] = _times(answer, shown, attract)
    found["refusals"] = _times(refusal, shown, attract)
    found["resident_after"] = _resident_mb()
    app.stop()
    return found


def _bare(folder: str, idle_s: float) -> dict[str, Any]:
    _prepared(folder)
    from kivy.base import runTouchApp, stopTouchApp
    from kivy.clock import Clock
    from kivy.core.window import Window
    from kivy.graphics.opengl import glFinish
    from kivy.uix.label import Label

    found: dict[str, Any] = {}
    shown = threading.Event()
    label = Label(text="Opas", font_size=96)

    def flip(*_: object) -> bool:
        Window.flip()
        glFinish()
        found.setdefault("first_ms", _since_start_ms())
        shown.set()
        return True

    def show(turn: int) -> None:
        Clock.schedule_once(lambda _dt: setattr(label, "text", f"Gate {turn}"))

    def direct() -> None:
        time.sleep(_SETTLE_S)
        found["idle_percent"], found["resident"] = _resting_percent(idle_s), _resident_mb()
        found["labels"] = _times(show, shown, lambda: time.sleep(_PAUSE_S))
        Clock.schedule_once(lambda _dt: stopTouchApp())

    Window.bind(on_flip=flip)
    director = threading.Thread(target=direct)
    director.start()
    runTouchApp(label)
    director.join()
    return found


if __name__ == "__main__":
    _, kind, data, seconds = sys.argv
    print(json.dumps({"app": _app, "bare": _bare}[kind](data, float(seconds))))
