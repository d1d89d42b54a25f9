"""The command line of the hub: read the settings, run until told to stop, say what is wrong and what to do."""

import argparse
import asyncio
import importlib
import logging
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from sync.hub.broker import make_link
from sync.hub.clock import SystemClock
from sync.hub.errors import HubError
from sync.hub.hub import Hub
from sync.hub.settings import load_settings

_log = logging.getLogger(__name__)


COMMANDS = {
    "backup": "copy database and keys into a new folder, while the hub runs",
    "restore": "put a backup back into an empty place",
    "consent": "show what a person consented to at a site, and take it back for them",
    "export": "every event as a CloudEvent, into a file or to a webhook",
    "pathway": "close or open a way on every screen of a site, at once",
    "replay": "take in what lies in quarantine, as far as this release can read it",
}
"""What else there is beside running the hub, each a module of `sync.hub.commands`."""


def main(argv: Sequence[str]) -> int:
    """Do what the arguments `argv` ask for, which is to run the hub unless they begin with a command; the exit status."""
    if argv and argv[0] in COMMANDS:
        return _command(argv[0], argv[1:])
    epilog = "\n".join(("Also:", *(f"  opas hub {name:<8} {says}" for name, says in COMMANDS.items())))
    parser = argparse.ArgumentParser(
        prog="opas hub",
        description="Run the hub: ingest, device port and console.",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", type=Path, default=Path("hub.toml"), help="the settings (default: hub.toml)")
    path: Path = parser.parse_args(argv).config
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # Its two lines for each server repeat ours.
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    try:
        settings = load_settings(path)
        hub = Hub(settings, make_link(settings), SystemClock())
    except HubError as error:
        sys.stderr.write(f"opas hub: {error}\n")
        return error.exit_status
    return asyncio.run(serve(hub))


def _command(name: str, argv: Sequence[str]) -> int:
    try:
        run: Callable[[Sequence[str]], int] = importlib.import_module(f"sync.hub.commands.{name}").main
        return run(argv)
    except HubError as error:
        sys.stderr.write(f"opas hub {name}: {error}\n")
        return error.exit_status


async def serve(hub: Hub) -> int:
    """Run `hub` until a signal comes, or one of its threads breaks; returns the exit status."""
    until = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, until.set)
    broken: list[str] = []

    def give_up(args: threading.ExceptHookArgs) -> None:
        # Half a hub that looks alive is worse than one that its service manager starts again.
        broken.append(args.thread.name if args.thread is not None else "a thread")
        _log.critical("%s broke; the hub ends", broken[0], exc_info=args.exc_value)
        loop.call_soon_threadsafe(until.set)

    def ready() -> None:
        devices, console = hub.urls
        _log.info("devices: %s", devices)
        _log.info("console: %s", console)

    before, threading.excepthook = threading.excepthook, give_up
    try:
        await hub.run(until, ready)
    finally:
        threading.excepthook = before
    _log.info("stopped")
    return HubError.exit_status if broken else 0
