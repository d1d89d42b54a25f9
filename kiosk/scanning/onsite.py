"""`opas scan --camera` and `opas scan --config`: what this device's cameras and scanners read, while a site is set up."""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.errors import SourceError
from kiosk.model.code import Code
from kiosk.model.source import SourceConfig, SourceKind
from kiosk.scanning.found import Found
from kiosk.scanning.listening import Listening
from kiosk.scanning.live import MonotonicClock, Watch
from kiosk.scanning.sources import is_camera, is_scanner, make_camera, make_scanner

if TYPE_CHECKING:
    from kiosk.scanning.chain import Chain
    from kiosk.scanning.source import Frame, Source

_STOP_S = 2.0
_STEP_S = 0.2
_PICAMERA = "picamera"


@dataclass(frozen=True)
class Words:
    """Where things go: `read` takes each code with the source's name, the milliseconds it took and its frame if it has
    one; `say` takes sentences for the person who sets up.
    """

    read: "Callable[[str, Found, float, Frame | None], None]"
    say: Callable[[str], None]


def camera_named(device: str, size: tuple[int, int]) -> SourceConfig:
    """What `--camera` names: a V4L2 path or number, `picamera` or `picamera:1`, or pictures and films in its place."""
    width, height = size
    kind, _, number = device.partition(":")
    if kind == _PICAMERA:
        return SourceConfig(SourceKind.PICAMERA, number, width=width, height=height)
    path = Path(device)
    if path.is_dir() or path.is_file():
        return SourceConfig(SourceKind.FILES, folder=device)
    return SourceConfig(SourceKind.CAMERA, device, width=width, height=height)


def run(sources: Sequence[SourceConfig], chain: "Chain", words: Words, folder: Path = Path("/dev")) -> int:
    """Read from all of them until Ctrl-C, or until the camera ends; 1 when there is nothing to read from."""
    clock = MonotonicClock()
    cameras = [each for each in sources if is_camera(each)]
    for each in cameras[1:]:
        words.say(
            f"{each.kind.value} {each.device or each.folder}: one camera at a time; name it with --camera to see it"
        )
    if any(each.kind is SourceKind.KEYS for each in sources):
        words.say("keys: a scanner that types is read by the app alone; type into any window to see what it sends")
    listening = [_listening(each, clock, words) for each in sources if is_scanner(each)]
    try:
        for one in listening:
            one.start()
        status = _watch(cameras[0], chain, words, folder) if cameras else 1
        if listening and (status or not cameras):
            _wait_for_ever()
    except KeyboardInterrupt:
        status = 0
    finally:
        _stop(listening)
    return status


def _wait_for_ever() -> None:
    never = threading.Event()
    # In steps: a Ctrl-C that another thread gets, or that comes just before a wait without end, would not end the wait.
    while not never.wait(_STEP_S):
        pass


def _watch(wanted: SourceConfig, chain: "Chain", words: Words, folder: Path) -> int:
    source = _once(wanted)
    try:
        for found, frame, took in Watch(source, chain, words.say).codes():
            words.read(source.name, found, took, frame)
    except SourceError as error:
        words.say(str(error))
        if wanted.kind is SourceKind.CAMERA:
            words.say(_cameras_here(folder))
        return 1
    return 0


def _once(wanted: SourceConfig) -> "Source":
    """The camera; pictures and films in its place are played once, not for ever."""
    if wanted.kind is SourceKind.FILES and not wanted.stage:
        from kiosk.scanning.files import FilesSource  # noqa: PLC0415 - only what is used is loaded

        return FilesSource(Path(wanted.folder), MonotonicClock(), wanted.fps, loop=False)
    return make_camera(wanted, MonotonicClock())


def _cameras_here(folder: Path) -> str:
    nodes = sorted(str(path) for path in folder.glob("video*"))
    if not nodes:
        return f"No camera is plugged in: there is no {folder}/video0 or any other."
    return f"Here are {', '.join(nodes)}; a camera often has a second one that gives no pictures."


def _listening(wanted: SourceConfig, clock: MonotonicClock, words: Words) -> Listening:
    scanner = make_scanner(wanted, clock)
    try:
        scanner.open()
        words.say(f"{scanner.name}: it is there; scan something")
    except SourceError as error:
        words.say(str(error))

    def read(code: Code) -> None:
        text = code.payload.decode("utf-8", "backslashreplace")
        words.read(scanner.name, Found(code.payload, code.symbology, wanted.kind.value, (), text), 0.0, None)

    return Listening(scanner, clock, read)


def _stop(listening: Iterable[Listening]) -> None:
    for one in listening:
        one.ask_to_stop()
        one.join(_STOP_S)
