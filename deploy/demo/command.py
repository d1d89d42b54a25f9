"""`opas demo [--once]`: a whole terminal and a shop on this machine; Ctrl-C ends all of it."""

import argparse
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from deploy.clock import today
from deploy.demo.devices import DEVICES, Showing
from deploy.demo.director import Director
from deploy.demo.housekeeping import DemoFolder
from deploy.demo.performing import perform
from deploy.demo.record import Ending, SceneRecord, StoryRecord
from deploy.demo.report import write_report
from deploy.demo.running import Plan, RunningDemo
from deploy.demo.signals import ending_on_signals
from deploy.demo.story import story
from deploy.demo.windows import arrange, cameras, display_size, has_display
from deploy.errors import DeployError

_REPOSITORY = Path(__file__).resolve().parents[2]
_FAILED_STATUS = 1
_WATCH_S = 0.5
_SITES = frozenset(device.site for device in DEVICES)


def main(arguments: Sequence[str]) -> int:
    """Status 0 when the story went as told, or the demo was ended by hand; 1 when a scene failed."""
    options = _parser().parse_args(arguments)
    windows = has_display(os.environ) and not options.offscreen
    once = options.once or not (windows or sys.stdout.isatty())
    with ending_on_signals(_say), DemoFolder(_REPOSITORY / "build" / "demo") as folder:
        plan = Plan(folder.path, _REPOSITORY, DEVICES, _showing(options.site, windows=windows, once=once))
        _say("Starting" + ("" if windows else ", offscreen") + f"; logs in {folder.path / 'logs'}")
        if once:
            return _conclude(folder.path, _play(plan))
        try:
            with _running(plan) as demo:
                _stay(demo, windows=windows)
        except KeyboardInterrupt:
            _say("\nEnded; nothing is left running.")
        return 0


def _play(plan: Plan) -> StoryRecord:
    """The story; that nothing could be started is told as one, too."""
    try:
        with _running(plan) as demo:
            played = perform(Director(demo), story(), lambda line: _say(f"  {line}"))
            _say("Stopping")
            return played
    except DeployError as error:
        scene = SceneRecord("Everything starts", "Broker, hub, agents and apps.", ending=Ending.FAILED)
        scene.problem = str(error)
        return StoryRecord([scene])


@contextmanager
def _running(plan: Plan) -> Iterator[RunningDemo]:
    begun = time.monotonic()
    with RunningDemo(plan, lambda line: _say(f"  {line}")) as demo:
        _say(f"All is up after {time.monotonic() - begun:.0f} s.")
        yield demo


def _showing(site: str, *, windows: bool, once: bool) -> Mapping[str, Showing]:
    if not windows:
        return {}
    found = () if once else cameras()
    kiosk = f"{site}-kiosk-1"
    places = arrange(display_size(), site, strip=not found)
    showing = {device: Showing(window) for device, window in places.items()}
    showing[kiosk] = Showing(places[kiosk], str(found[0]) if found else "", strip=not found and not once)
    return showing


def _stay(demo: RunningDemo, *, windows: bool) -> NoReturn:
    folder = demo.plan.folder
    _say(f"  Console       {demo.addresses.console_url}")
    _say(f"  Codes         {(folder / 'codes' / 'index.html').as_uri()}")
    _say(f"  Screens       {folder / 'shots'}")
    example = demo.plan.folder_of("terminal-kiosk-1").camera / "hold"
    if not windows:
        _say(f"  To hold a code up to a kiosk: copy its picture into {example}")
    _say("Ctrl-C ends it.")
    while True:
        demo.supervisor.check()
        time.sleep(_WATCH_S)


def _conclude(folder: Path, played: StoryRecord) -> int:
    report = write_report(folder / "report.html", played, f"{today():%Y-%m-%d %H:%M} UTC")
    _say(f"Storyboard: {report}")
    if not played.failed:
        _say(f"The story went as told, in {played.seconds:.0f} s.")
        return 0
    _say(f"{len(played.failed)} of {len(played.scenes)} scenes failed:")
    for scene in played.failed:
        _say(f"  {scene.title}: {scene.problem or 'not played, because an earlier one ended the demo'}")
    return _FAILED_STATUS


def _say(line: str) -> None:
    print(line, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="opas demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="play the story, write build/demo/report.html and end")
    parser.add_argument("--offscreen", action="store_true", help="open no window, even where there is a display")
    parser.add_argument("--site", choices=sorted(_SITES), default="terminal", help="whose windows to open")
    return parser
