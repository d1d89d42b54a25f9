"""`opas pack preview DIR`: serve the page until Ctrl-C, and end the process that draws with it."""

import contextlib
import signal
import threading
import webbrowser
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from deploy.clock import wall_ms
from deploy.errors import DeployError
from deploy.release.preview.folder import PackFolder
from deploy.release.preview.painter import Painter
from deploy.release.preview.server import Server
from deploy.release.preview.site import PreviewSite

PORT = 8610
_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class NoFolder(DeployError):
    """There is no pack to be shown."""

    exit_status = 66


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says."""

    folder: Path
    port: int = PORT
    browser: bool = True


def preview(options: Options) -> int:
    """Serve until a signal; the exit status. Raises `DeployError` when the folder or the port is none to be had."""
    if not options.folder.is_dir():
        what = f"{options.folder}: there is no such folder."
        raise NoFolder(what, "Name the folder that holds pack.toml, such as assets/packs/terminal.")
    painter = Painter()
    try:
        server = Server(options.port, PreviewSite(PackFolder(options.folder.resolve()), painter, wall_ms))
        with server, _ending(server):
            print(f"{options.folder}: {server.address}   (Ctrl-C ends it)", flush=True)
            if options.browser:
                # In the background: some browsers keep the call until they are closed.
                threading.Thread(target=_show, args=(server.address,), daemon=True).start()
            server.serve_forever()
    finally:
        painter.close()
    return 0


@contextlib.contextmanager
def _ending(server: Server) -> Iterator[None]:
    """Stop serving at the first signal; more of them do not disturb the ending."""

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        # `shutdown` waits for the loop that this very thread runs.
        threading.Thread(target=server.shutdown, daemon=True).start()

    before = {each: signal.signal(each, end) for each in _ENDINGS}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _show(address: str) -> None:
    with contextlib.suppress(webbrowser.Error, OSError):
        webbrowser.open(address)
